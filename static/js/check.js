/* The bedside check: a docked keypad over a form that also works without this script.

   - nothing is pre-filled; the value before is a labelled ghost, never the value
   - "Still the same" exists for settings only, one at a time, and is stored as its own method
   - outside a soft or warning limit: shown. Outside a soft or critical limit: confirmed on the sign
     sheet. Impossible: cannot be signed. The server judges again; this only spares a round trip. */
(() => {
  "use strict";
  const form = document.getElementById("check");
  if (!form) return;
  const MINUS = "\u2212";
  const all = (selector, within = form) => [...within.querySelectorAll(selector)];
  const rows = all("[data-row]");
  const looks = all("[data-look]");
  const pad = document.getElementById("pad");
  const sheet = document.getElementById("sign-sheet");
  const signButton = form.querySelector("[data-sign]");
  const confirmed = new Set(all("input[name=confirm]:checked").map((box) => box.value));
  let current = null;

  const boxOf = (row) => row.querySelector(".val input");
  const methodOf = (row) => row.querySelector(`input[name=m_${row.dataset.row}]`);
  const reasonOf = (row) => row.querySelector(`select[name=n_${row.dataset.row}]`);
  const numberOf = (text) => {
    const plain = text.trim().replace(MINUS, "-").replace(",", ".");
    return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(plain) ? Number(plain) : null;
  };
  const shown = (number, decimals) => number.toFixed(decimals).replace("-", MINUS);
  const isOutside = (row, kind, number) => {
    const low = row.dataset[`${kind}_low`], high = row.dataset[`${kind}_high`];
    return (low !== undefined && number < Number(low)) || (high !== undefined && number > Number(high));
  };
  const typedIn = (row) => {
    const number = numberOf(boxOf(row).value);
    const isFraction = row.dataset.row === "fdo2" && number !== null && number <= 1;
    return isFraction ? number * 100 : number;
  };

  /* What a line is: empty, part (not a number), nm (not measured), block, ask, soft or fine. */
  const stateOf = (row) => {
    if (!boxOf(row).value.trim()) return reasonOf(row).value ? "nm" : "";
    const number = typedIn(row);
    if (number === null) return "part";
    if (isOutside(row, "hard", number)) return "block";
    const code = row.dataset.row;
    const isOff = (code === "sweep_gas_flow" && number === 0) || (code === "blood_flow" && number < 0);
    if (isOff || isOutside(row, "soft", number) || isOutside(row, "critical", number)) return "crit";
    return isOutside(row, "warning", number) ? "soft" : "fine";
  };
  const delta = (row) => {
    const now = typedIn(row), before = numberOf(row.dataset.before);
    if (now === null || before === null || row.dataset.before === "") return "";
    const change = now - before, decimals = Number(row.dataset.decimals);
    if (Math.abs(change) < 10 ** -decimals / 2) return "no change";
    return `${change > 0 ? "+" : MINUS}${Math.abs(change).toFixed(decimals)}`;
  };
  const words = { block: "Not possible", crit: "Look again", soft: "Outside limit", part: "Not a number", nm: "Not measured" };
  const sayOn = (row) => {
    const state = stateOf(row), line = row.querySelector(".st");
    const isSame = methodOf(row).value === "same";
    const parts = [isSame ? "Same, checked" : words[state] ?? "", state && state !== "nm" ? delta(row) : ""];
    line.replaceChildren(...parts.filter(Boolean).map((text) => Object.assign(document.createElement("span"), { textContent: text })));
    if (state === "nm") line.append(`: ${reasonOf(row).value}`);
    row.dataset.state = state;
  };

  /* ---- Computed: pressure drop ------------------------------------------- */
  const calc = form.querySelector("[data-calc=delta_p]");
  const valueOf = (code) => { const row = rows.find((one) => one.dataset.row === code); return row ? typedIn(row) : null; };
  const reckon = () => {
    if (!calc) return;
    const before = valueOf("p_pre_membrane"), after = valueOf("p_post_membrane");
    const drop = before === null || after === null ? null : before - after;
    calc.querySelector("[data-out]").textContent = drop === null ? "" : shown(drop, 0);
    calc.dataset.state = drop === null ? "" : isOutside(calc, "critical", drop) ? "crit" : isOutside(calc, "warning", drop) ? "soft" : "fine";
  };

  /* ---- Counts and the sign button ---------------------------------------- */
  const isDone = (row) => ["fine", "soft", "crit", "nm"].includes(stateOf(row));
  const isAnswered = (look) => look.querySelector("input:checked") !== null;
  const count = () => {
    const done = rows.filter(isDone).length + looks.filter(isAnswered).length;
    const total = rows.length + looks.length;
    const stuck = rows.filter((row) => ["block", "part"].includes(stateOf(row))).length;
    form.querySelector("[data-progress]").textContent = `${done} of ${total} entered`;
    for (const group of all(".group[id]")) {
      const parts = [...all("[data-row]", group).map(isDone), ...all("[data-look]", group).map(isAnswered)];
      const text = `${parts.filter(Boolean).length} of ${parts.length}`;
      const label = group.querySelector("[data-count]"), jump = form.querySelector(`[data-jump=${group.id.slice(2)}]`);
      if (label) label.textContent = text;
      if (jump) jump.textContent = text;
    }
    const left = total - done;
    signButton.disabled = stuck > 0 || done === 0;
    signButton.textContent = stuck ? `${stuck} not possible` : left ? `Sign, ${left} left out` : "Sign check";
  };
  const paint = () => { rows.forEach(sayOn); reckon(); count(); drawPad(); };

  /* ---- Keypad ------------------------------------------------------------- */
  const key = (label, act, className = "", aria = "") => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, className });
    if (aria) button.setAttribute("aria-label", aria);
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", act);
    return button;
  };
  const type = (text) => {
    const box = boxOf(current);
    methodOf(current).value = "typed";
    reasonOf(current).value = "";
    if (text === "clear") box.value = "";
    else if (text === "back") box.value = box.value.slice(0, -1);
    else if (text === "sign") box.value = box.value.startsWith(MINUS) ? box.value.slice(1) : MINUS + box.value;
    else box.value += text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const next = () => {
    const index = rows.indexOf(current);
    const target = rows.slice(index + 1).find((row) => !isDone(row)) ?? rows[index + 1];
    if (target) return pick(target);
    current = null;
    looks[0]?.scrollIntoView({ block: "start" });
    looks[0]?.querySelector("input")?.focus();
    paint();
  };
  const same = () => {
    boxOf(current).value = current.dataset.before;
    methodOf(current).value = "same";
    boxOf(current).dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "same" }));
    next();
  };
  const cannot = () => { boxOf(current).value = ""; methodOf(current).value = ""; reasonOf(current).focus(); reasonOf(current).showPicker?.(); };
  const drawPad = () => {
    pad.hidden = false;
    if (!current) { pad.replaceChildren(); return; }
    const { label, unit, before, beforeAt } = current.dataset;
    const head = Object.assign(document.createElement("p"), { className: "head" });
    head.append(Object.assign(document.createElement("b"), { textContent: label }));
    if (before) head.append(Object.assign(document.createElement("small"), { textContent: `was ${shown(Number(before), Number(current.dataset.decimals))} at ${beforeAt}` }));
    const read = Object.assign(document.createElement("p"), { className: "read", textContent: boxOf(current).value });
    read.dataset.state = stateOf(current);
    read.append(Object.assign(document.createElement("u"), { textContent: unit }));
    const keys = Object.assign(document.createElement("div"), { className: "keys" });
    keys.append(...["7", "8", "9", "4", "5", "6", "1", "2", "3"].map((digit) => key(digit, () => type(digit))));
    const isSigned = current.dataset.row.startsWith("p_") || current.dataset.row === "blood_flow";
    const needsPoint = Number(current.dataset.decimals) > 0;
    keys.append(
      isSigned && !needsPoint ? key(`+/${MINUS}`, () => type("sign"), "fn", "Change the sign") : key(".", () => type("."), "", "Decimal point"),
      key("0", () => type("0")),
      key("\u232b", () => type("back"), "fn", "Delete the last digit"),
      key("Cannot measure", cannot, "nm"),
      key("Next", next, "next"),
    );
    const extra = [];
    if (current.dataset.kind === "setting" && before) extra.push(key(`I looked: still ${shown(Number(before), Number(current.dataset.decimals))} ${unit}`, same, "btn big block"));
    if (isSigned && needsPoint) extra.push(key(`Change the sign (+/${MINUS})`, () => type("sign"), "btn block"));
    pad.replaceChildren(head, read, ...extra, keys);
  };
  const pick = (row) => {
    current = row;
    for (const one of rows) one.toggleAttribute("aria-current", one === row), row === one && one.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    boxOf(row).focus({ preventScroll: true });
    paint();
  };

  /* ---- Events ------------------------------------------------------------- */
  for (const row of rows) {
    const box = boxOf(row);
    // A finger must not bring up the tablet's own keyboard over the form; a keyboard still types.
    if (matchMedia("(pointer: coarse)").matches) box.inputMode = "none";
    row.addEventListener("click", (event) => { if (!event.target.closest("select")) pick(row); });
    box.addEventListener("focus", () => { if (current !== row) pick(row); });
    box.addEventListener("input", (event) => { if (event.detail !== "same") methodOf(row).value = box.value ? "typed" : ""; confirmed.delete(row.dataset.row); paint(); });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      event.preventDefault();
      next();
    });
    reasonOf(row).addEventListener("change", () => { boxOf(row).value = ""; paint(); if (reasonOf(row).value) next(); });
  }
  form.addEventListener("change", count);

  /* ---- Sign sheet --------------------------------------------------------- */
  const toConfirm = () => rows.filter((row) => stateOf(row) === "crit" && !confirmed.has(row.dataset.row));
  const send = () => {
    for (const code of confirmed) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "confirm", value: code }));
    form.requestSubmit();
  };
  const openSheet = (items) => {
    const list = sheet.querySelector("[data-items]"), go = sheet.querySelector("[data-confirm-sign]");
    list.replaceChildren(...items.map((row) => {
      const line = Object.assign(document.createElement("div"), { className: "confirmrow" });
      line.append(Object.assign(document.createElement("b"), { textContent: `${row.dataset.label} ${boxOf(row).value} ${row.dataset.unit}` }));
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn touch", textContent: "Correct, confirm" });
      button.addEventListener("click", () => { confirmed.add(row.dataset.row); button.disabled = true; button.textContent = "Confirmed"; go.disabled = toConfirm().length > 0; });
      line.append(button);
      return line;
    }));
    go.disabled = true;
    sheet.showModal();
  };
  sheet.querySelector("[data-confirm-sign]").addEventListener("click", send);
  signButton.type = "button";
  signButton.addEventListener("click", () => { const items = toConfirm(); if (items.length) openSheet(items); else send(); });

  /* Unsaved values: leaving asks first. */
  let isSending = false;
  form.addEventListener("submit", () => { isSending = true; });
  addEventListener("beforeunload", (event) => { if (!isSending && rows.some((row) => boxOf(row).value)) event.preventDefault(); });

  paint();
  if (rows.length) pick(rows.find((row) => row.querySelector(".errorlist")) ?? rows[0]);
})();
