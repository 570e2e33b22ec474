/* Trends: one panel a measure, one shared cursor, by mouse, finger or arrow keys. Gaps stay gaps;
   amended points are hollow; what was outside its limit then is a triangle; the band is the warning
   range as it was valid at each time; events are numbered flags. The same numbers stand in a table. */
(() => {
  "use strict";
  const card = document.querySelector("[data-trends]");
  if (!card || !window.uPlot) return;
  const facts = JSON.parse(document.getElementById("chart-facts").textContent);
  const panels = [...card.querySelectorAll("[data-measure]")];
  const root = document.documentElement, plots = [];
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: facts.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat("en-GB", { timeZone: facts.zone, day: "2-digit", month: "short" });
  const date = (seconds) => day.format(new Date(seconds * 1000)).replace(" ", "-");
  const clock = (seconds) => time.format(new Date(seconds * 1000));
  const moment = (seconds) => `${date(seconds)} ${clock(seconds)}`;
  const written = (value, decimals) => value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace("-", "\u2212");
  const isKnown = (value) => value !== null && value !== undefined;
  const ticks = (marks) => {
    const step = marks.length > 1 ? marks[1] - marks[0] : 1;
    const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9), String(+step.toFixed(6)).split(".")[1]?.length ?? 0);
    return marks.map((value) => written(value, decimals));
  };
  /* What a panel shows: its unit, its decimals, and its numbers in that unit. */
  const facing = (panel) => {
    const { measure, unit, scale, offset, decimals } = panel.dataset;
    const turn = (value) => (isKnown(value) ? value * +(scale ?? 1) + +(offset ?? 0) : null);
    const limits = (facts.limits[measure] ?? []).map((one) => ({ from: one.from ?? -Infinity, to: one.to ?? Infinity, low: turn(one.low), high: turn(one.high) }));
    return {
      turn, limits, unit, code: measure, name: panel.querySelector("b").textContent,
      shown: (value) => (isKnown(value) ? `${written(value, +decimals)} ${unit}` : "\u2013"),
      /* On which side of the limit valid then a value lay: -1, 0, 1. */
      side: (value, at) => {
        const limit = limits.findLast((one) => one.from <= at && at < one.to);
        if (!limit || !isKnown(value)) return 0;
        return limit.low !== null && value < limit.low ? -1 : +(limit.high !== null && value > limit.high);
      },
      isAmended: (at) => (facts.amended?.[measure] ?? []).some((one) => Math.abs(one - at) < 0.5),
    };
  };
  /* A moment without a value goes between checks that lie farther apart than the site's cadence. */
  const broken = (data) => {
    const t = [], source = [];
    data.t.forEach((at, index) => {
      const before = data.t[index - 1];
      if (facts.gap && index && at - before > facts.gap) { t.push((at + before) / 2); source.push(-1); }
      t.push(at);
      source.push(index);
    });
    return { t, of: (code, turn) => source.map((index) => (index < 0 ? null : turn(data.series[code]?.[index]))) };
  };
  /* The scale holds every value and the band's edges that are near them; a level line stays level. */
  const scaleOf = (face, values) => {
    const known = values.filter(isKnown);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    const room = Math.max(most - least, Math.abs(most) * 0.12, 0.2);
    const edges = face.limits.flatMap((one) => [one.low, one.high]).filter((edge) => edge !== null && edge > least - 2 * room && edge < most + 2 * room);
    return [Math.min(least, ...edges) - room * 0.2, Math.max(most, ...edges) + room * 0.2];
  };

  const bands = (face) => (u) => {
    const { ctx, bbox } = u, foot = bbox.top + bbox.height;
    ctx.save();
    for (const one of face.limits) {
      const left = u.valToPos(Math.max(one.from, u.scales.x.min), "x", true), right = u.valToPos(Math.min(one.to, u.scales.x.max), "x", true);
      const [top, bottom] = [one.high, one.low].map((edge, index) => (edge === null ? [bbox.top, foot][index] : Math.min(foot, Math.max(bbox.top, u.valToPos(edge, "y", true)))));
      if ((one.low === null && one.high === null) || right <= left) continue;
      ctx.fillStyle = colour("--band");
      ctx.fillRect(left, top, right - left, bottom - top);
      ctx.fillStyle = colour("--band-line");
      for (const [edge, y] of [[one.high, top], [one.low, bottom]]) if (edge !== null && y > bbox.top && y < foot) ctx.fillRect(left, y, right - left, devicePixelRatio);
    }
    ctx.restore();
  };
  const flags = (u) => {
    const { ctx, bbox } = u, dot = devicePixelRatio;
    ctx.save();
    ctx.font = `600 ${10 * dot}px Plex, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "alphabetic";
    let free = -Infinity;
    (facts.events ?? []).forEach((event, index) => {
      const x = Math.round(u.valToPos(event.at, "x", true));
      ctx.strokeStyle = ctx.fillStyle = colour("--event");
      ctx.setLineDash([3 * dot, 3 * dot]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      if (x < free) return;
      const label = String(index + 1), width = ctx.measureText(label).width + 6 * dot;
      ctx.fillRect(x, bbox.top, width, 13 * dot);
      ctx.fillStyle = colour("--surface");
      ctx.fillText(label, x + width / 2, bbox.top + 10 * dot);
      free = x + width + 2 * dot;
    });
    ctx.restore();
  };
  const marks = (face) => (u) => {
    const { ctx } = u, dot = devicePixelRatio;
    u.data[1].forEach((value, index) => {
      if (!isKnown(value)) return;
      const at = u.data[0][index], side = face.side(value, at), isAmended = face.isAmended(at);
      if (!side && !isAmended) return;
      const x = u.valToPos(at, "x", true), y = u.valToPos(value, "y", true);
      ctx.save();
      ctx.beginPath();
      if (side) { ctx.moveTo(x, y - side * 5 * dot); ctx.lineTo(x - 5 * dot, y + side * 4 * dot); ctx.lineTo(x + 5 * dot, y + side * 4 * dot); ctx.closePath(); }
      else ctx.arc(x, y, 4 * dot, 0, 7);
      ctx.fillStyle = colour(isAmended ? "--surface" : "--med-edge");
      ctx.strokeStyle = colour("--ink");
      ctx.lineWidth = (isAmended ? 1.6 : 0.8) * dot;
      ctx.fill();
      ctx.stroke();
      ctx.restore();
    });
  };

  /* Arrow keys go from reading to reading; every panel follows, and the value is said. */
  const walk = (u, face, key, say) => {
    const [t, values] = u.data, known = values.flatMap((value, index) => (isKnown(value) ? [index] : []));
    const at = known.findLastIndex((index) => index <= (u.cursor.idx ?? -1));
    const to = { ArrowLeft: at < 0 ? known.length - 1 : Math.max(at - 1, 0), ArrowRight: Math.min(at + 1, known.length - 1), Home: 0, End: known.length - 1 }[key];
    if (to === undefined) return false;
    u.setCursor({ left: u.valToPos(t[known[to]], "x"), top: u.valToPos(values[known[to]], "y") }, true, true);
    say(`${face.name}, ${moment(t[known[to]])}: ${face.shown(values[known[to]])}`);
    return true;
  };
  const drawPanel = (panel, whole, index) => {
    const face = facing(panel), values = whole.of(face.code, face.turn);
    const box = panel.querySelector("[data-plot]"), cursor = panel.querySelector("[data-cursor]");
    const last = values.findLastIndex(isKnown), before = values.slice(0, Math.max(last, 0)).findLast(isKnown);
    const text = last < 0 ? "no values in this window" : `${face.shown(values[last])} at ${clock(whole.t[last])}${isKnown(before) ? `, before ${face.shown(before)}` : ""}`;
    panel.querySelector("[data-last]").textContent = text;
    if (last < 0) { box.hidden = true; return; }
    const axis = { stroke: () => colour("--ink-2"), grid: { stroke: () => colour("--grid"), width: 1 }, ticks: { show: false }, font: "11px Plex, sans-serif" };
    const isDense = whole.t.length > 60;
    const alone = values.flatMap((value, at) => (isKnown(value) && !isKnown(values[at - 1]) && !isKnown(values[at + 1]) ? [at] : []));
    const isStep = panel.hasAttribute("data-stepped");
    const plot = new uPlot({
      width: box.clientWidth, height: box.clientHeight || 110, legend: { show: false },
      cursor: { sync: { key: "trends" }, y: false, points: { size: 8 }, drag: { x: false, y: false } },
      scales: { x: { time: true, min: facts.window[0], max: facts.window[1] }, y: { range: scaleOf(face, values) } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), facts.zone),
      axes: [{ ...axis, size: 22, values: (_, at) => at.map((one) => (clock(one) === "00:00" ? date(one) : clock(one))) }, { ...axis, size: 48, values: (_, at) => ticks(at) }],
      series: [{}, { stroke: () => colour(`--s${(index % 8) + 1}`), fill: "transparent", width: 2, spanGaps: false, points: { show: true, size: 4, filter: () => (isDense ? alone : null) }, paths: isStep ? uPlot.paths.stepped({ align: 1 }) : undefined }],
      hooks: {
        drawClear: [bands(face)],
        draw: [flags, marks(face)],
        setCursor: [(u) => { const at = u.cursor.idx; cursor.textContent = !isKnown(at) ? "" : `${moment(u.data[0][at])} ${face.shown(u.data[1][at])}`; }],
      },
    }, [whole.t, values], box);
    plots.push(plot);
    box.tabIndex = 0;
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `${face.name}: ${text}. Arrow keys read one value after the other.`);
    const live = card.querySelector("[data-said]");
    box.addEventListener("keydown", (event) => { if (walk(plot, face, event.key, (said) => { if (live) live.textContent = said; })) event.preventDefault(); });
    plot.over.addEventListener("click", (event) => {
      const hit = (facts.events ?? []).findIndex((one) => Math.abs(plot.valToPos(one.at, "x") + 6 - event.offsetX) < 12);
      if (hit >= 0 && event.offsetY < 18) document.getElementById(`event-${hit + 1}`)?.focus();
    });
    new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight || 110 })).observe(box);
  };

  const drawTable = (data) => {
    const faces = panels.map(facing), table = Object.assign(document.createElement("table"), { className: "tbl" });
    const head = table.createTHead().insertRow(), body = table.createTBody();
    const cell = (row, tag, text, className = "") => { const one = Object.assign(document.createElement(tag), { textContent: text, className }); row.append(one); return one; };
    cell(head, "th", "Read at").scope = "col";
    for (const face of faces) cell(head, "th", `${face.name}, ${face.unit}`, "num").scope = "col";
    for (let index = data.t.length - 1; index >= 0; index -= 1) {
      const row = body.insertRow(), at = data.t[index];
      cell(row, "th", moment(at)).scope = "row";
      for (const face of faces) {
        const value = face.turn(data.series[face.code]?.[index]), side = face.side(value, at);
        const one = cell(row, "td", face.shown(value).split(" ")[0], "num");
        const told = [["below limit", "", "above limit"][side + 1], isKnown(value) && face.isAmended(at) ? "amended" : ""].filter(Boolean).join(", ");
        if (told) cell(one, "small", told);
      }
    }
    card.querySelector("[data-table]").replaceChildren(table);
  };

  const repaint = () => plots.forEach((plot) => plot.redraw(false));
  new MutationObserver(repaint).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  let theme;
  addEventListener("beforeprint", () => { theme = root.dataset.theme; root.dataset.theme = "light"; repaint(); });
  addEventListener("afterprint", () => { root.dataset.theme = theme; repaint(); });

  const query = new URLSearchParams(panels.map((panel) => ["measure", panel.dataset.measure]));
  const name = new URLSearchParams(location.search).get("window");
  if (name) query.set("window", name);
  fetch(`${card.dataset.trends}?${query}`, { headers: { Accept: "application/json" } })
    .then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
    .then((data) => {
      const whole = broken(data), details = card.querySelector("[data-table]").closest("details");
      panels.forEach((panel, index) => drawPanel(panel, whole, index));
      if (details.open) drawTable(data); else details.addEventListener("toggle", () => drawTable(data), { once: true });
    })
    .catch(() => {
      const fault = Object.assign(document.createElement("p"), { className: "msg stale", textContent: "Trends could not be loaded. Reload the page; the checks themselves are in the list of checks." });
      card.querySelector("header").after(fault);
    });
})();
