/* Shows a PDF inside a page: each of its pages is drawn when it comes into sight, and let go when far away.
   <section data-pdf="URL" data-library data-worker data-fonts data-decoders>, as in partials/pdf_view.html.
   It is drawn and no more: nothing in it runs, is filled in or leads anywhere. */
const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const CHUNK = 2 ** 19;
const WIDEST = 900;
const MOST_PIXELS = 2 ** 24;

const REASONS = {
  PasswordException: "This PDF asks for a password, so it cannot be shown here. Download it to read it.",
  InvalidPDFException: "This file cannot be read as a PDF. Download it to see what it is.",
};
const ANY_REASON = "The PDF could not be shown. Reload the page, or download the file.";

class Sheet {
  /* One page of the PDF: a place of its size at once, its picture and its text while it is near. */
  constructor(view, number) {
    this.view = view;
    this.number = number;
    this.place = document.createElement("div");
    this.place.className = "pdf-page";
    this.place.setAttribute("role", "group");
    this.place.setAttribute("aria-label", `Page ${number}`);
  }

  size(base) {
    this.base = base;
    this.scale = this.view.scaleOf(base);
    this.place.style.width = `${Math.floor(base.width * this.scale)}px`;
    this.place.style.height = `${Math.floor(base.height * this.scale)}px`;
    this.place.style.setProperty("--total-scale-factor", this.scale);
  }

  async draw() {
    if (this.task) return;
    const task = (this.task = { cancel: () => {} });
    try {
      const page = await this.view.pdf.getPage(this.number);
      if (this.task !== task) return;
      this.size(page.getViewport({ scale: 1 }));
      const viewport = page.getViewport({ scale: this.scale });
      const ratio = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)));
      const canvas = document.createElement("canvas");
      canvas.width = Math.floor(viewport.width * ratio);
      canvas.height = Math.floor(viewport.height * ratio);
      canvas.setAttribute("aria-hidden", "true");
      const drawing = page.render({ canvas, viewport, transform: [ratio, 0, 0, ratio, 0, 0] });
      task.cancel = () => drawing.cancel();
      await drawing.promise;
      const text = document.createElement("div");
      text.className = "pdf-text";
      const layer = new this.view.library.TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
      task.cancel = () => layer.cancel();
      await layer.render();
      if (this.task === task) this.place.replaceChildren(canvas, text);
    } catch (error) {
      if (this.task === task && error?.name !== "RenderingCancelledException" && error?.name !== "AbortException") {
        this.place.textContent = `Page ${this.number} could not be drawn.`;
      }
    }
  }

  letGo() {
    this.task?.cancel();
    this.task = null;
    this.place.replaceChildren();
  }
}

class View {
  constructor(place) {
    const part = (name) => place.querySelector(`[data-${name}]`);
    Object.assign(this, { place, bar: part("bar"), pages: part("pages"), said: part("said"), number: part("number"), count: part("count"), shown: part("zoom") });
    this.zoom = ZOOMS.indexOf(1);
  }

  async open() {
    const { pdf, library, worker, fonts, decoders } = this.place.dataset;
    this.say("Opening the PDF…");
    try {
      this.library = await import(library);
      this.library.GlobalWorkerOptions.workerSrc = worker;
      this.pdf = await this.library.getDocument({
        url: pdf, standardFontDataUrl: fonts, wasmUrl: decoders, useWasm: false, useSystemFonts: false, enableXfa: false,
        disableAutoFetch: true, disableStream: true, rangeChunkSize: CHUNK, verbosity: 0,
      }).promise;
      const first = await this.pdf.getPage(1);
      this.lay(first.getViewport({ scale: 1 }));
    } catch (error) {
      this.say(REASONS[error?.name] ?? ANY_REASON);
    }
  }

  say(sentence) {
    this.said.textContent = sentence;
    this.said.hidden = !sentence;
  }

  /* At 100 % a page fills the width, as far as it is still comfortable to read. */
  scaleOf(base) {
    const room = this.pages.clientWidth - 2 * parseFloat(getComputedStyle(this.pages).paddingInlineStart);
    return (Math.min(room, WIDEST) / base.width) * ZOOMS[this.zoom];
  }

  lay(base) {
    this.bar.hidden = this.pages.hidden = false;
    this.say("");
    this.sheets = Array.from({ length: this.pdf.numPages }, (_, at) => new Sheet(this, at + 1));
    for (const sheet of this.sheets) sheet.size(base);
    this.pages.replaceChildren(...this.sheets.map((sheet) => sheet.place));
    this.count.textContent = this.sheets.length;
    this.near = new IntersectionObserver((entries) => entries.forEach((entry) => this.passed(entry)), { root: this.pages, rootMargin: "100% 0px" });
    for (const sheet of this.sheets) this.near.observe(sheet.place);
    this.listen();
  }

  passed({ target, isIntersecting }) {
    const sheet = this.sheets.find((one) => one.place === target);
    if (isIntersecting) sheet.draw();
    else sheet.letGo();
  }

  listen() {
    const acts = {
      previous: () => this.go(this.current() - 1), next: () => this.go(this.current() + 1),
      out: () => this.scale(this.zoom - 1), in: () => this.scale(this.zoom + 1), fit: () => this.scale(ZOOMS.indexOf(1)),
    };
    const keys = { ArrowLeft: "previous", ArrowRight: "next", "-": "out", "+": "in", "=": "in", 0: "fit" };
    this.bar.addEventListener("click", (event) => acts[event.target.closest("[data-do]")?.dataset.do]?.());
    this.pages.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
      event.preventDefault();
      acts[keys[event.key]]();
    });
    this.number.addEventListener("change", () => this.go(Number(this.number.value)));
    this.pages.addEventListener("scroll", () => requestAnimationFrame(() => this.tell()), { passive: true });
    let width = this.pages.clientWidth;
    new ResizeObserver(() => {
      if (this.pages.clientWidth === width) return;
      width = this.pages.clientWidth;
      this.scale(this.zoom);
    }).observe(this.pages);
    this.tell();
  }

  /* The page that stands in the middle. */
  current() {
    const middle = this.pages.scrollTop + this.pages.clientHeight / 2;
    const after = this.sheets.findIndex((sheet) => sheet.place.offsetTop > middle);
    return after < 0 ? this.sheets.length : Math.max(after, 1);
  }

  go(number) {
    const sheet = this.sheets[Math.min(Math.max(Math.trunc(number) || 1, 1), this.sheets.length) - 1];
    this.pages.scrollTop = sheet.place.offsetTop - parseFloat(getComputedStyle(this.pages).paddingBlockStart);
    this.tell();
  }

  scale(zoom) {
    this.zoom = Math.min(Math.max(zoom, 0), ZOOMS.length - 1);
    const part = this.pages.scrollTop / this.pages.scrollHeight;
    for (const sheet of this.sheets) {
      sheet.letGo();
      sheet.size(sheet.base);
      this.near.unobserve(sheet.place);
      this.near.observe(sheet.place);
    }
    this.pages.scrollTop = part * this.pages.scrollHeight;
    this.tell();
  }

  tell() {
    if (document.activeElement !== this.number) this.number.value = this.current();
    this.shown.textContent = `${Math.round(ZOOMS[this.zoom] * 100)} %`;
  }
}

/* The library is fetched only where somebody comes near. */
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    new View(target).open();
  }
}, { rootMargin: "50% 0px" });
for (const place of document.querySelectorAll("[data-pdf]")) seen.observe(place);
