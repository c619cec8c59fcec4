/* A list in an order, by buttons and by drag, over the number fields that order it without a script.
   <ol data-reorder> of rows with a number field each; <p data-reorder-said aria-live> beside it. */
for (const list of document.querySelectorAll("[data-reorder]")) {
  const said = list.parentElement.querySelector("[data-reorder-said]");
  const rows = () => Array.from(list.children);
  const fieldOf = (row) => row.querySelector("input");
  const titleOf = (row) => row.querySelector(".what").textContent;

  const settle = (row) => {
    rows().forEach((each, index) => {
      fieldOf(each).value = String(index + 1);
      const [up, down] = each.querySelectorAll("[data-step]");
      up.disabled = index === 0;
      down.disabled = index === rows().length - 1;
    });
    if (row) said.textContent = `${titleOf(row)} is now number ${fieldOf(row).value}`;
  };

  const move = (row, step, button) => {
    const all = rows();
    const at = all.indexOf(row);
    const beyond = step < 0 ? all[at - 1] : all[at + 2] ?? null;
    if (step < 0 && at === 0) return;
    list.insertBefore(row, beyond);
    settle(row);
    const usable = button.disabled ? row.querySelector("[data-step]:not(:disabled)") : button;
    usable.focus();
  };

  const arrow = (row, step, sign, words) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "handle";
    button.dataset.step = String(step);
    button.textContent = sign;
    button.setAttribute("aria-label", `${words}: ${titleOf(row)}`);
    button.addEventListener("click", () => move(row, step, button));
    return button;
  };

  for (const row of rows()) {
    const moves = document.createElement("span");
    moves.className = "moves";
    moves.append(arrow(row, -1, "↑", "Move up"), arrow(row, 1, "↓", "Move down"));
    fieldOf(row).after(moves);
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", titleOf(row));
      row.classList.add("moving");
    });
    row.addEventListener("dragend", () => {
      row.classList.remove("moving");
      settle(row);
    });
    row.addEventListener("dragover", (event) => {
      const moving = list.querySelector(".moving");
      if (!moving || moving === row) return;
      event.preventDefault();
      const { top, height } = row.getBoundingClientRect();
      list.insertBefore(moving, event.clientY < top + height / 2 ? row : row.nextSibling);
    });
  }
  list.dataset.moves = "";
  settle(null);
}
