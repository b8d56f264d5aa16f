// The profile under the map: water depth with a soil strip, and burial depth below the seabed.
"use strict";
corridor.profile = (function () {
  const NS = "http://www.w3.org/2000/svg";
  const host = document.getElementById("profile");
  const columns = corridor.stations.columns;
  const posts = columns.kp_km;
  const count = posts.length;
  const left = 44;
  const right = 10;
  let width = 0;
  let parts = {};
  let current = -1;
  const listeners = [];

  function draw(tag, attributes, parent, text) {
    const element = document.createElementNS(NS, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  }

  const x = (kp) => left + (kp / corridor.length_km) * (width - left - right);
  const round = (value) => Math.round(value * 10) / 10;
  // A station stands for the cable half-way to its neighbours.
  const edge = (i) => (i <= 0 ? 0 : i >= count ? corridor.length_km : (posts[i - 1] + posts[i]) / 2);

  // Runs of stations where a column has values; a gap in data is a gap in the drawing.
  function runs(has) {
    const found = [];
    let start = -1;
    for (let i = 0; i <= count; i += 1) {
      const here = i < count && has(i);
      if (here && start < 0) start = i;
      if (!here && start >= 0) { found.push([start, i]); start = -1; }
    }
    return found;
  }

  const known = (name) => (i) => columns[name] !== undefined && columns[name][i] !== null;

  function steps(name, y) {
    return runs(known(name)).map(([start, end]) => {
      let path = "";
      for (let i = start; i < end; i += 1) {
        const value = round(y(columns[name][i]));
        if (i > start && columns[name][i] === columns[name][i - 1]) continue;
        path += (i === start ? "M" : "H") + round(x(edge(i))) + (i === start ? "," : "V") + value;
      }
      return path + "H" + round(x(edge(end)));
    }).join("");
  }

  function between(top, bottom, y, where) {
    return runs((i) => known(top)(i) && known(bottom)(i) && (!where || where(i))).map(([start, end]) => {
      let forth = "";
      let back = "";
      for (let i = start; i < end; i += 1) {
        const from = round(x(edge(i)));
        const to = round(x(edge(i + 1)));
        forth += (i === start ? "M" : "L") + from + "," + round(y(columns[top][i])) + "H" + to;
        back = "L" + to + "," + round(y(columns[bottom][i])) + "H" + from + back;
      }
      return forth + back + "Z";
    }).join("");
  }

  // Runs of stations with one value each: [start, end, value].
  function levels(name) {
    const values = columns[name] || [];
    const found = [];
    for (let i = 0; i < count; i += 1) {
      const last = found[found.length - 1];
      if (last && last[2] === values[i]) last[1] = i + 1; else found.push([i, i + 1, values[i]]);
    }
    return found.filter((run) => run[2] !== null && run[2] !== undefined);
  }

  function targetColour(depth) {
    const step = corridor.target_colours.find((item) => item[0] >= depth - 1e-9);
    return step ? step[1] : corridor.beyond_colour;
  }

  const largest = (name) => columns[name] === undefined ? 0 :
    columns[name].reduce((most, value) => (value !== null && value > most ? value : most), 0);

  function nice(most, wanted) {
    const raw = most / wanted;
    const size = 10 ** Math.floor(Math.log10(raw));
    return [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((step) => step >= raw);
  }

  function axis(svg, most, step, y, unit, title, middle) {
    for (let value = 0; value <= most + 1e-9; value += step) {
      draw("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), stroke: "var(--grid)" }, svg);
      draw("text", { x: left - 5, y: y(value) + 3.5, "text-anchor": "end", "font-size": 10, fill: "var(--quiet)" }, svg,
        value === 0 ? corridor.measure(0, unit) : corridor.number(Number(value.toFixed(2))));
    }
    draw("text", { x: 9, y: middle, "font-size": 10, fill: "var(--quiet)", "text-anchor": "middle",
      transform: "rotate(-90 9 " + middle + ")" }, svg, title);
  }

  function render() {
    width = Math.max(280, Math.round(host.clientWidth));
    const short = width < 620;
    const seaTop = 8;
    const seaBottom = seaTop + (short ? 74 : 70);
    const strip = seaBottom + 7;
    const burialTop = strip + 19;
    const burialBottom = burialTop + (short ? 92 : 82);
    const lane = burialBottom + 3;
    const laneHeight = 7;
    const foot = lane + laneHeight;
    const height = foot + 29;
    const svg = draw("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-hidden": "true" }, null);
    const defs = draw("defs", {}, svg);
    const hatch = draw("pattern", { id: "short", width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, defs);
    draw("rect", { width: 4, height: 4, fill: "var(--panel)" }, hatch);
    draw("rect", { width: 2.2, height: 4, fill: "var(--short)" }, hatch);
    const gradient = draw("linearGradient", { id: "water", x1: 0, x2: 0, y1: 0, y2: 1 }, defs);
    draw("stop", { offset: 0, "stop-color": "var(--water-top)" }, gradient);
    draw("stop", { offset: 1, "stop-color": "var(--water-deep)" }, gradient);

    const deepest = Math.max(10, largest("water_depth_m"));
    const seaStep = nice(deepest, 3);
    const seaMost = Math.ceil(deepest / seaStep) * seaStep;
    const ySea = (depth) => seaTop + (Math.max(0, depth) / seaMost) * (seaBottom - seaTop);
    const burialMost = Math.max(1, Math.ceil(Math.max(largest("target_dol_m"), largest("required_dol_p90_m"), Math.min(largest("achievable_dol_m"), 4)) * 2 + 0.2) / 2);
    const yBurial = (depth) => burialTop + (Math.min(depth, burialMost) / burialMost) * (burialBottom - burialTop);

    // Water
    draw("rect", { x: left, y: seaTop, width: width - left - right, height: seaBottom - seaTop, fill: "var(--bed)" }, svg);
    for (const [start, end] of runs(known("water_depth_m"))) {
      let path = "M" + round(x(edge(start))) + "," + seaTop;
      for (let i = start; i < end; i += 1) path += "L" + round(x(posts[i])) + "," + round(ySea(columns.water_depth_m[i]));
      draw("path", { d: path + "L" + round(x(edge(end))) + "," + seaTop + "Z", fill: "url(#water)", stroke: "var(--bed-line)", "stroke-width": 1 }, svg);
    }
    axis(svg, seaMost, seaStep, ySea, "m", corridor.t("water"), (seaTop + seaBottom) / 2);

    // Soil strip
    const soils = columns.soil_class || [];
    for (let start = 0; start < count;) {
      let end = start + 1;
      while (end < count && soils[end] === soils[start]) end += 1;
      const name = corridor.value("soil_class", start);
      const soil = name !== null && Object.hasOwn(corridor.soil, name) ? corridor.soil[name] : null;
      const from = x(edge(start));
      const span = x(edge(end)) - from;
      const block = draw("rect", { x: round(from), y: strip, width: round(span + 0.3), height: 12, fill: soil ? soil.colour : "var(--panel)" }, svg);
      const label = soil ? corridor.say(soil.label) : name === null ? corridor.t("not assessed") : name;
      draw("title", {}, block, label);
      if (label.length < 40 && span > label.length * 5.2 + 6) {
        draw("text", { x: round(from + span / 2), y: strip + 9.3, "text-anchor": "middle", "font-size": 9, fill: "var(--mark-line)" }, svg, label);
      }
      start = end;
    }
    draw("text", { x: left - 5, y: strip + 9.5, "text-anchor": "end", "font-size": 10, fill: "var(--quiet)" }, svg, corridor.t("soil"));

    // Burial
    draw("rect", { x: left, y: burialTop, width: width - left - right, height: burialBottom - burialTop, fill: "var(--ground)" }, svg);
    // The target is an area in the colours of the map, so that zones that alternate every kilometre stay apart.
    const areas = new Map();
    for (const [start, end, depth] of levels("target_dol_m")) {
      if (depth <= 0) continue;
      const colour = targetColour(depth);
      areas.set(colour, (areas.get(colour) || "") + "M" + round(x(edge(start))) + "," + burialTop + "H" + round(x(edge(end))) + "V" + round(yBurial(depth)) + "H" + round(x(edge(start))) + "Z");
    }
    for (const [colour, d] of areas) draw("path", { d, fill: colour, "data-part": "target-area" }, svg);
    draw("path", { d: between("required_dol_p10_m", "required_dol_p90_m", yBurial), fill: "var(--band)", "data-part": "band" }, svg);
    draw("path", { d: steps("target_dol_m", yBurial), fill: "none", stroke: "var(--ink)", "stroke-width": 0.7, "stroke-opacity": 0.6, "data-part": "target" }, svg);
    draw("path", { d: steps("achievable_dol_m", yBurial), fill: "none", stroke: "var(--achievable)", "stroke-width": 1.1, "stroke-dasharray": "4 3", "data-part": "achievable" }, svg);
    const falls = (i) => known("deficit_m")(i) ? columns.deficit_m[i] > 0 : known("achievable_dol_m")(i) && known("target_dol_m")(i) && columns.achievable_dol_m[i] < columns.target_dol_m[i];
    draw("path", { d: between("achievable_dol_m", "target_dol_m", yBurial, falls), fill: "url(#short)", stroke: "var(--short)", "stroke-width": 0.8, "data-part": "deficit" }, svg);
    // The same places once more in a lane of their own, wide enough to be seen at the scale of the whole route.
    draw("rect", { x: left, y: lane, width: width - left - right, height: laneHeight, fill: "var(--ground)" }, svg);
    draw("text", { x: left - 5, y: lane + laneHeight, "text-anchor": "end", "font-size": 10, fill: "var(--short-ink)" }, svg, corridor.t("deficit"));
    for (const [start, end] of runs(falls)) {
      const wide = Math.max(2, x(edge(end)) - x(edge(start)));
      const block = draw("rect", { x: round((x(edge(start)) + x(edge(end)) - wide) / 2), y: lane, width: round(wide), height: laneHeight, fill: "var(--short)", "data-part": "short" }, svg);
      draw("title", {}, block, corridor.t("target out of reach, KP {from} to {to}", { from: [edge(start), 2], to: [edge(end), 2] }));
    }
    draw("line", { x1: left, x2: width - right, y1: burialTop, y2: burialTop, stroke: "var(--bed-line)", "stroke-width": 1.2 }, svg);
    axis(svg, burialMost, nice(burialMost, 3), yBurial, "m", corridor.t("burial"), (burialTop + burialBottom) / 2);
    for (const [start, end] of runs((i) => !known("target_dol_m")(i))) {
      if (x(edge(end)) - x(edge(start)) > 1.5) {
        draw("rect", { x: round(x(edge(start))), y: burialTop, width: round(x(edge(end)) - x(edge(start))), height: burialBottom - burialTop, fill: "var(--not-assessed)", "fill-opacity": 0.35 }, svg);
      }
    }

    // Kilometre posts
    let every = corridor.kp_label_km;
    while ((every / corridor.length_km) * (width - left - right) < 38) every *= every / corridor.kp_label_km % 2 === 0 ? 2.5 : 2;
    for (let kp = 0; kp <= corridor.length_km + 1e-6; kp += every) {
      draw("line", { x1: x(kp), x2: x(kp), y1: seaTop, y2: foot + 3, stroke: "var(--grid)" }, svg);
      draw("text", { x: x(kp), y: foot + 13, "text-anchor": kp === 0 ? "start" : "middle", "font-size": 10, fill: "var(--quiet)" }, svg, kp === 0 ? corridor.t("KP {kp}", { kp: 0 }) : corridor.number(kp, kp % 1 ? 1 : 0));
    }
    draw("text", { x: left, y: height - 4, "font-size": 10, "font-weight": 600, fill: "var(--ink)" }, svg, corridor.short(corridor.say(corridor.landings[0]), 24));
    draw("text", { x: width - right, y: height - 4, "font-size": 10, "font-weight": 600, "text-anchor": "end", fill: "var(--ink)" }, svg, corridor.short(corridor.say(corridor.landings[1]), 24));

    const cursor = draw("line", { y1: seaTop - 4, y2: foot + 3, stroke: "var(--cursor)", "stroke-width": 2, visibility: "hidden", "data-part": "cursor" }, svg);
    parts = { cursor };
    host.replaceChildren(svg);
    if (current >= 0) mark();
  }

  function mark() {
    const at = round(x(posts[current]));
    parts.cursor.setAttribute("x1", at);
    parts.cursor.setAttribute("x2", at);
    parts.cursor.setAttribute("visibility", "visible");
  }

  function readout() {
    const line = document.getElementById("readout");
    const wanted = [["water_depth_m", corridor.t("water")], ["soil_class", corridor.t("soil")], ["target_dol_m", corridor.t("target")],
      ["achievable_dol_m", corridor.t("achievable")], ["governing", corridor.t("governed by")], ["residual_strike_per_km_yr", corridor.t("strikes left")]];
    const post = corridor.t("KP {kp}", { kp: [posts[current], 1] });
    const nodes = [corridor.make("b", { text: post })];
    const p10 = corridor.value("required_dol_p10_m", current);
    const p90 = corridor.value("required_dol_p90_m", current);
    let spoken = post;
    function say(label, text) {
      nodes.push(" · " + label + " ", corridor.make("b", { text }));
      spoken += ", " + label + " " + text;
    }
    for (const [column, label] of wanted) {
      const field = corridor.stations.fields.find((item) => item[0] === column);
      if (field) say(label, corridor.text(field, current));
      if (column === "soil_class") {
        say(corridor.t("required P10 to P90"), p90 === null ? corridor.t("not assessed") :
          corridor.t("{low} to {high}\u00a0m", { low: p10 === null ? "?" : [p10, 2], high: [p90, 2] }));
      }
    }
    line.replaceChildren(...nodes);
    host.setAttribute("aria-valuenow", posts[current].toFixed(1));
    host.setAttribute("aria-valuetext", spoken);
  }

  function select(index, how) {
    current = Math.min(count - 1, Math.max(0, index));
    mark();
    readout();
    for (const listener of listeners) listener(current, how);
  }

  function at(event) {
    const box = host.getBoundingClientRect();
    const place = ((event.clientX - box.left) * (width / box.width) - left) / (width - left - right);
    return corridor.nearest(Math.min(1, Math.max(0, place)) * corridor.length_km);
  }

  host.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse" || event.buttons) select(at(event), "hover"); });
  host.addEventListener("pointerdown", (event) => select(at(event), "hover"));
  host.addEventListener("click", (event) => select(at(event), "go"));
  host.addEventListener("keydown", (event) => {
    const moves = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      select(Math.max(0, current), "open");
    } else if (event.key in moves) {
      event.preventDefault();
      const by = moves[event.key];
      const here = current < 0 ? 0 : posts[current];
      let next = corridor.nearest(Math.min(corridor.length_km, Math.max(0, here + by)));
      if (next === current && Number.isFinite(by)) next += Math.sign(by);
      select(next, "key");
    }
  });
  corridor.on("language", () => { render(); if (current >= 0) readout(); });
  new ResizeObserver(() => { if (Math.abs(host.clientWidth - width) > 2) render(); }).observe(host);
  render();
  return { select, onSelect: (listener) => listeners.push(listener) };
})();
