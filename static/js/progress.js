/* Swaps the part of a page that tells how far something is, until it says that it is over.
   <div data-progress="URL">; the part that comes holds data-over once there is nothing to wait for. */
const EVERY = 1000;
const LONGEST = 15000;
const watched = new WeakSet();

const watch = (place) => {
  let wait = EVERY;

  const look = async () => {
    if (!place.isConnected) return;
    try {
      const answer = await fetch(place.dataset.progress, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      // A button that has the focus keeps it.
      const hadFocus = place.contains(document.activeElement);
      place.innerHTML = await answer.text();
      if (hadFocus) place.querySelector("button, a.btn")?.focus();
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, LONGEST);
    }
    again();
  };
  const again = () => {
    if (!place.querySelector("[data-over]")) setTimeout(look, wait);
  };
  again();
};

const watchAll = () => {
  for (const place of document.querySelectorAll("[data-progress]")) {
    if (watched.has(place)) continue;
    watched.add(place);
    watch(place);
  }
};
watchAll();
// A part of a page that came later may hold further places.
document.addEventListener("htmx:load", watchAll);
