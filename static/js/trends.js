/* Trends: one panel a measure, one shared cursor. Gaps stay gaps; amended points are hollow; the
   band is the warning range as it was valid at each time. The same numbers stand in a table. */
(() => {
  "use strict";
  const card = document.querySelector("[data-trends]");
  if (!card || !window.uPlot) return;
  const facts = JSON.parse(document.getElementById("chart-facts").textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: facts.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat("en-GB", { timeZone: facts.zone, day: "2-digit", month: "short" });
  const moment = (seconds) => { const at = new Date(seconds * 1000); return `${day.format(at).replace(" ", "-")} ${time.format(at)}`; };
  const shown = (value, panel) => (value === null || value === undefined ? "\u2013" : value.toLocaleString("en-GB", { minimumFractionDigits: +panel.dataset.decimals, maximumFractionDigits: +panel.dataset.decimals }).replace("-", "\u2212"));
  const ticks = (marks) => {
    const step = marks.length > 1 ? marks[1] - marks[0] : 1;
    const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9), String(+step.toFixed(6)).split(".")[1]?.length ?? 0);
    return marks.map((value) => value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace("-", "\u2212"));
  };
  /* The scale holds every value and the band's edges that are near them; a level line stays level. */
  const scaleOf = (code, values) => {
    const known = values.filter((value) => value !== null);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    const room = Math.max(most - least, Math.abs(most) * 0.12, 0.2);
    const edges = (facts.limits[code] ?? []).flatMap((one) => [one.low, one.high]).filter((edge) => edge !== null && edge > least - 2 * room && edge < most + 2 * room);
    const [low, high] = [Math.min(least, ...edges), Math.max(most, ...edges)];
    return [low - room * 0.2, high + room * 0.2];
  };
  const panels = [...card.querySelectorAll("[data-measure]")];
  const sync = uPlot.sync("trends");

  const bandOf = (code) => (u) => {
    const { ctx, bbox } = u;
    for (const one of facts.limits[code] ?? []) {
      if (one.low === null && one.high === null) continue;
      const left = u.valToPos(Math.max(one.from ?? facts.window[0], u.scales.x.min), "x", true);
      const right = u.valToPos(Math.min(one.to ?? facts.window[1], u.scales.x.max), "x", true);
      const top = one.high === null ? bbox.top : Math.max(bbox.top, u.valToPos(one.high, "y", true));
      const bottom = one.low === null ? bbox.top + bbox.height : Math.min(bbox.top + bbox.height, u.valToPos(one.low, "y", true));
      if (right <= left || bottom <= top) continue;
      ctx.save();
      ctx.fillStyle = colour("--band");
      ctx.fillRect(left, top, right - left, bottom - top);
      ctx.restore();
    }
  };
  const hollow = (amended) => (u) => {
    amended.forEach((version, index) => {
      const value = u.data[1][index];
      if (version < 2 || value === null || value === undefined) return;
      u.ctx.save();
      u.ctx.beginPath();
      u.ctx.arc(u.valToPos(u.data[0][index], "x", true), u.valToPos(value, "y", true), 4 * devicePixelRatio, 0, 7);
      u.ctx.fillStyle = colour("--surface");
      u.ctx.strokeStyle = colour("--ink");
      u.ctx.lineWidth = 1.6 * devicePixelRatio;
      u.ctx.fill();
      u.ctx.stroke();
      u.ctx.restore();
    });
  };

  const drawPanel = (panel, data, index) => {
    const values = data.series[panel.dataset.measure] ?? [];
    const box = panel.querySelector("[data-plot]"), cursor = panel.querySelector("[data-cursor]");
    const last = values.findLastIndex((value) => value !== null);
    const before = last > 0 ? values.slice(0, last).findLast((value) => value !== null) : undefined;
    panel.querySelector("[data-last]").textContent = last < 0 ? "no values in this window"
      : `${shown(values[last], panel)} ${panel.dataset.unit} at ${time.format(new Date(data.t[last] * 1000))}${before === undefined ? "" : `, before ${shown(before, panel)}`}`;
    if (last < 0) { box.hidden = true; return; }
    const axis = { stroke: colour("--ink-2"), grid: { stroke: colour("--grid"), width: 1 }, ticks: { show: false }, font: "11px Plex, sans-serif" };
    const isStep = ["pump_speed", "sweep_gas_flow"].includes(panel.dataset.measure);
    const plot = new uPlot({
      width: box.clientWidth, height: box.clientHeight || 110, legend: { show: false },
      cursor: { sync: { key: sync.key }, y: false, points: { size: 8 } },
      scales: { x: { time: true, min: facts.window[0], max: facts.window[1] }, y: { range: scaleOf(panel.dataset.measure, values) } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), facts.zone),
      axes: [{ ...axis, size: 22, values: (_, marks) => marks.map((at) => (time.format(new Date(at * 1000)) === "00:00" ? day.format(new Date(at * 1000)).replace(" ", "-") : time.format(new Date(at * 1000)))) }, { ...axis, size: 48, values: (_, marks) => ticks(marks) }],
      series: [{}, { stroke: colour(`--s${(index % 8) + 1}`), width: 2, spanGaps: false, points: { show: data.t.length < 60, size: 4 }, paths: isStep ? uPlot.paths.stepped({ align: 1 }) : undefined }],
      hooks: {
        drawClear: [bandOf(panel.dataset.measure)],
        draw: [hollow(data.amended)],
        setCursor: [(u) => { const at = u.cursor.idx; cursor.textContent = at === null || at === undefined ? "" : `${moment(u.data[0][at])} ${shown(u.data[1][at], panel)} ${panel.dataset.unit}`; }],
      },
    }, [data.t, values], box);
    new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight || 110 })).observe(box);
  };

  const drawTable = (data) => {
    const table = Object.assign(document.createElement("table"), { className: "tbl" });
    const head = table.createTHead().insertRow();
    const cell = (row, tag, text, className = "") => row.append(Object.assign(document.createElement(tag), { textContent: text, className }));
    cell(head, "th", "Read at");
    for (const panel of panels) cell(head, "th", `${panel.querySelector("b").textContent}, ${panel.dataset.unit}`, "num");
    const body = table.createTBody();
    for (let index = data.t.length - 1; index >= 0; index -= 1) {
      const row = body.insertRow();
      cell(row, "td", moment(data.t[index]));
      for (const panel of panels) cell(row, "td", shown(data.series[panel.dataset.measure]?.[index], panel), "num");
    }
    card.querySelector("[data-table]").replaceChildren(table);
  };

  const name = new URLSearchParams(location.search).get("window");
  const query = new URLSearchParams(panels.map((panel) => ["measure", panel.dataset.measure]));
  if (name) query.set("window", name);
  fetch(`${card.dataset.trends}?${query}`, { headers: { Accept: "application/json" } })
    .then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
    .then((data) => { panels.forEach((panel, index) => drawPanel(panel, data, index)); drawTable(data); })
    .catch(() => {
      const fault = Object.assign(document.createElement("p"), { className: "msg stale", textContent: "Trends could not be loaded. Reload the page; the checks themselves are in the list of checks." });
      card.querySelector("header").after(fault);
    });
})();
