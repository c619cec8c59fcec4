/* A ranking by drag and by arrow keys, over the number fields that rank without a script.
   <ol data-ranking> of rows with a number field each; <p data-ranking-said aria-live>. */
const said = document.querySelector("[data-ranking-said]");

for (const list of document.querySelectorAll("[data-ranking]")) {
  const fieldOf = (row) => row.querySelector("input");
  const titleOf = (row) => row.querySelector("b").textContent;
  const isRanked = (row) => fieldOf(row).value !== "";
  const rows = () => Array.from(list.children);

  const settle = (row) => {
    let rank = 0;
    for (const each of rows()) {
      if (isRanked(each)) fieldOf(each).value = String((rank += 1));
      each.classList.toggle("ranked", isRanked(each));
      each.querySelector("[data-drop]").hidden = !isRanked(each);
    }
    if (row) {
      said.textContent = isRanked(row) ? `${titleOf(row)} is now ${fieldOf(row).value}` : `${titleOf(row)} is not ranked`;
      fieldOf(row).dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  // A row lies among the ranked ones, or behind them without a number.
  const put = (row, before) => {
    list.insertBefore(row, before);
    fieldOf(row).value = "0";
    const behind = rows().slice(0, rows().indexOf(row)).find((each) => !isRanked(each));
    if (behind) list.insertBefore(row, behind);
    settle(row);
  };
  const drop = (row) => {
    fieldOf(row).value = "";
    list.append(row);
    settle(row);
  };
  const move = (row, step) => {
    const all = rows();
    const at = all.indexOf(row);
    if (!isRanked(row)) {
      if (step < 0) put(row, all.find((each) => !isRanked(each)) ?? null);
    } else if (step < 0 && at > 0) put(row, all[at - 1]);
    else if (step > 0 && all[at + 1] && isRanked(all[at + 1])) put(row, all[at + 2] ?? null);
    else if (step > 0) drop(row);
    row.querySelector("[data-handle]").focus();
  };

  for (const row of rows()) {
    const handle = document.createElement("button");
    handle.type = "button";
    handle.className = "handle";
    handle.dataset.handle = "";
    handle.setAttribute("aria-label", `Move ${titleOf(row)}: arrow up and down`);
    handle.textContent = "↕";
    const out = document.createElement("button");
    out.type = "button";
    out.className = "btn plain";
    out.dataset.drop = "";
    out.setAttribute("aria-label", `Do not rank ${titleOf(row)}`);
    out.textContent = "Remove";
    row.prepend(handle);
    row.append(out);
    row.draggable = true;

    handle.addEventListener("click", () => { if (!isRanked(row)) move(row, -1); });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      move(row, step);
    });
    out.addEventListener("click", () => { drop(row); handle.focus(); });
    fieldOf(row).addEventListener("change", () => {
      const wanted = Number.parseInt(fieldOf(row).value, 10);
      if (!(wanted >= 1)) return drop(row);
      row.remove();
      const ranked = rows().filter(isRanked);
      put(row, ranked[wanted - 1] ?? rows()[ranked.length] ?? null);
    });
    row.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", titleOf(row));
      row.classList.add("moving");
    });
    row.addEventListener("dragend", () => row.classList.remove("moving"));
    row.addEventListener("dragover", (event) => {
      const moving = list.querySelector(".moving");
      if (!moving || moving === row) return;
      event.preventDefault();
      const { top, height } = row.getBoundingClientRect();
      put(moving, event.clientY < top + height / 2 ? row : row.nextElementSibling);
    });
    row.addEventListener("drop", (event) => event.preventDefault());
  }
  settle(null);
}
