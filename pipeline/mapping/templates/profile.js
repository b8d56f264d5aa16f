// The profile under the map: the part of the route in view as a straight line, drawn anew whenever that or a depth changes.
"use strict";
(function () {
  const { make, round, levels, runs, steps, between, nice, decimals, hatch } = corridor.draw;
  const host = document.getElementById("profile");
  const columns = corridor.stations.columns;
  const RIGHT = 10;
  const DECIDED = new Set(["anchor_strike_per_km_yr", "fishing_strike_per_km_yr", "cable_type"]);
  let cursor = null;
  let scale = null;
  let planned = false;
  let still = null;

  function targetColour(depth) {
    const step = corridor.target_colours.find((item) => item[0] >= depth - 1e-9);
    return step ? step[1] : corridor.beyond_colour;
  }

  const largest = (name) => (corridor.column(name) || []).reduce((most, value) => (value !== null && value > most ? value : most), 0);

  // In a low and wide window the panels are flat, so that the map keeps its room; on a phone the page scrolls.
  const isFlat = () => window.innerHeight < 900 && host.clientWidth >= 700;

  // Rows from top to bottom, in pixels.
  function sizes() {
    const size = isFlat()
      ? { overview: 6, sea: 36, soil: 10, lane: 8, gap: 1, burial: 50, deficit: 5, crossings: 9, space: 3 }
      : { overview: 7, sea: 76, soil: 13, lane: 13, gap: 2, burial: 100, deficit: 6, crossings: 15, space: 5 };
    const rows = {};
    let y = 3;
    const put = (name, height, gap) => { rows[name] = { top: y, bottom: y + height, height }; y += height + gap; };
    put("overview", size.overview, size.space + 1);
    put("sea", size.sea, size.space);
    put("soil", size.soil, size.gap + 1);
    corridor.lanes.threats.forEach((_, i) => put("threat" + i, size.lane, size.gap));
    y += size.space - size.gap;
    put("burial", size.burial, 2);
    put("deficit", size.deficit, size.space);
    put("crossings", size.crossings, size.gap);
    corridor.lanes.others.forEach((_, i) => put("other" + i, size.lane, size.gap));
    rows.foot = y;
    rows.height = y + 15;
    return rows;
  }

  // The widest of the words beside the lanes, in the language of the page.
  function margin(names) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = "10px " + getComputedStyle(host).fontFamily;
    return Math.ceil(Math.min(110, Math.max(44, ...names.map((name) => pen.measureText(name).width + 9))));
  }

  function axis(svg, most, step, y, title, row) {
    const places = decimals(step);
    for (let value = 0; value <= most + 1e-9; value += step) {
      make("line", { x1: scale.left, x2: scale.right, y1: round(y(value)), y2: round(y(value)), class: "grid" }, svg);
      // The first and the last keep clear of the words of the lanes above and below.
      const down = value === 0 ? 7 : value + step > most + 1e-9 && y(value) > row.bottom - 4 ? 0 : 3.5;
      make("text", { x: scale.left - 5, y: round(y(value) + down), "text-anchor": "end" }, svg,
        value === 0 ? corridor.measure(0, "m") : corridor.number(value, places));
    }
    const middle = (row.top + row.bottom) / 2;
    make("text", { x: 9, y: middle, "text-anchor": "middle", transform: "rotate(-90 9 " + middle + ")" }, svg, title);
  }

  const beside = (svg, row, text) => make("text", { x: scale.left - 5, y: row.bottom - 1.8, "text-anchor": "end" }, svg, text);

  function water(svg, row, most, step) {
    const y = (depth) => row.top + (Math.max(0, depth) / most) * row.height;
    make("rect", { x: scale.left, y: row.top, width: scale.right - scale.left, height: row.height, class: "bed" }, svg);
    const middle = (block) => (block.start + block.end - 1) >> 1;
    const values = corridor.column("water_depth_m") || [];
    const depths = scale.blocks.map((block) => { const value = values[middle(block)]; return value === undefined ? null : value; });
    for (const [start, end] of runs(depths.map((depth) => depth !== null))) {
      const from = scale.blocks[start].from;
      const to = scale.blocks[end - 1].to;
      let path = "M" + round(from) + "," + row.top + "L" + round(from) + "," + round(y(depths[start]));
      for (let i = start; i < end; i += 1) {
        const at = scale.x(columns.kp_km[middle(scale.blocks[i])]);
        if (at >= from && at <= to) path += "L" + round(at) + "," + round(y(depths[i]));
      }
      path += "L" + round(to) + "," + round(y(depths[end - 1])) + "L" + round(to) + "," + row.top + "Z";
      make("path", { d: path, fill: "url(#water)", class: "water" }, svg);
    }
    unknown(svg, row, depths);
    axis(svg, most, step, y, corridor.t("water"), row);
  }

  function unknown(svg, row, values) {
    for (const [start, end] of runs(values.map((value) => value === null))) {
      const block = make("rect", { x: round(scale.blocks[start].from), y: row.top, width: round(scale.blocks[end - 1].to - scale.blocks[start].from),
        height: row.height, fill: "url(#not-assessed)", "data-part": "not-assessed" }, svg);
      make("title", {}, block, corridor.t("not assessed"));
    }
  }

  function soil(svg, row) {
    const middle = (block) => (block.start + block.end - 1) >> 1;
    for (const [start, end, name] of levels(scale.blocks.map((block) => corridor.value("soil_class", middle(block))))) {
      const known = name !== null && Object.hasOwn(corridor.soil, name) ? corridor.soil[name] : null;
      const from = scale.blocks[start].from;
      const span = scale.blocks[end - 1].to - from;
      const block = make("rect", { x: round(from), y: row.top, width: round(span + 0.3), height: row.height, fill: known ? known.colour : name === null ? "url(#not-assessed)" : "var(--lane)" }, svg);
      const label = known ? corridor.say(known.label) : name === null ? corridor.t("not assessed") : name;
      make("title", {}, block, label);
      if (label.length < 40 && span > label.length * 5.2 + 6) make("text", { x: round(from + span / 2), y: row.bottom - 2.4, "text-anchor": "middle", class: "on-colour" }, svg, label);
    }
    beside(svg, row, corridor.t("soil"));
  }

  function burial(svg, row, lane) {
    const most = Math.max(1, Math.ceil(Math.max(largest("target_dol_m"), largest("required_dol_p90_m"), Math.min(largest("achievable_dol_m"), 4)) * 2 + 0.2) / 2);
    const y = (depth) => row.top + (Math.min(depth, most) / most) * row.height;
    const target = scale.column("target_dol_m");
    const achievable = scale.column("achievable_dol_m", Math.min);
    const deficit = scale.column("deficit_m");
    const wide = scale.right - scale.left;
    make("rect", { x: scale.left, y: row.top, width: wide, height: row.height, class: "trench" }, svg);
    // The target is an area in the colours of the map, so that zones that alternate every kilometre stay apart.
    const areas = new Map();
    for (const [start, end, depth] of levels(target)) {
      if (depth === null || depth <= 0) continue;
      const colour = targetColour(depth);
      const [from, to] = [round(scale.blocks[start].from), round(scale.blocks[end - 1].to)];
      areas.set(colour, (areas.get(colour) || "") + "M" + from + "," + row.top + "H" + to + "V" + round(y(depth)) + "H" + from + "Z");
    }
    for (const [colour, d] of areas) make("path", { d, fill: colour, "data-part": "target-area" }, svg);
    make("path", { d: between(scale.blocks, scale.column("required_dol_p10_m", Math.min), scale.column("required_dol_p90_m"), y), class: "band", "data-part": "band" }, svg);
    make("path", { d: steps(scale.blocks, target, y), class: "target", "data-part": "target" }, svg);
    make("path", { d: steps(scale.blocks, achievable, y), class: "achievable", "data-part": "achievable" }, svg);
    const falls = scale.blocks.map((_, i) => (deficit[i] !== null ? deficit[i] > 0 : target[i] !== null && achievable[i] !== null && achievable[i] < target[i]));
    make("path", { d: between(scale.blocks, achievable, target, y, falls), fill: "url(#short)", class: "falls-short", "data-part": "deficit" }, svg);
    unknown(svg, row, target);
    make("line", { x1: scale.left, x2: scale.right, y1: row.top, y2: row.top, class: "seabed" }, svg);
    axis(svg, most, nice(most, 3), y, corridor.t("burial"), row);
    // The same places once more in a lane of their own, wide enough to be seen at the scale of the whole route.
    make("rect", { x: scale.left, y: lane.top, width: wide, height: lane.height, class: "lane" }, svg);
    for (const [start, end] of runs(falls)) {
      const [from, to] = [scale.blocks[start], scale.blocks[end - 1]];
      const span = Math.max(2, to.to - from.from);
      const block = make("rect", { x: round((from.from + to.to - span) / 2), y: lane.top, width: round(span), height: lane.height, class: "short", "data-part": "short" }, svg);
      make("title", {}, block, corridor.t("Target out of reach, KP {from} to {to}", {
        from: corridor.number(scale.edge(from.start), 2), to: corridor.number(scale.edge(to.end), 2) }));
    }
    make("text", { x: scale.left - 5, y: lane.bottom + 0.5, "text-anchor": "end", class: "short-word" }, svg, corridor.t("deficit"));
  }

  // The whole route in small, with the part in view framed.
  function overview(svg, row) {
    const all = corridor.scale({ from_km: 0, to_km: corridor.length_km }, scale.left, scale.right);
    make("rect", { x: scale.left, y: row.top, width: scale.right - scale.left, height: row.height, class: "lane" }, svg);
    for (const [start, end, depth] of levels(all.column("target_dol_m"))) {
      make("rect", { x: round(all.blocks[start].from), y: row.top, width: round(all.blocks[end - 1].to - all.blocks[start].from + 0.2), height: row.height,
        fill: depth === null ? "url(#not-assessed)" : depth > 0 ? targetColour(depth) : "var(--lane)" }, svg);
    }
    const [from, to] = [all.x(scale.range.from_km), all.x(scale.range.to_km)];
    for (const [start, end] of [[scale.left, from], [to, scale.right]]) {
      if (end - start > 0.05) make("rect", { x: round(start), y: row.top, width: round(end - start), height: row.height, class: "out-of-view" }, svg);
    }
    make("rect", { x: round(from), y: row.top - 1.5, width: round(Math.max(3, to - from)), height: row.height + 3, rx: 2, class: "window", "data-part": "window" }, svg);
    beside(svg, { bottom: row.bottom + 1.5 }, corridor.t("route"));
  }

  function posts(svg, rows) {
    const { from_km, to_km } = scale.range;
    const every = nice(to_km - from_km, (scale.right - scale.left) / 54);
    const places = decimals(every);
    let free = 0;
    for (let n = Math.max(0, Math.ceil(from_km / every - 1e-9)); n * every <= to_km + 1e-9; n += 1) {
      const at = scale.x(n * every);
      make("line", { x1: round(at), x2: round(at), y1: rows.sea.top, y2: rows.foot + 2, class: "grid" }, svg);
      const label = (free === 0 ? "KP " : "") + corridor.number(n * every, places);
      const half = label.length * 2.9;
      if (at - half < free || at + half > scale.right + RIGHT) continue;
      make("text", { x: round(at), y: rows.foot + 12, "text-anchor": "middle" }, svg, label);
      free = at + half + 4;
    }
    const ends = corridor.landings.map((name) => corridor.short(corridor.say(name), 24));
    if (from_km === 0) make("text", { x: scale.left + 4, y: rows.sea.bottom - 3, class: "landing" }, svg, ends[0]);
    if (to_km === corridor.length_km) make("text", { x: scale.right - 4, y: rows.sea.bottom - 3, "text-anchor": "end", class: "landing" }, svg, ends[1]);
  }

  function render() {
    planned = false;
    const width = Math.max(280, Math.round(host.clientWidth));
    const rows = sizes();
    const lanes = [...corridor.lanes.threats, ...corridor.lanes.others];
    const left = margin([...lanes.map(corridor.strips.name), corridor.t("soil"), corridor.t("deficit"), corridor.t("crossings"), corridor.t("route")]);
    scale = corridor.scale(corridor.range, left, width - RIGHT);
    const svg = make("svg", { viewBox: "0 0 " + width + " " + rows.height, role: "img", "aria-hidden": "true", class: isFlat() ? "flat" : "" }, null);
    const defs = make("defs", {}, svg);
    hatch(defs, "short", "var(--panel)", "var(--short)");
    hatch(defs, "not-assessed", "var(--not-assessed)", "var(--not-assessed-stripe)");
    const gradient = make("linearGradient", { id: "water", x1: 0, x2: 0, y1: 0, y2: 1 }, defs);
    make("stop", { offset: 0, "stop-color": "var(--water-top)" }, gradient);
    make("stop", { offset: 1, "stop-color": "var(--water-deep)" }, gradient);

    const deepest = Math.max(10, scale.column("water_depth_m").reduce((most, value) => Math.max(most, value || 0), 0));
    const seaStep = nice(deepest, 3);
    water(svg, rows.sea, Math.ceil(deepest / seaStep) * seaStep, seaStep);
    const strip = (part, kind, i) => {
      const item = corridor.lanes[kind][i];
      const row = rows[(kind === "threats" ? "threat" : "other") + i];
      corridor.strips.strip(part, scale, item, row.top, row.height);
      beside(part, row, corridor.strips.name(item));
    };
    const all = ["threats", "others"].flatMap((kind) => corridor.lanes[kind].map((item, i) => [kind, i, DECIDED.has(item.column)]));
    for (const [kind, i, decided] of all) if (decided) strip(svg, kind, i);
    burial(svg, rows.burial, rows.deficit);
    // What no decision moves is drawn once a view.
    const view = JSON.stringify([rows, left, width, corridor.range, corridor.language]);
    if (!still || still.view !== view) {
      still = { view, part: make("g", {}, null) };
      soil(still.part, rows.soil);
      for (const [kind, i, decided] of all) if (!decided) strip(still.part, kind, i);
      corridor.strips.crossings(still.part, scale, rows.crossings.top, rows.crossings.height, rows.burial.top);
      beside(still.part, rows.crossings, corridor.t("crossings"));
      posts(still.part, rows);
    }
    svg.append(still.part);
    overview(svg, rows.overview);
    const brush = make("rect", { y: rows.sea.top, height: rows.foot - rows.sea.top, visibility: "hidden", class: "brush", "data-part": "brush" }, svg);
    cursor = make("g", { visibility: "hidden", "data-part": "cursor" }, svg);
    make("line", { y1: rows.sea.top - 3, y2: rows.foot + 2, class: "cursor" }, cursor);
    make("path", { d: "M-4," + (rows.sea.top - 5) + "h8l-4,5z", class: "cursor-head" }, cursor);
    host.replaceChildren(svg);
    corridor.chart = { scale, brush, overview: rows.overview, width };
    mark();
  }

  function mark() {
    const kp = columns.kp_km[corridor.station];
    const seen = corridor.station >= 0 && kp >= scale.range.from_km - 1e-9 && kp <= scale.range.to_km + 1e-9;
    cursor.setAttribute("visibility", seen ? "visible" : "hidden");
    if (seen) cursor.setAttribute("transform", "translate(" + round(scale.x(kp)) + ",0)");
  }

  // Several changes of one moment are drawn once.
  function plan() {
    if (!planned) window.requestAnimationFrame(() => { if (planned) render(); });
    planned = true;
  }

  corridor.on("station", mark);
  corridor.on("range", ({ how }) => (how === "print" ? render() : plan()));
  corridor.on("decision", plan);
  corridor.on("stations", () => { still = null; plan(); });
  corridor.on("language", plan);
  let [wide, flat] = [host.clientWidth, isFlat()];
  function measure() {
    if (Math.abs(host.clientWidth - wide) <= 2 && isFlat() === flat) return;
    [wide, flat] = [host.clientWidth, isFlat()];
    plan();
  }
  new ResizeObserver(measure).observe(host);
  window.addEventListener("resize", measure);
  render();
})();
