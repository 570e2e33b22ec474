/* A check that was just signed: the seconds in which it can be undone, counted down. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-undo]");
  if (!form) return;
  let left = Number(form.dataset.undo);
  const said = form.querySelector("[data-left]");
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) { said.textContent = `Undo is possible for ${left} second${left === 1 ? "" : "s"}.`; return; }
    clearInterval(timer);
    said.textContent = "It stands. Amend it if something is wrong.";
    form.querySelector("button").hidden = true;
  }, 1000);
})();
