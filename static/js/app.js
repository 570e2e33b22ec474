/* What every page does by script. Each page also works without this file, only less comfortably.
   Sections: CSRF, toasts, session, staleness, clock, times, forms, menus and keys. */
(() => {
  "use strict";
  const root = document.documentElement;
  const meta = (name) => document.querySelector(`meta[name="${name}"]`);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

  /* ---- The server's time, whatever this device's clock says --------------- */
  const loadedAt = performance.now();
  const serverTime = (iso) => new Date(Date.parse(iso) + performance.now() - loadedAt);
  const inZone = (moment, zone) => {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, year: "numeric", month: "numeric", day: "2-digit",
      hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }).formatToParts(moment);
    const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
    return { date: `${part.day}-${MONTHS[part.month - 1]}-${part.year}`, time: `${part.hour}:${part.minute}` };
  };

  /* ---- CSRF: one token in the head, renewed after signing in again -------- */
  addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = meta("csrf-token").content;
  });
  const renewToken = (token) => {
    meta("csrf-token").content = token;
    for (const input of all("input[name=csrfmiddlewaretoken]")) input.value = token;
  };

  /* ---- Toasts: what was not saved is said, never swallowed ---------------- */
  const toast = (lead, text) => {
    const box = document.createElement("p");
    const strong = document.createElement("b");
    const close = document.createElement("button");
    box.className = "toast";
    strong.textContent = lead;
    close.type = "button";
    close.textContent = "\u00d7";
    close.setAttribute("aria-label", "Close this message");
    close.addEventListener("click", () => box.remove());
    box.append(strong, ` ${text}`, close);
    document.getElementById("toasts").replaceChildren(box);
  };
  const isPoll = (event) => event.detail.elt.closest("[data-live]") && event.detail.requestConfig?.verb === "get";
  const sentence = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
  addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (isPoll(event) || xhr.status === 401) return;
    const told = xhr.status === 409 ? sentence(xhr.responseText).replace(/^Not saved\.\s*/, "") : "";
    toast("Not saved.", told || (xhr.status === 403 ? "Your role does not allow this." : "The server could not do it. Try again, or use the paper form."));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    addEventListener(name, (event) => {
      if (!isPoll(event)) toast("Not saved.", "No connection. What you typed is still here; try again.");
    });
  }

  /* ---- Session ended: sign in over the page, so that nothing typed is lost - */
  const dialog = document.getElementById("relogin");
  const askToSignIn = () => { if (dialog && !dialog.open) dialog.showModal(); };
  addEventListener("session-expired", askToSignIn);
  addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 401) askToSignIn(); });
  const pageOf = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");
  const contentOf = (page, name) => page.querySelector(`meta[name="${name}"]`)?.content ?? "";
  dialog?.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const refusal = form.querySelector(".refusal");
    const refuse = (text) => { refusal.textContent = text; refusal.hidden = false; };
    try {
      const loginPage = await pageOf(await fetch(form.action, { credentials: "same-origin" }));
      const body = new URLSearchParams(new FormData(form));
      body.set("csrfmiddlewaretoken", contentOf(loginPage, "csrf-token"));
      body.set("next", form.dataset.next); // a light page without patients, read for its token
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
      const page = await pageOf(answer);
      const person = contentOf(page, "signed-in");
      if (!person) {
        const told = page.querySelector(".errorlist")?.textContent.trim();
        refuse(told || "Not signed in. Use “Sign in on a new page”.");
        return;
      }
      if (person !== meta("signed-in").content) { location.reload(); return; }
      renewToken(contentOf(page, "csrf-token"));
      form.reset();
      dialog.close();
    } catch {
      refuse("No connection. Try again.");
    } finally {
      release(form);
    }
  });

  /* ---- A form is sent only while somebody is signed in and the server answers; else it stays ---- */
  const asked = new WeakSet();
  addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (!dialog || !form.matches("form[data-once]") || asked.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.asking) return;
    form.dataset.asking = "1";
    try {
      const answer = await fetch(dialog.querySelector("form").dataset.next, { redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") { askToSignIn(); return; }
      asked.add(form);
      form.requestSubmit(submitter);
    } catch {
      toast("Not saved.", "No connection. What you typed is still here; try again.");
    } finally {
      delete form.dataset.asking;
    }
  }, true);

  /* ---- Live pages say when they stop living ------------------------------- */
  const bar = document.getElementById("stalebar");
  const live = document.querySelector("[data-live]");
  if (live && bar) {
    const [quiet, old] = [60_000, 180_000];
    const zone = live.dataset.zone;
    let answered = performance.now();
    addEventListener("htmx:afterRequest", (event) => {
      const { status } = event.detail.xhr ?? {};
      if (isPoll(event) && status >= 200 && status < 400) answered = performance.now();
    });
    const beatAge = () => {
      const beat = document.querySelector("[data-heartbeat]");
      return beat ? serverTime(live.dataset.now) - Date.parse(beat.dataset.heartbeat) : 0;
    };
    const look = () => {
      const silence = performance.now() - answered;
      const since = inZone(new Date(serverTime(live.dataset.now) - silence), zone).time;
      const words = silence > quiet ? `Not updating since ${since}. Check the bedside.`
        : beatAge() > 90_000 ? "Reminders are not running. Keep your own watch on what is due." : "";
      if (bar.textContent !== words) bar.textContent = words;
      bar.hidden = !words;
      root.toggleAttribute("data-stale", silence > old);
    };
    setInterval(look, 5_000);
    addEventListener("offline", look);
  }

  /* ---- The clock in the top bar ------------------------------------------- */
  for (const clock of all("[data-clock]")) {
    setInterval(() => {
      const now = inZone(serverTime(clock.dataset.clock), clock.dataset.zone);
      clock.querySelector("b").textContent = now.time;
      clock.querySelector("small").textContent = `${now.date} · 24-hour clock`;
    }, 5_000);
  }

  /* ---- How long something runs: 01:42, 1:01:42 ----------------------------- */
  const two = (number) => String(number).padStart(2, "0");
  for (const since of all("[data-since]")) {
    const show = () => {
      const s = Math.max(0, Math.floor((serverTime(since.dataset.now) - Date.parse(since.dataset.since)) / 1000));
      const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
      since.textContent = `${hours ? `${hours}:` : ""}${two(minutes)}:${two(s % 60)}`;
    };
    show();
    setInterval(show, 1_000);
  }

  /* ---- Time fields: chips fill in, the output echoes the date ------------- */
  const echo = (field) => {
    const input = field.querySelector("input");
    const typed = input.value.trim();
    const bare = typed.match(/^(\d{1,2}?):?(\d{2})$/);
    const output = field.querySelector("output");
    if (!bare || bare[1] > 23 || bare[2] > 59) { output.textContent = typed ? "" : output.dataset.hint; return; }
    const now = serverTime(field.dataset.now);
    const today = inZone(now, field.dataset.zone);
    const ahead = bare[1] * 60 + +bare[2] - (today.time.slice(0, 2) * 60 + +today.time.slice(3));
    const day = ahead > 720 ? inZone(new Date(now - 86_400_000), field.dataset.zone) : today;
    output.textContent = `${day.date} ${bare[1].padStart(2, "0")}:${bare[2]}`;
  };
  const dress = (within) => {
    for (const field of all("[data-timefield]", within)) {
      field.querySelector(".chips").hidden = false;
      const output = field.querySelector("output");
      output.dataset.hint ??= output.textContent;
    }
  };
  dress(document);
  addEventListener("htmx:load", (event) => dress(event.detail.elt));
  addEventListener("input", (event) => {
    const field = event.target.closest?.("[data-timefield]");
    if (field) echo(field);
  });
  addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-minutes]");
    const field = chip?.closest("[data-timefield]");
    if (!field) return;
    const back = chip.dataset.minutes === "hour" ? 0 : +chip.dataset.minutes;
    const moment = inZone(new Date(serverTime(field.dataset.now) - back * 60_000), field.dataset.zone);
    const time = chip.dataset.minutes === "hour" ? `${moment.time.slice(0, 2)}:00` : moment.time;
    const input = field.querySelector("input");
    input.value = `${moment.date} ${time}`;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    field.querySelector("output").textContent = `${moment.date} ${time}`;
  });

  /* ---- Forms: sent once, and the first refused field, or what is asked, gets the cursor ------ */
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of all("button[aria-busy]", form)) button.removeAttribute("aria-busy");
  };
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  }, true);
  addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (form) release(form);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach(release));
  const focusRefused = (within) => {
    const field = within.querySelector("form:not([data-example]) .field.refused :is(input,select,textarea)");
    const told = field ?? within.querySelector("form:not([data-example]) :is([data-asked],.errorlist.nonfield)");
    if (told && !field) told.tabIndex = -1;
    told?.focus();
  };
  focusRefused(document);
  addEventListener("htmx:load", (event) => focusRefused(event.detail.elt));

  /* ---- The tab of this page is in sight (scrollIntoView would move the keyboard's place, too) ---- */
  for (const tab of all(".tabs [aria-current]")) {
    const [tabs, box] = [tab.closest(".tabs"), tab.getBoundingClientRect()];
    tabs.scrollLeft += box.left - tabs.getBoundingClientRect().left - (tabs.clientWidth - box.width) / 2;
  }

  /* ---- Dialogs, menus, keys ----------------------------------------------- */
  addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (event.target.closest?.("[data-closes]")) event.target.closest("dialog")?.close();
    for (const menu of all("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of all("details[data-menu][open]")) { menu.open = false; menu.querySelector("summary").focus(); }
    }
    const isTyping = event.target.matches?.("input,textarea,select,[contenteditable]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
  });
})();
