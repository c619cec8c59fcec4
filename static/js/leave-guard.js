/* Asks before a page with unsaved text is left. For forms with data-guard.
   Whoever saves without sending the form says so: form.dispatchEvent(new Event("guard:saved")). */
const unsaved = new Set();

const isChanged = (form) =>
  Array.from(form.elements).some((field) => {
    if (field.type === "file") return field.files.length > 0;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") {
      const isPreset = Array.from(field.options).some((option) => option.defaultSelected);
      return isPreset && Array.from(field.options).some((option) => option.selected !== option.defaultSelected);
    }
    return "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue;
  });

const check = (form) => (isChanged(form) ? unsaved.add(form) : unsaved.delete(form));

const settle = (form) => {
  for (const field of form.elements) {
    if ("defaultValue" in field && field.type !== "file") field.defaultValue = field.value;
    if ("defaultChecked" in field) field.defaultChecked = field.checked;
  }
  unsaved.delete(form);
};

const guarded = (event) => event.target.closest?.("form[data-guard]");

document.addEventListener("input", (event) => {
  const form = guarded(event);
  if (form) check(form);
});
document.addEventListener("submit", (event) => {
  const form = guarded(event);
  // What another script stopped has not been sent.
  if (form) queueMicrotask(() => event.defaultPrevented || unsaved.delete(form));
});
document.addEventListener("guard:saved", (event) => {
  const form = guarded(event);
  if (form) settle(form);
}, true);
addEventListener("beforeunload", (event) => {
  for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
  if (unsaved.size > 0) event.preventDefault();
});
