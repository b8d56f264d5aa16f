// The panels of the profile: water, soil, burial, the whole route in small, kilometre posts. Each is drawn into a group,
// by a scale, from the values that it is given.
"use strict";
corridor.panels = (function () {
  const { make, round, levels, runs, steps, between, nice, decimals } = corridor.draw;
  const CLEAR_PX = 4;
  const MOST_ACHIEVABLE_M = 4; // tools that reach deeper do not flatten the rest
  const middle = (block) => (block.start + block.end - 1) >> 1;

  function ground(svg, scale, row, className) {
    make("rect", { x: scale.left, y: row.top, width: scale.right - scale.left, height: row.height, class: className }, svg);
  }

  function beside(svg, scale, row, text) {
    make("text", { x: scale.left - 5, y: row.bottom - 1.8, "text-anchor": "end" }, svg, text);
  }

  function axis(svg, scale, row, { most, step, y, title }) {
    const places = decimals(step);
    for (let value = 0; value <= most + 1e-9; value += step) {
      make("line", { x1: scale.left, x2: scale.right, y1: round(y(value)), y2: round(y(value)), class: "grid" }, svg);
      // The first and the last keep clear of the words of the lanes above and below.
      const down = value === 0 ? 7 : value + step > most + 1e-9 && y(value) > row.bottom - 4 ? 0 : 3.5;
      make("text", { x: scale.left - 5, y: round(y(value) + down), "text-anchor": "end" }, svg,
        value === 0 ? corridor.measure(0, "m") : corridor.number(value, places));
    }
    const centre = (row.top + row.bottom) / 2;
    make("text", { x: 9, y: centre, "text-anchor": "middle", transform: "rotate(-90 9 " + centre + ")" }, svg, title);
  }

  function unknown(svg, scale, row, values) {
    for (const [start, end] of runs(values.map((value) => value === null))) {
      const block = make("rect", { x: round(scale.blocks[start].from), y: row.top, width: round(scale.blocks[end - 1].to - scale.blocks[start].from),
        height: row.height, fill: "url(#not-assessed)", "data-part": "not-assessed" }, svg);
      make("title", {}, block, corridor.t("not assessed"));
    }
  }

  // Water depth in the middle of each block.
  function depthsOf(scale) {
    const values = corridor.column("water_depth_m") || [];
    return scale.blocks.map((block) => { const value = values[middle(block)]; return value === undefined ? null : value; });
  }

  function sea(svg, scale, row, depths) {
    const deepest = Math.max(10, scale.column("water_depth_m").reduce((most, value) => Math.max(most, value || 0), 0));
    const step = nice(deepest, 3);
    const most = Math.ceil(deepest / step) * step;
    const y = (depth) => row.top + (Math.max(0, depth) / most) * row.height;
    ground(svg, scale, row, "bed");
    for (const [start, end] of runs(depths.map((depth) => depth !== null))) {
      const from = scale.blocks[start].from;
      const to = scale.blocks[end - 1].to;
      let path = "M" + round(from) + "," + row.top + "L" + round(from) + "," + round(y(depths[start]));
      for (let i = start; i < end; i += 1) {
        const at = scale.x(corridor.stations.columns.kp_km[middle(scale.blocks[i])]);
        if (at >= from && at <= to) path += "L" + round(at) + "," + round(y(depths[i]));
      }
      path += "L" + round(to) + "," + round(y(depths[end - 1])) + "L" + round(to) + "," + row.top + "Z";
      make("path", { d: path, fill: "url(#water)", class: "water" }, svg);
    }
    unknown(svg, scale, row, depths);
    axis(svg, scale, row, { most, step, y, title: corridor.t("water") });
  }

  function soil(svg, scale, row) {
    for (const [start, end, name] of levels(scale.blocks.map((block) => corridor.value("soil_class", middle(block))))) {
      const known = name !== null && Object.hasOwn(corridor.soil, name) ? corridor.soil[name] : null;
      const from = scale.blocks[start].from;
      const span = scale.blocks[end - 1].to - from;
      const block = make("rect", { x: round(from), y: row.top, width: round(span + 0.3), height: row.height, fill: known ? known.colour : name === null ? "url(#not-assessed)" : "var(--lane)" }, svg);
      const label = known ? corridor.say(known.label) : name === null ? corridor.t("not assessed") : name;
      make("title", {}, block, label);
      if (label.length < 40 && span > label.length * 5.2 + 6) make("text", { x: round(from + span / 2), y: row.bottom - 2.4, "text-anchor": "middle", class: "on-colour" }, svg, label);
    }
    beside(svg, scale, row, corridor.t("soil"));
  }

  // What the burial panel shows, a value a block.
  function depthsDecided(scale) {
    return {
      target: scale.column("target_dol_m"), achievable: scale.column("achievable_dol_m", Math.min), deficit: scale.column("deficit_m"),
      least: scale.column("required_dol_p10_m", Math.min), most: scale.column("required_dol_p90_m"),
    };
  }

  // The depth that the panel reaches; of the whole route, so that it stays in closer views.
  function reach() {
    const largest = (name) => (corridor.column(name) || []).reduce((most, value) => (value !== null && value > most ? value : most), 0);
    const shown = Math.max(largest("target_dol_m"), largest("required_dol_p90_m"), Math.min(largest("achievable_dol_m"), MOST_ACHIEVABLE_M));
    return Math.max(1, Math.ceil(shown * 2 + 0.2) / 2);
  }

  function burial(svg, scale, row, most, decided) {
    const { target, achievable } = decided;
    const y = (depth) => row.top + (Math.min(depth, most) / most) * row.height;
    ground(svg, scale, row, "trench");
    // The target is an area in the colours of the map, so that zones that alternate every kilometre stay apart.
    const areas = new Map();
    for (const [start, end, depth] of levels(target)) {
      if (depth === null || depth <= 0) continue;
      const { colour } = corridor.targetLine(depth);
      const [from, to] = [round(scale.blocks[start].from), round(scale.blocks[end - 1].to)];
      areas.set(colour, (areas.get(colour) || "") + "M" + from + "," + row.top + "H" + to + "V" + round(y(depth)) + "H" + from + "Z");
    }
    for (const [colour, d] of areas) make("path", { d, fill: colour, "data-part": "target-area" }, svg);
    make("path", { d: between(scale.blocks, decided.least, decided.most, y), class: "band", "data-part": "band" }, svg);
    make("path", { d: steps(scale.blocks, target, y), class: "target", "data-part": "target" }, svg);
    make("path", { d: steps(scale.blocks, achievable, y), class: "achievable", "data-part": "achievable" }, svg);
    make("path", { d: between(scale.blocks, achievable, target, y, falls(decided)), fill: "url(#short)", class: "falls-short", "data-part": "deficit" }, svg);
    unknown(svg, scale, row, target);
    make("line", { x1: scale.left, x2: scale.right, y1: row.top, y2: row.top, class: "seabed" }, svg);
    axis(svg, scale, row, { most, step: nice(most, 3), y, title: corridor.t("burial") });
  }

  // Where tools do not reach the target.
  const falls = ({ target, achievable, deficit }) => target.map((depth, i) =>
    (deficit[i] !== null ? deficit[i] > 0 : depth !== null && achievable[i] !== null && achievable[i] < depth));

  // The same places once more in a lane of their own, wide enough to be seen at the scale of the whole route.
  function deficits(svg, scale, lane, decided) {
    ground(svg, scale, lane, "lane");
    for (const [start, end] of runs(falls(decided))) {
      const [from, to] = [scale.blocks[start], scale.blocks[end - 1]];
      const span = Math.max(2, to.to - from.from);
      const block = make("rect", { x: round((from.from + to.to - span) / 2), y: lane.top, width: round(span), height: lane.height, class: "short", "data-part": "short" }, svg);
      make("title", {}, block, corridor.t("Target out of reach, KP {from} to {to}", {
        from: corridor.number(scale.edge(from.start), 2), to: corridor.number(scale.edge(to.end), 2) }));
    }
    make("text", { x: scale.left - 5, y: lane.bottom + 0.5, "text-anchor": "end", class: "short-word" }, svg, corridor.t("deficit"));
  }

  // The whole route in small, with the part in view framed.
  function overview(svg, scale, all, row, target) {
    ground(svg, scale, row, "lane");
    const fills = new Map();
    for (const [start, end, depth] of levels(target)) {
      const fill = depth === null ? "url(#not-assessed)" : depth > 0 ? corridor.targetLine(depth).colour : "var(--lane)";
      const [from, to] = [round(all.blocks[start].from), round(all.blocks[end - 1].to + 0.2)];
      fills.set(fill, (fills.get(fill) || "") + "M" + from + "," + row.top + "H" + to + "V" + row.bottom + "H" + from + "Z");
    }
    for (const [fill, d] of fills) make("path", { d, fill }, svg);
    const [from, to] = [all.x(scale.range.from_km), all.x(scale.range.to_km)];
    for (const [start, end] of [[scale.left, from], [to, scale.right]]) {
      if (end - start > 0.05) make("rect", { x: round(start), y: row.top, width: round(end - start), height: row.height, class: "out-of-view" }, svg);
    }
    make("rect", { x: round(from), y: row.top - 1.5, width: round(Math.max(3, to - from)), height: row.height + 3, rx: 2, class: "window", "data-part": "window" }, svg);
    beside(svg, scale, { bottom: row.bottom + 1.5 }, corridor.t("route"));
  }

  function posts(svg, scale, top, foot, edge) {
    const { from_km, to_km } = scale.range;
    const every = nice(to_km - from_km, (scale.right - scale.left) / 54);
    const places = decimals(every);
    let free = 0;
    for (let n = Math.max(0, Math.ceil(from_km / every - 1e-9)); n * every <= to_km + 1e-9; n += 1) {
      const at = scale.x(n * every);
      make("line", { x1: round(at), x2: round(at), y1: top, y2: foot + 2, class: "grid" }, svg);
      const kp = corridor.number(n * every, places);
      const label = free === 0 ? corridor.t("KP {kp}", { kp }) : kp;
      const half = label.length * 2.9;
      if (at - half < free || at + half > edge) continue;
      make("text", { x: round(at), y: foot + 12, "text-anchor": "middle" }, svg, label);
      free = at + half + CLEAR_PX;
    }
  }

  function landings(svg, scale, y) {
    const ends = corridor.landings.map((name) => corridor.short(corridor.say(name), 24));
    if (scale.range.from_km === 0) make("text", { x: scale.left + 4, y, class: "landing" }, svg, ends[0]);
    if (scale.range.to_km === corridor.length_km) make("text", { x: scale.right - 4, y, "text-anchor": "end", class: "landing" }, svg, ends[1]);
  }

  return { beside, burial, deficits, depthsDecided, depthsOf, landings, overview, posts, reach, sea, soil };
})();
