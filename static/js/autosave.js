/* Keeps a form while it is being typed. The form also works without this file: then it is kept by its
   button. What is not kept yet is said, in violet, beside the button. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = form.querySelector("[data-kept]");
  const pause = 1200;
  let timer = 0, asked = 0;
  const say = (text, isKept) => {
    status.hidden = false;
    status.textContent = text;
    status.dataset.state = isKept ? "kept" : "local";
  };
  const clock = () => new Date().toLocaleTimeString("en-GB", { hour12: false });
  const keep = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), redirect: "manual", headers: { "X-Autosave": "1" },
      });
      if (mine !== asked) return; // a newer one is on its way
      if (answer.type === "opaqueredirect") { say("Not kept: sign in again, then go on typing.", false); return; }
      const told = await answer.json();
      if (!answer.ok) { say(`Not kept yet: ${told.unread.join(", ") || "the number to call back"}.`, false); return; }
      if (told.url && location.pathname !== told.url) history.replaceState(null, "", told.url);
      if (told.unread.length) say(`Kept ${clock()}, but for: ${told.unread.join(", ")}.`, false);
      else say(`Kept ${clock()}.`, true);
    } catch {
      if (mine === asked) say("Not kept: no connection. What you typed is still here.", false);
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(keep, pause); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => { clearTimeout(timer); asked += 1; });
})();
