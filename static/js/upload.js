/* Hands a file in by pieces (tus 1.0): it goes on by itself after a cut, and after a reload once the
   same file is chosen again. Without this script the form hands in as any form does. */
import "../vendor/tus/tus.min.js";
import { refusalOf } from "./file-check.js";

const { Upload } = globalThis.tus;
const PIECE = 4 * 1024 * 1024;
const RETRIES = [0, 1000, 2000, 4000, ...Array.from({ length: 20_000 }, () => 8000)];
const SURE_AFTER = 5000;
const LONGEST_NAME = 1000;
const UNREADABLE = "The file cannot be read; choose it again.";
// Refusals that pass: the same file is just coming in elsewhere, or another part is expected.
const PASSING = [409, 423, 429];

const form = document.querySelector("form[data-upload]");
const drop = form.querySelector(".drop");
const input = form.querySelector("input[type=file]");
const button = form.querySelector("button[type=submit]");
const chosen = form.querySelector("[data-chosen]");
const problem = form.querySelector("[data-problem]");
const way = document.querySelector("[data-way]");
const bar = way.querySelector("progress");
const name = way.querySelector("[data-name]");
const amount = way.querySelector("[data-amount]");
const state = way.querySelector("[data-state]");
const pause = way.querySelector("[data-pause]");
const stop = way.querySelector("[data-stop]");
const result = document.querySelector("[data-result]");
const rules = JSON.parse(form.dataset.rules);

let upload = null;
// Which hand-in this is: whatever was begun before the last end goes no further.
let run = 0;
let token = form.elements.csrfmiddlewaretoken.value;
let isPaused = false;
let isSignedOut = false;
// Whose page this is: in another's name nothing is handed in.
const { person } = document.body.dataset;

