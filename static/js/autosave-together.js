/* Shows what others write into the same text, while the reader has nothing unsent of their own. */
import { count } from "./counting.js";

const EVERY = 10000;

const look = async (field) => {
  if (document.hidden || field.isDirty || field.isTorn || field.sending) return;
  const before = field.revision.value;
  const asked = { headers: field.person, credentials: "same-origin", redirect: "manual" };
  const answer = await fetch(field.url, asked).catch(() => null);
  if (answer?.status !== 200) return;
  const told = await answer.json();
  const isNews = told.text !== null && String(told.revision) !== before && field.revision.value === before;
  if (!isNews || field.isDirty) return;
  const { selectionStart, selectionEnd } = field.area;
  field.area.value = told.text;
  field.acknowledged = field.area.value;
  field.revision.value = told.revision;
  if (document.activeElement === field.area) field.area.setSelectionRange(selectionStart, selectionEnd);
  count(field.element);
  field.say(told.tone, `${told.said} Written by ${told.by}.`);
};

export const follow = (field) => {
  setInterval(() => look(field), EVERY);
  document.addEventListener("visibilitychange", () => look(field));
};
