/* Text that saves itself while it is typed, and is never lost.
   <form data-autosave="whose"> with .field[data-draft="URL"]: its textarea, an input[data-revision],
   [data-said] for what became of it, [data-spoken] for who listens, [data-notes] for what needs a choice, [data-count]; data-unsaved
   where a save refused what stands in it.
   Each field sends one after the other; until the server has answered for a text, this browser keeps it. */
import { forget, kept, keep } from "./kept-text.js";
import { choose, hint } from "./autosave-notes.js";
import { follow } from "./autosave-together.js";
import { count } from "./counting.js";

const WAIT = 1000;
const LONGEST_WAIT = 3000;
const REST = 5000; // longer than one waits to save: so nobody is spoken to while they type
const COMPARE_EVERY = 4000;
const UNANSWERED = 3;
const RETRIES = [3000, 6000, 12000, 30000];
const LARGEST_GOODBYE = 60000; // what a browser still sends while a page goes, in bytes
const HERE = "Your text is kept in this browser";

class Field {
  constructor(form, element) {
    this.form = form;
    this.element = element;
    this.url = element.dataset.draft;
    // Whose page this is: in another's name nothing is saved.
    this.person = { "X-Person": document.body.dataset.person };
    this.area = element.querySelector("textarea");
    this.revision = element.querySelector("[data-revision]");
    this.said = element.querySelector("[data-said]");
    this.spoken = element.querySelector("[data-spoken]");
    this.notes = element.querySelector("[data-notes]");
    this.name = `${form.dataset.autosave}:${this.url}`;
    // What a save refused stands on the page only: the server has another text, or none.
    const isUnsaved = "unsaved" in element.dataset;
    this.acknowledged = isUnsaved ? null : this.area.value;
    this.sending = null;
    this.unanswered = []; // texts that went off: each may be on the server, though nobody has heard so
    this.isTorn = false; // another text stands on the server, and the writer has to choose
    this.refused = isUnsaved ? this.area.value : null; // not taken by the server: not sent again unchanged
    this.failures = 0;
    this.comparedAt = 0;
    if (!isUnsaved) this.restore();
    this.area.addEventListener("input", () => this.changed());
    count(this.element);
  }

  get isDirty() {
    return this.area.value !== this.acknowledged;
  }

  restore() {
    const found = kept(this.name);
    if (!found || found.text === this.area.value) return forget(this.name);
    // Where the server has what was sent from here, the kept text is built on that and not on another's.
    this.unanswered = found.sent ?? [];
    if (!this.unanswered.includes(this.area.value)) this.revision.value = found.revision;
    this.area.value = found.text;
    this.say("draft", "This browser kept text that had not been sent. Sending it now…");
    this.soon();
  }

  changed() {
    count(this.element);
    this.keepHere();
    if (this.isTorn) return;
    this.soon();
  }

  keepHere() {
    keep(this.name, { text: this.area.value, revision: this.revision.value, sent: this.unanswered });
  }

  soon() {
    clearTimeout(this.timer);
    this.since ??= Date.now();
    const wait = Math.max(0, Math.min(WAIT, this.since + LONGEST_WAIT - Date.now()));
    this.timer = setTimeout(() => this.send(), wait);
  }

  say(tone, words, link) {
    this.show(tone, words, link);
    this.speak(tone === "bad", link ? `${words} ${link.textContent}` : words);
  }

  /* Trouble is spoken of at once, as is its end; all else when typing rests. */
  speak(isTrouble, words) {
    clearTimeout(this.speaking);
    const tell = () => {
      if (this.spoken.textContent !== words) this.spoken.textContent = words;
    };
    if (isTrouble || this.isTroubled) tell();
    else this.speaking = setTimeout(tell, REST);
    this.isTroubled = isTrouble;
  }

  show(tone, words, link) {
    const said = document.createElement("span");
    said.className = tone ? `st ${tone}` : "st";
    said.append(words);
    if (link) said.append(" ", link);
    this.said.replaceChildren(said);
  }

  /* Sends until what stands in the field is on the server, or cannot be. */
  send() {
    clearTimeout(this.timer);
    return this.sending ?? this.track(this.sendAll());
  }

  /* One thing is sent at a time. */
  track(work) {
    const tracked = work.finally(() => {
      if (this.sending === tracked) this.sending = null;
    });
    this.sending = tracked;
    return tracked;
  }

  async sendAll() {
    while (this.isDirty && !this.isTorn && this.area.value !== this.refused) {
      this.since = undefined;
      this.show("draft", "Saving…");
      this.running = new AbortController();
      const { signal } = this.running;
      let answer;
      try {
        answer = await this.post(this.area.value, { signal });
      } catch {
        if (signal.aborted) return undefined;
        return this.later(`No connection. ${HERE} and sent when it is back.`);
      }
      if (!(await this.take(answer))) return undefined;
    }
    return undefined;
  }