const megabytes = (bytes) => (bytes / 1_048_576).toFixed(bytes < 104_857_600 ? 1 : 0);
const amountOf = (bytes) => (bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} kB` : `${megabytes(bytes)} MB`);
const freshKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const say = (sentence) => {
  if (state.textContent !== sentence) state.textContent = sentence;
};
const complain = (sentence) => {
  problem.textContent = sentence;
  problem.hidden = sentence === "";
  input.toggleAttribute("aria-invalid", sentence !== "");
};
const tell = (sentence, tone) => {
  result.className = `note ${tone}`;
  result.textContent = sentence;
  result.hidden = false;
  result.focus();
};

const show = (file) => {
  chosen.textContent = file ? `${amountOf(file.size)}, ready to be handed in` : "";
  chosen.hidden = !file;
};

const choose = async () => {
  const [file] = input.files;
  result.hidden = true;
  const sentence = file ? await refusalOf(file, rules).catch(() => UNREADABLE) : "";
  show(sentence ? null : file);
  complain(sentence);
};

/* Says how long it still takes only once it is sure of it. */
const clockOf = (total) => {
  let begunAt = 0;
  let begunWith = 0;
  return (sent) => {
    const now = performance.now();
    if (begunAt === 0 || sent < begunWith) [begunAt, begunWith] = [now, sent];
    const [passed, done] = [now - begunAt, sent - begunWith];
    if (passed < SURE_AFTER || done <= 0) return "";
    const left = ((total - sent) * passed) / done / 1000;
    if (left < 60) return " · less than a minute left";
    return ` · about ${Math.ceil(left / 60)} min left`;
  };
};

const sha256Of = async (file, isOver) => {
  const { sha256 } = await import("../vendor/noble-hashes/sha2.js");
  const hash = sha256.create();
  for (let at = 0; at < file.size && !isOver(); at += PIECE) {
    hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
  }
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

const statusOf = (error) => error.originalResponse?.getStatus() ?? 0;
const answerOf = (error) => {
  try {
    return JSON.parse(error.originalResponse.getBody());
  } catch {
    return {};
  }
};
const sentenceOf = (error) => answerOf(error).sentence ?? "";

const asks = (on) => {
  isPaused = on;
  pause.textContent = on ? "Go on" : "Pause";
};

class OtherPerson extends Error {}
const OTHER_PERSON = "Somebody else is signed in here now. Sign in as yourself, then go on; what has arrived is kept.";

/* The page's own parts as they are now: who counts, the versions, the next key. */
const refresh = async () => {
  const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
  // This page is not for who is signed in by now.
  if (answer.status === 403) throw new OtherPerson();
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.body.dataset.person !== person) throw new OtherPerson();
  token = page.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? token;
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
  const key = page.querySelector("form[data-upload] input[name=key]");
  if (key) form.elements.key.value = key.value;
  document.dispatchEvent(new Event("htmx:load"));
};

const end = () => {
  run += 1;
  upload = null;
  form.elements.key.value = freshKey();
  way.hidden = true;
  drop.hidden = false;
};

const arrived = async () => {
  const { url } = upload;
  end();
  form.reset();
  show(null);
  let said = "It is in. Reload the page to see its receipt.";
  let tone = "ok";
  try {
    const answer = await fetch(url, { headers: { "X-Person": person }, credentials: "same-origin", redirect: "error" });
    const became = await answer.json();
    said = became.sentence || said;
    tone = became.is_late ? "warn" : "ok";
    await refresh();
  } catch {
    // It is in all the same; the page is older than that.
  }
  tell(said, tone);
};

// A form's token is of one sign-in: after another one it is refused, without a sentence of ours.
const isOfAnotherSignIn = (error) =>
  statusOf(error) === 401 || (statusOf(error) === 403 && ["", "other_person"].includes(answerOf(error).code ?? ""));

const failed = (error) => {
  if (isOfAnotherSignIn(error)) {
    isSignedOut = true;
    asks(true);
    say(sentenceOf(error) || "You were signed out meanwhile; what has arrived is kept. Go on once you are signed in.");
    return;
  }
  const sentence = sentenceOf(error) || "This did not work; what has arrived is kept. Hand in the same file once more.";
  end();
  complain(sentence);
  problem.focus();
};

const isWorthRetrying = (error) => {
  const status = statusOf(error);
  const passes = status === 0 || status >= 500 || PASSING.includes(status);
  if (passes && !isPaused) say(status === 423 ? "It goes on in a moment." : "Waiting for the connection; nothing is lost, it goes on by itself.");
  return passes;
};

const send = async (file) => {
  const mine = run;
  const isOver = () => mine !== run;
  const left = clockOf(file.size);
  // The ending stays; what is longer fits no header.
  const metadata = { filename: file.name.slice(-LONGEST_NAME), key: form.elements.key.value || freshKey() };
  if (form.hasAttribute("data-pledges")) {
    say("Reading the file, so that it may finish after the deadline.");
    metadata.sha256 = await sha256Of(file, isOver);
    if (isOver()) return;
  }
  const made = new Upload(file, {
    endpoint: form.dataset.upload,
    chunkSize: PIECE,
    uploadDataDuringCreation: true,
    removeFingerprintOnSuccess: true,
    retryDelays: RETRIES,
    metadata,
    onBeforeRequest: (request) => {
      request.setHeader("X-CSRFToken", token);
      request.setHeader("X-Person", person);
    },
    onShouldRetry: isWorthRetrying,
    onProgress: (sent, total) => {
      bar.value = total ? (100 * sent) / total : 0;
      amount.textContent = `${amountOf(sent)} of ${amountOf(total)}${left(sent)}`;
      say(sent < total ? "" : "All of it is there; the receipt is being written.");
    },
    onSuccess: arrived,
    onError: failed,
  });
  const [before] = await made.findPreviousUploads();
  if (isOver()) return;
  upload = made;
  pause.hidden = false;
  if (before) {
    made.resumeFromPreviousUpload(before);
    say("Going on where it broke off.");
  }
  made.start();
};

const begin = async (file) => {
  complain("");
  result.hidden = true;
  drop.hidden = true;
  way.hidden = false;
  name.textContent = file.name;
  bar.value = 0;
  amount.textContent = amountOf(file.size);
  say("");
  asks(false);
  // There is nothing to pause before it is sent.
  pause.hidden = true;
  isSignedOut = false;
  const mine = run;
  try {
    await send(file);
  } catch {
    if (mine !== run) return;
    end();
    complain(UNREADABLE);
  }
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = input.files;
  if (!file || !way.hidden) return;
  button.disabled = true;
  const sentence = await refusalOf(file, rules).catch(() => UNREADABLE);
  button.disabled = false;
  if (sentence) {
    complain(sentence);
    return;
  }
  await begin(file);
});

pause.addEventListener("click", async () => {
  if (!upload) return;
  if (!isPaused) {
    asks(true);
    upload.abort();
    say("Paused. What has arrived is kept for a day.");
    return;
  }
  asks(false);
  say("Going on where it broke off.");
  if (isSignedOut) {
    try {
      await refresh();
      isSignedOut = false;
    } catch (error) {
      asks(true);
      say(error instanceof OtherPerson ? OTHER_PERSON : "You are still signed out. Sign in again in another tab; what has arrived is kept.");
      return;
    }
  }
  upload?.start();
});
stop.addEventListener("click", () => {
  upload?.abort(true).catch(() => undefined);
  end();
});

/* A connection that is back is used at once, not only at the next try. */
addEventListener("online", () => {
  if (!upload || isPaused) return;
  upload.abort();
  upload.start();
});
addEventListener("offline", () => {
  if (upload && !isPaused) say("Waiting for the connection; nothing is lost, it goes on by itself.");
});
addEventListener("beforeunload", (event) => {
  if (upload) event.preventDefault();
});

const take = (files) => {
  if (!way.hidden || files.length === 0) return;
  const one = new DataTransfer();
  one.items.add(files[0]);
  input.files = one.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  button.focus();
};

input.addEventListener("change", choose);
addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  drop.classList.add("over");
});
addEventListener("dragleave", (event) => event.relatedTarget ?? drop.classList.remove("over"));
addEventListener("drop", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer.files);
});
addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length) take(event.clipboardData.files);
});
// Who has only a thumb drops nothing.
const drops = !matchMedia("(pointer: coarse)").matches;
form.querySelector("[data-for-taps]").hidden = drops;
form.querySelector("[data-for-drops]").hidden = !drops;
