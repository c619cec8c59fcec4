/* How much a field holds: characters of what must be so long, words and pages of longer texts. */
const HEADINGS = /^ {0,3}#{1,6}([ \t].*)?$/gm;
const WORDS = /[\p{L}\p{N}_][\p{L}\p{N}_'’-]*/gu;
const UNSEEN = /[\p{Cc}\p{Cf}]/gu;

const characters = (text) => Array.from(text.replace(/[\t\n\r]/g, "x").replace(UNSEEN, "")).length;
const shown = (number) => number.toLocaleString("en-US");

export const count = (element) => {
  const text = element.querySelector("textarea").value.trim();
  const place = element.querySelector("[data-count]");
  const { least, most, wordsAPage } = element.dataset;
  const counted = characters(wordsAPage ? text.replace(HEADINGS, "").trim() : text);
  const length = Array.from(text).length;
  let words = `${shown(length)} of ${shown(Number(most))}`;
  if (wordsAPage) {
    const written = (text.match(WORDS) ?? []).length;
    words = `${shown(written)} words, about ${(written / wordsAPage).toFixed(1)} pages`;
  } else if (counted < Number(least)) {
    words = counted === 0 ? `${least} to ${shown(Number(most))} characters` : `${counted} of at least ${least}`;
  }
  place.textContent = words;
  place.classList.toggle("over", length > Number(most));
};