  post(text, options = {}) {
    const before = this.unanswered.filter((one) => one !== text).slice(1 - UNANSWERED);
    this.unanswered = [...before, text];
    this.keepHere();
    const body = new URLSearchParams({ text, revision: this.revision.value });
    for (const one of before) body.append("sent_before", one);
    if (Date.now() > this.comparedAt + COMPARE_EVERY) {
      body.set("compare", "");
      this.comparedAt = Date.now();
    }
    const sent = fetch(this.url, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value, ...this.person },
      credentials: "same-origin",
      redirect: "manual",
      ...options,
    });
    return sent.then(async (answer) => {
      const told = await answer.json().catch(() => ({}));
      if (answer.ok && told.revision === undefined) throw new Error("The answer broke off.");
      return { text, status: answer.status, told };
    });
  }

  /* Says whether it may go on at once. */
  async take({ text, status, told }) {
    if (status === 200) return this.accept(text, told);
    if (status === 409 && told.code === "conflict") return this.tear(told);
    if (status === 403 && !told.code) return this.renewToken();
    if (status === 401 || status === 0) return this.signIn();
    if (told.code === "other_person") return this.wait(told.sentence);
    if (told.sentence && status < 500) {
      this.refused = text;
      this.say("bad", `${told.sentence} ${HERE}.`);
      return true;
    }
    this.later(`The course does not answer right now. ${HERE} and sent as soon as it does.`);
    return false;
  }

  accept(text, told) {
    this.failures = 0;
    this.refused = null;
    this.acknowledged = text;
    this.unanswered = [];
    this.revision.value = told.revision;
    if (kept(this.name)?.text === text) forget(this.name);
    else if (this.isDirty) this.keepHere();
    if (!this.isDirty) this.say(told.tone, told.said);
    if (told.is_similar !== null) hint(this, told.is_similar);
    return true;
  }

  tear(told) {
    this.isTorn = true;
    this.say("bad", "Saved here and there: choose below.");
    choose(this, told, (text) => {
      this.isTorn = false;
      this.unanswered = [];
      this.revision.value = told.revision;
      this.acknowledged = told.text;
      this.area.value = text;
      this.area.focus();
      this.changed();
      if (!this.isDirty) {
        forget(this.name);
        this.say(told.tone, told.said);
      }
    });
    return false;
  }

  async renewToken() {
    const asked = { headers: this.person, credentials: "same-origin", redirect: "manual" };
    const answer = await fetch(this.url, asked).catch(() => null);
    const { csrf, code, sentence } = (await answer?.json().catch(() => null)) ?? {};
    if (code === "other_person") return this.wait(sentence);
    if (answer?.status !== 200) return this.signIn();
    if (this.form.elements.csrfmiddlewaretoken.value === csrf && this.failures > 0) {
      return this.wait("This cannot be saved right now.");
    }
    this.failures += 1;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = csrf;
    return true;
  }

  wait(sentence) {
    this.later(`${sentence} ${HERE}.`);
    return false;
  }

  signIn() {
    const link = document.createElement("a");
    link.href = `${this.form.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`;
    link.target = "_blank";
    link.textContent = "Sign in again in a new tab";
    this.later(`You are signed out. ${HERE} and sent once you are back.`, link);
    return false;
  }

  later(words, link) {
    this.say("bad", words, link);
    const wait = RETRIES[Math.min(this.failures, RETRIES.length - 1)];
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  /* Sends what stands here as the page goes, or goes out of sight. What is on its way may not arrive then:
     it is called off, and named as what this is built on, in case it did. */
  goodbye() {
    const text = this.area.value;
    if (!this.isDirty || this.isTorn || text === this.refused || text === this.leaving) return;
    if (encodeURIComponent([text, ...this.unanswered].join("")).length > LARGEST_GOODBYE) return;
    this.running?.abort();
    this.leaving = text;
    this.track(this.leave(text));
  }

  async leave(text) {
    const answer = await this.post(text, { keepalive: true }).catch(() => null);
    if (answer?.status === 200) this.accept(text, answer.told);
    this.leaving = null;
    if (this.isDirty && !document.hidden) this.soon();
  }
}

const startForm = (form) => {
  const fields = Array.from(form.querySelectorAll(".field[data-draft]"), (element) => new Field(form, element));
  // What is typed is kept here in any case; nobody needs to be held back.
  delete form.dataset.guard;
  for (const note of form.querySelectorAll("[data-with-script]")) note.hidden = false;
  for (const field of fields) if ("shared" in field.element.dataset) follow(field);
  const sendAll = () => Promise.all(fields.map((field) => field.send()));

  addEventListener("online", sendAll);
  addEventListener("pagehide", () => fields.forEach((field) => field.goodbye()));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) fields.forEach((field) => field.goodbye());
    else sendAll();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await sendAll();
    const stuck = fields.find((field) => field.isTorn || (field.isDirty && field.area.value !== field.refused));
    if (stuck) stuck.area.focus();
    else form.submit();
  });
};

document.querySelectorAll("form[data-autosave]").forEach(startForm);
