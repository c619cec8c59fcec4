/* Hashes a file in the browser, to compare it with a receipt or to fill in a field; nothing is sent.
   <div data-file-hash [data-expected="HEX"] [data-into="ID"] hidden>, with an input and a [data-answer] inside. */
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const say = (place, sentence, state) => {
  const mark = document.createElement("span");
  mark.className = `st ${state}`;
  mark.textContent = sentence;
  place.replaceChildren(mark);
};

const hash = async (place, file) => {
  const answer = place.querySelector("[data-answer]");
  say(answer, `Reading ${file.name}…`, "draft");
  try {
    const sum = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const { expected, into } = place.dataset;
    if (into) {
      document.getElementById(into).value = sum;
      say(answer, `${file.name}: its SHA-256 is filled in.`, "ok");
    } else if (sum === expected) {
      say(answer, `${file.name} is the file that came in, byte for byte.`, "ok");
    } else {
      say(answer, `${file.name} is another file, or was changed since: its SHA-256 is ${sum}.`, "bad");
    }
  } catch {
    say(answer, `${file.name} could not be read. Find its SHA-256 by hand.`, "bad");
  }
};

/* Browsers hash only on https and on this machine itself; elsewhere the way by hand stays. */
for (const place of crypto.subtle ? document.querySelectorAll("[data-file-hash]") : []) {
  const input = place.querySelector("input[type=file]");
  place.hidden = false;
  input.addEventListener("change", () => input.files[0] && hash(place, input.files[0]));
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) hash(place, event.dataTransfer.files[0]);
  });
}
