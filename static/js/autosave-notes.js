/* What a field that saves itself shows below: both texts where two were written, a hint, the preview. */
const element = (tag, attributes, ...children) => {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
};

const BOTH = "\n\n";

/* Shows the other text beside the writer's own and calls `chosen` with the one to go on with. */
export const choose = (field, told, chosen) => {
  const note = element("div", { className: "note choose", tabIndex: -1 });
  const done = (text) => {
    note.remove();
    chosen(text);
  };
  const button = (words, text) => {
    const made = element("button", { className: "btn", type: "button", textContent: words });
    made.addEventListener("click", () => done(text()));
    return made;
  };
  const mine = () => field.area.value;
  note.append(
    element("p", {}, element("strong", {}, "Written in two places. "), `This was saved at ${told.at} by ${told.by}, in another tab or on another device:`),
    element("blockquote", { className: "kept", textContent: told.text }),
    element("p", { className: "small" }, "Yours stands in the field above. Nothing is lost until you choose."),
    element("div", { className: "actions" }, button("Keep mine", mine), button("Take the other", () => told.text), button("Put both together", () => [told.text.trim(), mine().trim()].filter(Boolean).join(BOTH))),
  );
  field.notes.querySelector(".choose")?.remove();
  field.notes.append(note);
};

/* Says that somebody has asked nearly the same; never what, never who. */
export const hint = (field, isSimilar) => {
  const present = field.notes.querySelector(".similar");
  if (!isSimilar) {
    present?.remove();
  } else if (!present) {
    field.notes.append(element("p", { className: "similar small" }, "Someone has asked something very similar already. Yours counts all the same; perhaps ask what is not asked yet?"));
  }
};

const CALM = 600;

for (const preview of document.querySelectorAll("details[data-preview]")) {
  const area = preview.closest(".field").querySelector("textarea");
  const place = preview.querySelector(".prose");
  let timer;
  let asked = 0;

  const show = async () => {
    const number = (asked += 1);
    const token = area.form.elements.csrfmiddlewaretoken.value;
    const body = new URLSearchParams({ text: area.value });
    try {
      const answer = await fetch(preview.dataset.preview, { method: "POST", body, headers: { "X-CSRFToken": token }, credentials: "same-origin", redirect: "error" });
      if (answer.status === 422) {
        place.textContent = (await answer.json()).sentence;
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (number !== asked) return;
      place.innerHTML = html || "<p>Nothing is written yet.</p>";
      document.dispatchEvent(new Event("prose:shown"));
    } catch {
      place.textContent = "The preview cannot be shown right now.";
    }
  };
  preview.hidden = false;
  preview.addEventListener("toggle", () => preview.open && show());
  area.addEventListener("input", () => {
    clearTimeout(timer);
    if (preview.open) timer = setTimeout(show, CALM);
  });
}
