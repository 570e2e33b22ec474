/* The bedside check: a docked keypad over a form that also works without this script.

   - nothing is pre-filled; the value before is a labelled ghost, never the value
   - by touch alone (keypad, reasons as keys) and by keyboard alone: digits and Enter go down the
     lines, S says "still the same", N asks why it cannot be measured
   - "Still the same" exists for settings only, one at a time, and is stored as its own method
   - outside a warning limit: shown. Outside a soft or critical limit, so many times what it was, or a
     finding that is new or larger: confirmed on the sign sheet. Impossible: cannot be signed. The
     server judges limits again; what jumped or got larger since the last check is asked here only.
   - a draft that was left for half an hour: each value is asked for again ("old"), none by itself
     (check-draft.js brings it back and keeps it). */
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
  let isAsking = false; // the pad shows reasons instead of digits

  const isKeyless = matchMedia("(pointer: coarse)").matches;
  const boxOf = (row) => row.querySelector(".val input");
  const methodOf = (row) => row.querySelector(`input[name=m_${row.dataset.row}]`);
  const reasonOf = (row) => row.querySelector(`select[name=n_${row.dataset.row}]`);
  const numberOf = (text) => {
    const plain = text.trim().replace(MINUS, "-").replace(",", ".");
    return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(plain) ? Number(plain) : null;
  };
  const shown = (number, decimals) => number.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace("-", MINUS);
  const make = (tag, facts, ...children) => { const one = Object.assign(document.createElement(tag), facts); one.append(...children); return one; };
  const isOutside = (row, kind, number) => {
    const low = row.dataset[`${kind}_low`], high = row.dataset[`${kind}_high`];
    return (low !== undefined && number < Number(low)) || (high !== undefined && number > Number(high));
  };
  const typedIn = (row) => {
    const number = numberOf(boxOf(row).value);
    const isFraction = row.dataset.row === "fdo2" && number !== null && number <= 1;
    return isFraction ? number * 100 : number;
  };

  /* So many times what it was, or so small a part of it: a slip by ten looks like that. */
  const isJump = (row, number) => {
    const factor = Number(row.dataset.factor), before = numberOf(row.dataset.before);
    if (!factor || !before || before < 0 || number <= 0 || row.dataset.row.startsWith("p_")) return false;
    return number >= before * factor || number * factor <= before;
  };
  /* What a line is: empty, part (not a number), nm (not measured), old, block, crit, soft or fine. */
  const stateOf = (row) => {
    if (!boxOf(row).value.trim()) return reasonOf(row).value ? "nm" : "";
    if (row.dataset.old) return "old";
    const number = typedIn(row);
    if (number === null) return "part";
    if (isOutside(row, "hard", number)) return "block";
    const code = row.dataset.row;
    const isOff = (code === "sweep_gas_flow" && number === 0) || (code === "blood_flow" && number < 0);
    if (isOff || isOutside(row, "soft", number) || isOutside(row, "critical", number) || isJump(row, number)) return "crit";
    return isOutside(row, "warning", number) ? "soft" : "fine";
  };
  const delta = (row) => {
    const now = typedIn(row), before = numberOf(row.dataset.before);
    if (now === null || before === null || row.dataset.before === "") return "";
    const change = now - before, decimals = Number(row.dataset.decimals);
    if (Math.abs(change) < 10 ** -decimals / 2) return "no change";
    return `${change > 0 ? "+" : MINUS}${Math.abs(change).toFixed(decimals)}`;
  };
  const MARKS = Object.fromEntries(["same", "block", "crit", "soft", "part", "nm", "old"].map((state, index) => [state, document.getElementById("check-marks").content.children[index]]));
  const sayOn = (row) => {
    const state = stateOf(row), line = row.querySelector(".st");
    const isSame = methodOf(row).value === "same" && state !== "old";
    const mark = MARKS[isSame ? "same" : state];
    const beside = state === "nm" ? reasonOf(row).value : isSame ? "" : delta(row);
    line.replaceChildren(...(mark ? [mark.cloneNode(true)] : []), ...(beside ? [make("span", { textContent: beside })] : []));
    row.dataset.state = state;
  };

  /* ---- Computed: pressure drop ------------------------------------------- */
  const calc = form.querySelector("[data-calc=delta_p]");
  const valueOf = (code) => { const row = rows.find((one) => one.dataset.row === code); return row ? typedIn(row) : null; };
  const reckon = () => {
    if (!calc) return;
    const before = valueOf("p_pre_membrane"), after = valueOf("p_post_membrane");
    const drop = before === null || after === null ? null : before - after;
    calc.querySelector("[data-out]").textContent = drop === null ? "" : shown(drop, Number(calc.dataset.decimals));
    const state = calc.dataset.state = drop === null ? "" : isOutside(calc, "critical", drop) ? "crit" : isOutside(calc, "warning", drop) ? "soft" : "fine";
    calc.querySelector(".st").replaceChildren(...(MARKS[state] ? [MARKS[state].cloneNode(true)] : []));
  };

  /* ---- Counts and the sign button ---------------------------------------- */
  const isDone = (row) => ["fine", "soft", "crit", "nm"].includes(stateOf(row));
  const isAnswered = (look) => look.querySelector("input:checked") !== null;
  const count = () => {
    const done = rows.filter(isDone).length + looks.filter(isAnswered).length;
    const total = rows.length + looks.length;
    const old = rows.filter((row) => stateOf(row) === "old").length;
    const stuck = rows.filter((row) => ["block", "part"].includes(stateOf(row))).length;
    form.querySelector("[data-progress]").textContent = `${done} of ${total} entered`;
    form.querySelector("[data-bar]").setAttribute("width", 100 * done / total);
    for (const group of all(".group[id]")) {
      const parts = [...all("[data-row]", group).map(isDone), ...all("[data-look]", group).map(isAnswered)];
      const isWhole = parts.every(Boolean);
      const isOdd = all("[data-row]", group).some((row) => ["crit", "block"].includes(stateOf(row)));
      const text = `${isOdd ? "\u25c6 " : isWhole ? "\u2713 " : ""}${parts.filter(Boolean).length} of ${parts.length}`;
      const label = group.querySelector("[data-count]"), jump = form.querySelector(`[data-jump=${group.id.slice(2)}]`);
      if (label) label.textContent = text;
      if (jump) { jump.textContent = text; jump.dataset.state = isOdd ? "odd" : isWhole ? "whole" : ""; }
    }
    const left = total - done;
    signButton.disabled = stuck > 0 || old > 0 || done === 0;
    signButton.textContent = old ? `${old} to look at again` : stuck ? `${stuck} not possible` : !done ? `${left} left` : left ? `Sign, ${left} left out` : "Sign check";
  };
  const paint = () => { rows.forEach(sayOn); reckon(); count(); drawPad(); };
  /* After a key only what it changed is drawn: a slow tablet must show it within a tenth of a second. */
  const paintKey = (row) => {
    sayOn(row); reckon(); count();
    const read = row === current && !isAsking && pad.querySelector(".read");
    if (!read || pad.querySelector(".msg")) { drawPad(); return; }
    read.firstChild.textContent = boxOf(row).value;
    read.dataset.state = stateOf(row);
  };

  /* ---- Keypad ------------------------------------------------------------- */
  const key = (label, act, className = "", aria = "") => {
    const button = make("button", { type: "button", textContent: label, className });
    if (aria) button.setAttribute("aria-label", aria);
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", act);
    return button;
  };
  const type = (text) => {
    const box = boxOf(current);
    methodOf(current).value = "typed";
    reasonOf(current).value = "";
    if (current.dataset.old) { delete current.dataset.old; box.value = ""; }
    if (text === "clear") box.value = "";
    else if (text === "back") box.value = box.value.slice(0, -1);
    else if (text === "sign") box.value = box.value.startsWith(MINUS) ? box.value.slice(1) : MINUS + box.value;
    else box.value += !box.value && isDrainage(current) && text !== "." ? MINUS + text : text; // negative unless its sign is changed
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const isDrainage = (row) => row.dataset.row === "p_drainage";
  const firstOpen = () => rows.find((row) => !isDone(row));
  const next = () => {
    const index = rows.indexOf(current);
    const target = rows.slice(index + 1).find((row) => !isDone(row)) ?? rows[index + 1];
    if (target) return pick(target);
    leaveRows();
    looks[0]?.scrollIntoView({ block: "start" });
    looks[0]?.querySelector("input")?.focus();
  };
  const same = () => {
    boxOf(current).value = current.dataset.before;
    methodOf(current).value = "same";
    boxOf(current).dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "same" }));
    next();
  };
  const stillSo = () => { delete current.dataset.old; paint(); form.dispatchEvent(new Event("change")); next(); };
  const cannot = () => { isAsking = true; drawPad(); pad.querySelector(".reasons button").focus(); };
  const because = (reason) => {
    boxOf(current).value = "";
    methodOf(current).value = "";
    delete current.dataset.old;
    reasonOf(current).value = reason;
    paint();
    form.dispatchEvent(new Event("change"));
    next();
  };
  const drawReasons = () => {
    const choices = [...reasonOf(current).options].filter((one) => one.value);
    const list = make("div", { className: "reasons" }, ...choices.map((one) => key(one.textContent, () => because(one.value), "btn big")));
    pad.replaceChildren(
      make("p", { className: "head" }, make("b", { textContent: `${current.dataset.label}: why not?` })), list,
      key("Back to the keys", () => pick(current), "btn touch quiet"),
    );
  };
  const drawPad = () => {
    pad.hidden = false;
    form.toggleAttribute("data-looking", !current);
    if (!current) {
      pad.replaceChildren(make("p", { className: "head" }, make("b", { textContent: "Looked at" })), make("p", { className: "muted", textContent: "One tap each. What you did not look at stays unanswered: that is not the same as nothing found." }));
      return;
    }
    if (isAsking) { drawReasons(); return; }
    const { label, unit, before, beforeAt } = current.dataset;
    const head = make("p", { className: "head" }, make("b", { textContent: label }));
    if (before) head.append(make("small", { textContent: `was ${shown(Number(before), Number(current.dataset.decimals))} at ${beforeAt}` }));
    const read = make("p", { className: "read" }, document.createTextNode(boxOf(current).value), make("u", { textContent: unit }));
    read.dataset.state = stateOf(current);
    const keys = make("div", { className: "keys" });
    keys.append(...["7", "8", "9", "4", "5", "6", "1", "2", "3"].map((digit) => key(digit, () => type(digit))));
    const isSigned = "signed" in current.dataset;
    const needsPoint = Number(current.dataset.decimals) > 0;
    keys.append(
      isSigned && !needsPoint ? key(`+/${MINUS}`, () => type("sign"), "fn", "Change the sign") : key(".", () => type("."), "", "Decimal point"),
      key("0", () => type("0")),
      key("\u232b", () => type("back"), "fn", "Delete the last digit"),
      key("Cannot measure", cannot, "nm"),
      key("Next", next, "next"),
    );
    const extra = [], line = current.querySelector(".past .spark");
    if (line) { const copy = line.cloneNode(true); copy.classList.add("big"); extra.push(copy); }
    if (current.dataset.old) extra.push(
      make("p", { className: "msg note" }, make("span", { textContent: `Typed at ${form.dataset.draftAt}. Still ${boxOf(current).value} ${unit}?` })),
      key("Still so", stillSo, "btn big block"),
    );
    if (isSetting(current) && !current.dataset.old) extra.push(key(`I looked: still ${shown(Number(before), Number(current.dataset.decimals))} ${unit}`, same, "btn big block"));
    if (isSigned && needsPoint) extra.push(key(`Change the sign (+/${MINUS})`, () => type("sign"), "btn block"));
    pad.replaceChildren(head, read, ...extra, keys);
  };
  const isSetting = (row) => row.dataset.kind === "setting" && row.dataset.before !== "";
  const leaveRows = () => {
    current = null;
    for (const one of rows) one.removeAttribute("aria-current");
    drawPad();
  };
  const pick = (row) => {
    current = row;
    isAsking = false;
    for (const one of rows) one.toggleAttribute("aria-current", one === row), row === one && one.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    boxOf(row).focus({ preventScroll: true });
    drawPad();
  };

  /* ---- Events ------------------------------------------------------------- */
  for (const row of rows) {
    const box = boxOf(row);
    // A finger must not bring up the tablet's own keyboard over the form; a keyboard still types.
    if (isKeyless) box.inputMode = "none";
    row.addEventListener("click", (event) => { if (!event.target.closest("select")) pick(row); });
    box.addEventListener("focus", () => { if (current !== row) pick(row); });
    box.addEventListener("input", (event) => { box.value = box.value.replace(/^-/, MINUS); delete row.dataset.old; if (event.detail !== "same") methodOf(row).value = box.value ? "typed" : ""; confirmed.delete(row.dataset.row); paintKey(row); });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && row.dataset.old) { event.preventDefault(); stillSo(); return; }
      const act = { Enter: next, ArrowDown: next, n: cannot, N: cannot, s: isSetting(row) && same, S: isSetting(row) && same }[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
    reasonOf(row).addEventListener("change", () => { boxOf(row).value = ""; paint(); if (reasonOf(row).value) next(); });
  }
  form.addEventListener("change", count);
  for (const box of all("input[type=checkbox][name=confirm]")) box.addEventListener("change", () => confirmed[box.checked ? "add" : "delete"](box.value));
  for (const look of looks) look.addEventListener("focusin", () => { if (current) leaveRows(); });
  for (const jump of all(".jump a")) jump.addEventListener("click", (event) => {
    event.preventDefault();
    const group = document.getElementById(jump.hash.slice(1));
    group.scrollIntoView({ block: "start" });
    const row = group.querySelector("[data-row]");
    if (row) pick(row); else leaveRows();
  });

  /* ---- Sign sheet --------------------------------------------------------- */
  const chosenOf = (look) => look.querySelector("input:checked");
  const levelOf = (look) => Number(chosenOf(look)?.closest("label").dataset.level ?? 0);
  /* A finding asks when it is new or worse than it was; the same as before is only answered. */
  const isWorse = (look) => {
    const answer = chosenOf(look)?.value, { before, level } = look.dataset;
    return answer !== before && levelOf(look) >= 2 && levelOf(look) >= Number(level);
  };
  const toConfirm = () => [
    ...rows.filter((row) => stateOf(row) === "crit" && !confirmed.has(row.dataset.row)),
    ...looks.filter((look) => isWorse(look) && !confirmed.has(look.dataset.look)),
  ];
  const send = () => {
    for (const code of confirmed) form.append(make("input", { type: "hidden", name: "confirm", value: code }));
    form.requestSubmit();
  };
  const saidOf = (item) => {
    const { row, look, label, unit, before, beforeAt, decimals } = item.dataset;
    if (look) {
      const was = beforeAt ? `was ${all("input", item).find((one) => one.value === before)?.nextElementSibling.firstChild.textContent ?? before} at ${beforeAt}` : "not looked at before";
      return [look, `${label}: ${chosenOf(item).nextElementSibling.firstChild.textContent}`, was];
    }
    const was = before ? `was ${shown(Number(before), Number(decimals))} ${unit} at ${beforeAt}` : "no value before";
    return [row, `${label} ${boxOf(item).value} ${unit}`, was];
  };
  const openSheet = (items) => {
    const list = sheet.querySelector("[data-items]"), go = sheet.querySelector("[data-confirm-sign]");
    list.replaceChildren(...items.map((item) => {
      const [code, said, was] = saidOf(item);
      const line = make("div", { className: "confirmrow" }, make("p", {}, make("b", { textContent: said }), make("small", { textContent: was })));
      const button = make("button", { type: "button", className: "btn touch", textContent: "Correct, confirm" });
      button.addEventListener("click", () => { confirmed.add(code); button.disabled = true; button.textContent = "Confirmed"; go.disabled = toConfirm().length > 0; });
      line.append(button);
      return line;
    }));
    go.disabled = true;
    sheet.showModal();
  };
  sheet.querySelector("[data-confirm-sign]").addEventListener("click", send);
  signButton.type = "button";
  signButton.addEventListener("click", () => { const items = toConfirm(); if (items.length) openSheet(items); else send(); });
  for (const look of looks) look.addEventListener("change", () => confirmed.delete(look.dataset.look));

  paint();
  const start = rows.find((row) => row.querySelector(".errorlist")) ?? firstOpen();
  if (start) pick(start); else leaveRows();
})();
