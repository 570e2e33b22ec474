/* A check: copied as text, and while it was just signed the seconds in which it can be undone. */
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-copies]")) {
    const text = document.getElementById(button.dataset.copies), said = button.parentElement.querySelector("[data-copied]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      text.select();
      try {
        await navigator.clipboard.writeText(text.value);
        said.textContent = "Copied.";
      } catch {
        said.textContent = "Selected: copy it with the keyboard.";
      }
    });
  }

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
