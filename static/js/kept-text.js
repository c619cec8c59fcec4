/* Text that this browser keeps until the server has it; gone with the sign-out, as others may use it. */
const PREFIX = "kept-text:";

export const keep = (name, value) => {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // storage may be full or forbidden; the text then lives as long as the page
  }
};

export const kept = (name) => {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
};

export const forget = (name) => {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // nothing was kept then
  }
};

const forgetAll = () => {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  } catch {
    // nothing was kept then
  }
};

document.addEventListener("submit", (event) => {
  if (new URL(event.target.action, location.href).pathname.endsWith("/logout/")) forgetAll();
});
