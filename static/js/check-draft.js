/* Keeps a check on the server while it is typed, and brings it back after an interruption.

   It runs before check.js: what is brought back is in the boxes when the form is first drawn. A draft
   older than half an hour is not believed: its values are marked, each to be looked at again, and
   what was only looked at must be looked at anew. A draft is no part of the record. */
(() => {
  "use strict";
  const form = document.getElementById("check");
  const address = form?.dataset.draft;
  if (!address) return;
  const told = form.querySelector("[data-kept]");
  const OLD_AFTER = 30 * 60_000, PAUSE = 250;
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "confirm", "kind", "checked_at"]);
  const say = (text, state) => { told.hidden = false; told.textContent = text; told.dataset.state = state; };

  /* ---- Bring back ---------------------------------------------------------- */
  const kept = document.getElementById("check-kept");
  const bring = ({ fields, at, now, clock: typedAt }) => {
    const isOld = Date.parse(now) - Date.parse(at) > OLD_AFTER;
    let number = 0;
    for (const [name, value] of Object.entries(fields)) {
      const box = form.elements.namedItem(name);
      if (!box || !value) continue;
      const isLook = name.startsWith("o_");
      if (isLook && isOld) continue;
      box.value = value;
      if (name.startsWith("v_")) {
        number += 1;
        if (isOld) box.closest("[data-row]").dataset.old = "1";
      } else if (isLook) number += 1;
    }
    form.dataset.draftAt = typedAt;
    if (number) say(isOld ? `Draft of ${typedAt}: still these readings?` : `Draft of ${typedAt} resumed`, "local");
  };
  if (kept) bring(JSON.parse(kept.textContent));

  /* ---- Keep ---------------------------------------------------------------- */
  let timer = 0, turn = 0, isSent = false;
  const body = () => {
    const fields = new FormData(form);
    for (const name of NOT_KEPT) fields.delete(name);
    for (const [name, value] of [...fields]) if (!value) fields.delete(name);
    return fields;
  };
  const keep = async () => {
    const mine = ++turn;
    try {
      const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
      const answer = await fetch(address, { method: "POST", body: body(), headers, redirect: "manual", keepalive: true });
      if (mine !== turn || isSent) return;
      if (answer.ok) say(`Draft saved ${await answer.text()}`, "kept");
      else say("Draft not saved: sign in again, then go on", "local");
    } catch {
      if (mine === turn) say("Draft not saved: no connection", "local");
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(keep, PAUSE); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => { isSent = true; clearTimeout(timer); });
  addEventListener("pagehide", () => { if (timer && !isSent) { clearTimeout(timer); keep(); } });
})();
