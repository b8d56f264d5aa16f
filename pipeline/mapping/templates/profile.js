// The profile under the map: the part of the route in view as a straight line. Its frame is made anew with the view; of
// its panels a decision draws those anew whose values it changed.
"use strict";
(function () {
  const { make, round, hatch } = corridor.draw;
  const { panels, strips } = corridor;
  const host = document.getElementById("profile");
  const RIGHT = 10;
  const DECIDED = new Set(["anchor_strike_per_km_yr", "fishing_strike_per_km_yr", "cable_type"]);
  const lanes = ["threats", "others"].flatMap((kind) => corridor.lanes[kind].map((item, i) => ({ item, row: (kind === "threats" ? "threat" : "other") + i })));
  const moved = lanes.filter(({ item }) => DECIDED.has(item.column));
  const still = lanes.filter(({ item }) => !DECIDED.has(item.column));
  let frame = null; // {view, scale, all, rows, cursor, parts: {group, values} by name}
  let planned = false;

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

  function lane(svg, { item, row }, ranks) {
    const place = frame.rows[row];
    strips.strip(svg, frame.scale, item, place.top, place.height, ranks);
    panels.beside(svg, frame.scale, place, strips.name(item));
  }

  // All that no decision moves, and a group for each panel that one does.
  function setUp(view, width) {
    const rows = sizes();
    const left = margin([...lanes.map(({ item }) => strips.name(item)), corridor.t("soil"), corridor.t("deficit"), corridor.t("crossings"), corridor.t("route")]);
    const scale = corridor.scale(corridor.range, left, width - RIGHT);
    const svg = make("svg", { viewBox: "0 0 " + width + " " + rows.height, role: "img", "aria-hidden": "true", class: isFlat() ? "flat" : "" }, null);
    const defs = make("defs", {}, svg);
    hatch(defs, "short", "var(--panel)", "var(--short)");
    hatch(defs, "not-assessed", "var(--not-assessed)", "var(--not-assessed-stripe)");
    const gradient = make("linearGradient", { id: "water", x1: 0, x2: 0, y1: 0, y2: 1 }, defs);
    make("stop", { offset: 0, "stop-color": "var(--water-top)" }, gradient);
    make("stop", { offset: 1, "stop-color": "var(--water-deep)" }, gradient);
    const names = ["sea", ...moved.map(({ row }) => row), "burial", "deficit", "overview"];
    const parts = Object.fromEntries(names.map((name) => [name, { group: make("g", {}, svg), values: null }]));
    const all = corridor.scale({ from_km: 0, to_km: corridor.length_km }, left, width - RIGHT);
    frame = { view, scale, all, rows, parts };

    panels.soil(svg, scale, rows.soil);
    for (const strip of still) lane(svg, strip, strips.ranksOf(scale, strip.item));
    strips.crossings(svg, scale, rows.crossings.top, rows.crossings.height, rows.burial.top);
    panels.beside(svg, scale, rows.crossings, corridor.t("crossings"));
    panels.posts(svg, scale, rows.sea.top, rows.foot, width);
    panels.landings(svg, scale, rows.sea.bottom - 3);

    const brush = make("rect", { y: rows.sea.top, height: rows.foot - rows.sea.top, visibility: "hidden", class: "brush", "data-part": "brush" }, svg);
    frame.cursor = make("g", { visibility: "hidden", transform: "translate(0,0)", "data-part": "cursor" }, svg);
    make("line", { y1: rows.sea.top - 3, y2: rows.foot + 2, class: "cursor" }, frame.cursor);
    make("path", { d: "M-4," + (rows.sea.top - 5) + "h8l-4,5z", class: "cursor-head" }, frame.cursor);
    host.replaceChildren(svg);
    corridor.chart = { scale, brush, overview: rows.overview, width };
    mark();
  }

  // Draws a panel anew if the values that it shows are others.
  function part(name, values, draw) {
    const own = frame.parts[name];
    if (own.values && own.values.length === values.length && values.every((value, i) => value === own.values[i])) return;
    own.values = values;
    own.group.replaceChildren();
    draw(own.group);
  }

  function render() {
    planned = false;
    const width = Math.max(280, Math.round(host.clientWidth));
    const view = JSON.stringify([width, isFlat(), corridor.range, corridor.language]);
    if (!frame || frame.view !== view) setUp(view, width);
    draw();
  }

  // What a decision moves.
  function draw() {
    const { scale, all, rows } = frame;
    const depths = panels.depthsOf(scale);
    part("sea", depths, (svg) => panels.sea(svg, scale, rows.sea, depths));
    for (const strip of moved) {
      const ranks = strips.ranksOf(scale, strip.item);
      part(strip.row, ranks, (svg) => lane(svg, strip, ranks));
    }
    const decided = panels.depthsDecided(scale);
    const most = panels.reach();
    part("burial", [most, ...Object.values(decided).flat()], (svg) => panels.burial(svg, scale, rows.burial, most, decided));
    part("deficit", [...decided.target, ...decided.achievable, ...decided.deficit], (svg) => panels.deficits(svg, scale, rows.deficit, decided));
    const target = all.column("target_dol_m");
    part("overview", target, (svg) => panels.overview(svg, scale, all, rows.overview, target));
  }

  function mark() {
    const { scale, cursor } = frame;
    const kp = corridor.stations.columns.kp_km[corridor.station];
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
  corridor.on("decision", draw); // at once: a step of the what-if is a frame already
  corridor.on("stations", () => { frame.view = null; plan(); });
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
