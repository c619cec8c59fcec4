/* Keeps the changing parts of a page fresh, without a reload, while somebody looks at it.
   <div data-live="URL" data-etag="…"> holds <div data-part="NAME">; the URL answers with the same parts,
   or 304 where nothing has changed. [data-updated] says when it last answered. */
const EVERY = 10000;
const LONGEST = 120000;

for (const place of document.querySelectorAll("[data-live]")) {
  const said = place.querySelector("[data-updated]");
  let etag = place.dataset.etag;
  let wait = EVERY;
  let timer = 0;
  let asking = false;

  // Nothing is swapped under a reader's hands: an open form, a field, marked text.
  const isInUse = (part) => {
    const marked = document.getSelection();
    const marks = marked && !marked.isCollapsed && part.contains(marked.anchorNode);
    const types = part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    return marks || types || part.querySelector("form details[open], .owners details[open]") !== null;
  };

  const swap = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const parts = [...fresh.querySelectorAll("[data-part]")];
    const olds = parts.map((part) => place.querySelector(`[data-part="${part.dataset.part}"]`));
    if (olds.some((old) => old === null || isInUse(old))) return false;
    parts.forEach((part, at) => {
      const old = olds[at];
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      const opened = [...old.querySelectorAll("details")].map((one) => one.open);
      old.replaceChildren(...part.childNodes);
      old.querySelectorAll("details").forEach((one, number) => { one.open = opened[number] === true; });
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    });
    return true;
  };

  const look = async () => {
    clearTimeout(timer);
    if (document.hidden || asking) return;
    asking = true;
    try {
      const answer = await fetch(place.dataset.live, {
        cache: "no-store", credentials: "same-origin", redirect: "error", headers: { "If-None-Match": etag },
      });
      if (answer.status !== 304) {
        if (!answer.ok) throw new Error(String(answer.status));
        if (swap(await answer.text())) etag = answer.headers.get("ETag") ?? "";
      }
      said.hidden = false;
      said.querySelector("[data-at]").textContent = answer.headers.get("X-Updated");
      said.classList.remove("stale");
      wait = EVERY;
    } catch {
      said.classList.add("stale");
      wait = Math.min(wait * 2, LONGEST);
    }
    asking = false;
    timer = setTimeout(look, wait);
  };

  document.addEventListener("visibilitychange", look);
  timer = setTimeout(look, wait);
}
