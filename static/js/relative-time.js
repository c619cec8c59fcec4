/* Keeps "in 3 h 20 min" true while a page stays open.
   The instant comes from the server (meta server-now); the browser only says how long ago that was. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SOON = DAY;
const EVERY = 30_000;

const meta = document.querySelector('meta[name="server-now"]');
const serverNow = meta ? Date.parse(meta.content) : NaN;
const sentAt = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
const wallAtStart = Date.now();
const ticksAtStart = performance.now();

/* A sleeping machine may stop performance.now(), and a corrected clock may jump Date.now() back:
   of the two lengths of time the longer one is safer for somebody who has a deadline. */
const now = () => {
  const elapsed = Math.max(performance.now() - ticksAtStart, Date.now() - wallAtStart);
  return serverNow + (ticksAtStart - sentAt) + elapsed;
};

const duration = (span) => {
  if (span < MINUTE) return "less than a minute";
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h ${Math.floor((span % HOUR) / MINUTE)} min`;
  return `${Math.floor(span / DAY)} d ${Math.floor((span % DAY) / HOUR)} h`;
};

const relative = (instant, at) =>
  instant >= at ? `in ${duration(instant - at)}` : `${duration(at - instant)} ago`;

const update = () => {
  const at = now();
  for (const rel of document.querySelectorAll(".rel")) {
    const due = rel.closest(".due");
    const time = due ? due.querySelector("time[datetime]") : rel.previousElementSibling;
    const instant = Date.parse(time?.dateTime ?? "");
    if (Number.isNaN(instant)) continue;
    const text = relative(instant, at);
    if (rel.textContent !== text) rel.textContent = text;
    // A page that shows no tone on purpose (a thing already handed in) keeps it that way.
    if (due && (due.classList.contains("soon") || due.classList.contains("past") || "tone" in due.dataset)) {
      due.classList.toggle("past", instant < at);
      due.classList.toggle("soon", instant >= at && instant - at < SOON);
    }
  }
};

if (!Number.isNaN(serverNow)) {
  update();
  setInterval(update, EVERY);
  addEventListener("pageshow", update);
  document.addEventListener("visibilitychange", () => document.hidden || update());
  document.addEventListener("htmx:load", update);
}
