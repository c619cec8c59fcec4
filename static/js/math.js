/* Sets formulas: each .math element holds its TeX, which stays readable where this does not run.
   KaTeX is fetched only by pages that show a formula; what comes later is told by "prose:shown". */
const own = document.querySelector("script[data-katex]");
const LIMITS = { trust: false, maxSize: 12, maxExpand: 300, strict: "ignore", throwOnError: true };
let katex;

const fetched = (tag, attributes) =>
  new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });

const load = () => {
  katex ??= Promise.all([
    fetched("link", { rel: "stylesheet", href: own.dataset.katexStyle }),
    fetched("script", { src: own.dataset.katex }),
  ]).then(() => globalThis.katex);
  return katex;
};

/* KaTeX writes a few styles as attributes, which our content policy refuses; through the object
   model the same styles are allowed. */
const withoutStyleAttributes = (draw) => {
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function set(name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
  try {
    draw();
  } finally {
    Element.prototype.setAttribute = setAttribute;
  }
};

const set = (library, place) => {
  const tex = place.textContent;
  const drawn = document.createElement("span");
  try {
    withoutStyleAttributes(() => {
      library.render(tex, drawn, { ...LIMITS, displayMode: place.classList.contains("block") });
    });
    place.replaceChildren(drawn);
    place.dataset.set = "";
  } catch (error) {
    place.dataset.set = "no";
    place.title = error.message.replace("KaTeX parse error: ", "This is no formula: ");
  }
};

const look = async () => {
  const places = document.querySelectorAll(".math:not([data-set])");
  if (places.length === 0) return;
  let library;
  try {
    library = await load();
  } catch {
    katex = undefined; // fetched again with the next formula; until then the TeX is read
    return;
  }
  for (const place of places) set(library, place);
};

document.addEventListener("prose:shown", look);
look();
