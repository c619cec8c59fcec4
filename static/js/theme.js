/* The reader's choice of colours: system, light or dark.
   A classic script in the head, so the choice stands before the first paint.
   Django's admin keeps its choice under the same key with the same words, so one choice serves both. */
(() => {
  const KEY = "theme";
  const root = document.documentElement;

  const stored = () => {
    try {
      return localStorage.getItem(KEY) || "auto";
    } catch {
      return "auto"; // storage may be forbidden; the system's colours are then right
    }
  };

  const show = (choice) => {
    root.dataset.theme = choice;
    for (const button of document.querySelectorAll("[data-theme-choices] button")) {
      button.setAttribute("aria-pressed", String(button.value === choice));
    }
  };

  const choose = (choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // the choice then lasts as long as this page
    }
    show(choice);
  };

  show(stored());
  addEventListener("storage", (event) => event.key === KEY && show(stored()));
  addEventListener("DOMContentLoaded", () => {
    const choices = document.querySelector("[data-theme-choices]");
    if (!choices) return;
    choices.hidden = false;
    choices.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) choose(button.value);
    });
    show(stored());
  });
})();
