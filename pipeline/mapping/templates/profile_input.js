// Mouse, touch, wheel, keys and buttons of the profile, and its numbers in words.
"use strict";
(function () {
  const host = document.getElementById("profile");
  const posts = corridor.stations.columns.kp_km;
  const length = corridor.length_km;
  const CLICK_PX = 5;
  const STEP = 1.5;

  const choose = (index, how) => corridor.tell("station", { index: Math.min(posts.length - 1, Math.max(0, index)), how });
  const pixel = (event) => {
    const box = host.getBoundingClientRect();
    return { x: (event.clientX - box.left) * (corridor.chart.width / box.width), y: (event.clientY - box.top) * (corridor.chart.width / box.width) };
  };
  const kpAt = (event) => corridor.chart.scale.kp(pixel(event).x);
  const middle = () => (corridor.range.from_km + corridor.range.to_km) / 2;
  const anchor = () => {
    const kp = corridor.station < 0 ? NaN : posts[corridor.station];
    return kp >= corridor.range.from_km && kp <= corridor.range.to_km ? kp : middle();
  };

  // Pointers
  const down = new Map();
  let start = null;
  let pinch = null;
  let dragged = false;

  function overviewKp(event) {
    const { left, right } = corridor.chart.scale;
    return Math.min(1, Math.max(0, (pixel(event).x - left) / (right - left))) * length;
  }
  const onOverview = (event) => pixel(event).y <= corridor.chart.overview.bottom + 3;

  function spread() {
    const [one, other] = [...down.values()];
    return { apart: Math.max(20, Math.abs(one.clientX - other.clientX)), clientX: (one.clientX + other.clientX) / 2 };
  }

  function brush(from, to) {
    const { scale } = corridor.chart;
    const [low, high] = [Math.min(from, to), Math.max(from, to)].map((x) => Math.min(scale.right, Math.max(scale.left, x)));
    corridor.chart.brush.setAttribute("x", low);
    corridor.chart.brush.setAttribute("width", high - low);
    corridor.chart.brush.setAttribute("visibility", "visible");
    return [scale.kp(low), scale.kp(high)];
  }

  host.addEventListener("pointerdown", (event) => {
    down.set(event.pointerId, event);
    dragged = false;
    if (down.size === 2) {
      const { apart, clientX } = spread();
      pinch = { apart, kp: kpAt({ clientX, clientY: event.clientY }), span: corridor.range.to_km - corridor.range.from_km };
      start = null;
      return;
    }
    start = { x: pixel(event).x, kind: onOverview(event) ? "overview" : event.pointerType === "mouse" ? "brush" : "scrub", button: event.button };
    if (start.kind !== "scrub" || onOverview(event)) host.setPointerCapture(event.pointerId);
    if (start.kind === "scrub") choose(corridor.nearest(kpAt(event)), "hover");
  });

  host.addEventListener("pointermove", (event) => {
    if (down.has(event.pointerId)) down.set(event.pointerId, event);
    if (pinch && down.size === 2) {
      dragged = true;
      const span = corridor.range.to_km - corridor.range.from_km;
      corridor.zoom((pinch.span * pinch.apart) / spread().apart / span, pinch.kp, "profile");
      return;
    }
    if (start && start.button === 0 && Math.abs(pixel(event).x - start.x) > CLICK_PX) dragged = true;
    if (start && start.kind === "overview") {
      if (dragged) corridor.shift(overviewKp(event) - middle(), "profile");
    } else if (start && start.kind === "brush" && dragged) {
      brush(start.x, pixel(event).x);
      choose(corridor.nearest(kpAt(event)), "hover");
    } else if ((event.pointerType === "mouse" && !onOverview(event)) || start) {
      choose(corridor.nearest(kpAt(event)), "hover");
    }
  });

  function release(event, counts) {
    down.delete(event.pointerId);
    if (down.size < 2) pinch = null;
    if (start && start.kind === "brush") {
      if (dragged && counts) corridor.look(...brush(start.x, pixel(event).x), "profile");
      corridor.chart.brush.setAttribute("visibility", "hidden");
    }
    start = null;
  }
  host.addEventListener("pointerup", (event) => release(event, true));
  host.addEventListener("pointercancel", (event) => release(event, false));
  host.addEventListener("click", (event) => {
    if (dragged) return;
    if (onOverview(event)) corridor.shift(overviewKp(event) - middle(), "profile");
    else choose(corridor.nearest(kpAt(event)), "go");
  });

  host.addEventListener("wheel", (event) => {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const by = event.deltaX || event.deltaY;
    // With the whole route in view, turning outwards or sideways moves the page.
    if (corridor.isWhole() && (sideways || event.deltaY > 0)) return;
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? 30 : 1;
    if (sideways) corridor.shift((by * pixels * (corridor.range.to_km - corridor.range.from_km)) / 1000, "profile");
    else corridor.zoom(Math.exp(Math.min(200, Math.max(-200, event.deltaY * pixels)) / 400), kpAt(event), "profile");
  }, { passive: false });

  // Keys
  function walk(by) {
    const here = corridor.station < 0 ? corridor.range.from_km : posts[corridor.station];
    const span = corridor.range.to_km - corridor.range.from_km;
    const km = by * (span > 20 ? 1 : span > 2 ? 0.1 : 0.01);
    let next = corridor.nearest(Math.min(length, Math.max(0, here + km)));
    if (next === corridor.station && Number.isFinite(by)) next += Math.sign(by);
    choose(next, "key");
  }

  const open = () => choose(corridor.station < 0 ? corridor.nearest(middle()) : corridor.station, "open");

  const keys = {
    ArrowRight: () => walk(1), ArrowUp: () => walk(1), ArrowLeft: () => walk(-1), ArrowDown: () => walk(-1),
    PageUp: () => walk(10), PageDown: () => walk(-10), Home: () => walk(-Infinity), End: () => walk(Infinity),
    "+": () => corridor.zoom(1 / STEP, anchor(), "profile"), "=": () => corridor.zoom(1 / STEP, anchor(), "profile"),
    "-": () => corridor.zoom(STEP, anchor(), "profile"), 0: () => corridor.whole("reset"), Escape: () => corridor.whole("reset"),
    Enter: open, " ": open,
  };
  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    if (event.key === "Escape" && start) {
      dragged = false;
      start = null;
      corridor.chart.brush.setAttribute("visibility", "hidden");
    } else {
      keys[event.key]();
    }
  });

  // Buttons and the field
  const buttons = {
    "range-back": () => corridor.shift((corridor.range.from_km - corridor.range.to_km) / 3, "profile"),
    "range-on": () => corridor.shift((corridor.range.to_km - corridor.range.from_km) / 3, "profile"),
    "range-in": () => corridor.zoom(1 / STEP, anchor(), "profile"),
    "range-out": () => corridor.zoom(STEP, anchor(), "profile"),
    "range-whole": () => corridor.whole("reset"),
  };
  for (const [id, act] of Object.entries(buttons)) document.getElementById(id).addEventListener("click", act);
  const field = document.getElementById("kp-wanted");
  const refusal = document.getElementById("kp-refused");
  document.getElementById("kp-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const kp = corridor.readKp(field.value);
    const good = kp !== null && kp <= length + 0.05;
    field.setAttribute("aria-invalid", String(!good));
    refusal.textContent = good ? "" : corridor.t("Give a kilometre post from 0 to {length}.", { length: corridor.number(length, 1) });
    if (good) choose(corridor.nearest(Math.min(length, kp)), "typed");
  });

  for (const button of document.querySelectorAll("button[data-kp]")) {
    button.addEventListener("click", () => {
      host.scrollIntoView({ block: "center", behavior: corridor.still ? "auto" : "smooth" });
      choose(corridor.nearest(Number(button.dataset.kp)), "typed");
    });
  }

  // Words
  const seen = document.getElementById("range-seen");
  function sayRange() {
    const { from_km, to_km } = corridor.range;
    const places = to_km - from_km < 5 ? 2 : 1;
    seen.textContent = corridor.t("KP {from} to {to}", { from: corridor.number(from_km, places), to: corridor.number(to_km, places) });
    const whole = corridor.isWhole();
    for (const id of ["range-back", "range-on", "range-out", "range-whole"]) {
      document.getElementById(id).setAttribute("aria-disabled", String(whole));
    }
  }

  const wanted = [
    ["water_depth_m", () => corridor.t("water")], ["soil_class", () => corridor.t("soil")],
    ["anchor_strike_per_km_yr", () => corridor.t("anchors")], ["fishing_strike_per_km_yr", () => corridor.t("fishing")],
    ["pga_475yr_g", () => corridor.t("shaking")], ["slope_class", () => corridor.t("slope")], ["required", null],
    ["target_dol_m", () => corridor.t("target")], ["achievable_dol_m", () => corridor.t("achievable")],
    ["governing", () => corridor.t("governed by")], ["residual_strike_per_km_yr", () => corridor.t("strikes left")],
  ];
  function readout() {
    const index = corridor.station;
    if (index < 0) return;
    const kp = corridor.t("KP {kp}", { kp: corridor.number(posts[index], 1) });
    const nodes = [corridor.make("b", { text: kp })];
    let spoken = kp;
    function add(label, text) {
      nodes.push(" · " + label + "\u00a0", corridor.make("b", { text }));
      spoken += ", " + label + " " + text;
    }
    const required = (name) => { const value = corridor.value(name, index); return value === null ? "?" : corridor.number(value, 2); };
    for (const [column, label] of wanted) {
      const field = corridor.stations.fields.find((item) => item[0] === column);
      if (field) add(label(), corridor.text(field, index));
      if (column === "required") {
        add(corridor.t("required P10 to P90"), corridor.value("required_dol_p90_m", index) === null ? corridor.t("not assessed")
          : corridor.t("{from} to {to} m", { from: required("required_dol_p10_m"), to: required("required_dol_p90_m") }));
      }
    }
    const near = corridor.chart.scale.edge;
    for (const crossing of corridor.crossings || []) {
      if (crossing.kp_to_km >= near(index) && crossing.kp_from_km <= near(index + 1)) add(corridor.t("crossing"), corridor.crossingWords(crossing));
    }
    document.getElementById("readout").replaceChildren(...nodes);
    host.setAttribute("aria-valuenow", posts[index].toFixed(1));
    host.setAttribute("aria-valuetext", spoken);
  }

  corridor.on("station", readout);
  corridor.on("decision", readout);
  corridor.on("range", sayRange);
  corridor.on("language", () => { readout(); sayRange(); });
  sayRange();
})();
