/* Adds the reader's own time beside the course's, where the two differ at that instant.
   Only the zone is the browser's; the instant is the server's. */
const courseZone = document.querySelector('meta[name="course-zone"]')?.content;

const wallTime = (instant, timeZone) =>
  new Intl.DateTimeFormat("en-US", { timeZone, dateStyle: "short", timeStyle: "short" }).format(instant);

const ownTime = (instant) =>
  new Intl.DateTimeFormat("en-US", {
    weekday: "short", hour: "numeric", minute: "2-digit", timeZoneName: "short",
  }).format(instant);

const add = () => {
  for (const time of document.querySelectorAll("time[datetime*='T']:not([data-own])")) {
    const instant = new Date(time.dateTime);
    time.dataset.own = "";
    if (Number.isNaN(instant.getTime())) continue;
    if (wallTime(instant, courseZone) === wallTime(instant)) continue;
    const text = `${ownTime(instant)} where you are`;
    // In the page's own deadline it is said aloud; in lists it would drown the course's time.
    if (time.closest(".title .due")) {
      const own = document.createElement("span");
      own.className = "soft own";
      own.textContent = ` · ${text}`;
      (time.parentElement.querySelector(".rel") ?? time).after(own);
    } else {
      time.title = text;
    }
  }
};

if (courseZone) {
  add();
  document.addEventListener("htmx:load", add);
}
