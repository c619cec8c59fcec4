/* What the server would refuse, said before anything is sent: its own rules, in its own words
   (submissions.rules.checks_for_scripts). Returns the sentence, or "" where nothing is wrong. */
const MEBIBYTE = 1024 * 1024;
const HEAD = 1024;

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

const holds = (head, mark, within) => {
  const last = Math.min(within, head.length) - mark.length;
  for (let at = 0; at <= last; at += 1) {
    if (mark.every((byte, index) => head[at + index] === byte)) return true;
  }
  return false;
};

export const refusalOf = async (file, rules) => {
  if (file.size === 0) return rules.empty;
  if (file.size > rules.maxSize) {
    const megabytes = (Math.ceil((file.size * 10) / MEBIBYTE) / 10).toFixed(1);
    return rules.tooLarge.replace("{megabytes}", megabytes);
  }
  const ending = /\.[^.]+$/.exec(file.name)?.[0].toLowerCase() ?? "";
  const form = Object.hasOwn(rules.forms, ending) ? rules.forms[ending] : null;
  if (!form) return rules.wrongEnding.replace("{name}", () => file.name);
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const mark = bytesOf(form.mark);
  if (holds(head, mark, form.within)) return "";
  const locked = bytesOf(rules.lockedMark);
  return ending === ".pptx" && holds(head, locked, locked.length) ? rules.locked : form.wrong;
};
