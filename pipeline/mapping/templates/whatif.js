// What if: four settings decide the route anew in this page, and every part of it says so.
"use strict";
(function () {
  const panel = document.getElementById("whatif");
  if (!panel || !document.getElementById("whatif-data")) return;
  const state = document.getElementById("whatif-state");
  const reset = document.getElementById("whatif-reset");
  const sliders = Object.fromEntries(Array.from(panel.querySelectorAll("input[data-setting]"), (slider) => [slider.dataset.setting, slider]));
  const names = Object.keys(sliders);
  const TRAFFIC_STEP_PCT = 5;
  const A_DECADE = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
  let meta = null;
  let decide = null;
  let choices = {};
  let frame = 0;
  let awaited = null; // the settings of the address, while the data are being unpacked

  // ---- What may be chosen ----

  const rising = (values) => Array.from(new Set(values)).sort((one, other) => one - other);

  function yearsBetween([least, most], own) {
    const years = [own];
    for (let decade = 10 ** Math.floor(Math.log10(least)); decade <= most; decade *= 10) {
      for (const part of A_DECADE) if (part * decade >= least && part * decade <= most) years.push(part * decade);
    }
    return rising(years);
  }

  function growthBetween([least, most], own) {
    const growth = [own];
    for (let pct = least; pct <= most; pct += TRAFFIC_STEP_PCT) growth.push(pct);
    return rising(growth);
  }

  const indices = (values) => values.map((_, at) => at).sort((one, other) => values[one] - values[other]);

  const defaults = () => ({
    years: 1 / meta.default.strikes_per_yr, surface: meta.default.surface, traffic: meta.default.traffic_growth_pct, speed: meta.default.speed,
  });
  const chosen = () => Object.fromEntries(names.map((name) => [name, choices[name][Number(sliders[name].value)]]));
  const isDefault = (settings) => names.every((name) => settings[name] === defaults()[name]);

  // ---- Words ----

  function level(index) {
    const { change_m, level_m, label } = meta.surfaces[index];
    const values = { change: corridor.signed(change_m, 1), level: [level_m, 1], name: label };
    if (change_m === 0) return corridor.t("{level}\u00a0m, as configured", values);
    return label ? corridor.t("{change}\u00a0m: level {level}\u00a0m ({name})", values) : corridor.t("{change}\u00a0m: level {level}\u00a0m", values);
  }
  const say = {
    years: (years) => corridor.tn("one strike in {n} year", "one strike in {n} years", { n: [years, -3] }),
    surface: level,
    traffic: (pct) => (pct === 0 ? corridor.t("as in the data") : corridor.t("{change}\u00a0%", { change: corridor.signed(pct, 0) })),
    speed: (index) => corridor.measure([meta.speeds_kn[index], 1], "kn"),
  };
  const changes = {
    years: (text) => corridor.t("tolerated on the whole route: {value}", { value: text }),
    surface: (text) => corridor.t("sea level: {value}", { value: text }),
    traffic: (text) => corridor.t("ship traffic: {value}", { value: text }),
    speed: (text) => corridor.t("speed at which anchors drop: {value}", { value: text }),
  };

  const strikes = (rate) => (Number.isNaN(rate) ? corridor.t("not assessed") : corridor.measure([rate, -3], "per year"));

  function told(settings) {
    const left = names.filter((name) => settings[name] !== defaults()[name]).map((name) => changes[name](say[name](settings[name])));
    return corridor.t("What-if, not the result of the pipeline. Changed: {changes}.", { changes: left.join("; ") });
  }

  // A note in every part that shows depths, zones or totals, on the screen and on paper; a short one over the profile.
  for (const place of [".map", ".profile", ".side section.card", "#zones"]) {
    const part = document.querySelector(place);
    const note = corridor.make("p", { className: "whatif-note" + (place === ".profile" ? " brief" : "") });
    note.hidden = true;
    if (part) part.prepend(note);
  }

  function write() {
    if (!meta) return;
    const settings = chosen();
    for (const name of names) {
      const own = defaults()[name];
      const output = document.getElementById("whatif-" + name + "-said");
      const differs = settings[name] !== own;
      output.replaceChildren(say[name](settings[name]));
      if (differs) output.append(corridor.make("span", { className: "default", text: corridor.t("pipeline: {value}", { value: say[name](own) }) }));
      output.parentElement.classList.toggle("changed", differs);
      sliders[name].setAttribute("aria-valuetext", say[name](settings[name]));
    }
    const left = corridor.decision.changed;
    reset.disabled = !left;
    document.documentElement.classList.toggle("left-default", left);
    for (const note of document.querySelectorAll(".whatif-note")) {
      note.textContent = !left ? "" : note.classList.contains("brief") ? corridor.t("What-if, not the result of the pipeline.") : told(settings);
      note.hidden = !left;
    }
    state.textContent = left ?
      corridor.t("As tools can bury it: {strikes}, target out of reach on {deficit}.", {
        strikes: strikes(corridor.decision.totals.strike_per_yr_as_trenchable),
        deficit: corridor.measure([corridor.decision.totals.deficit_km, 1], "km"),
      }) : corridor.t("This is the result of the pipeline.");
  }

  // ---- Steps ----

  // A change of the sliders is one step: decide, tell all parts, draw. Its time is kept for bench/whatif.py.
  function step() {
    frame = 0;
    const began = performance.now();
    const settings = chosen();
    corridor.decision = isDefault(settings) ? corridor.settled :
      { changed: true, ...decide({ strikes_per_yr: 1 / settings.years, surface: settings.surface, traffic_growth_pct: settings.traffic, speed: settings.speed }) };
    write();
    corridor.tell("decision", corridor.decision);
    corridor.address.changed();
    performance.measure("what-if", { start: began, end: performance.now() });
  }
  const soon = () => { if (!frame) frame = window.requestAnimationFrame(step); };

  function set(settings) {
    for (const name of names) {
      const values = choices[name];
      const wanted = settings[name];
      const at = values.indexOf(wanted);
      // A value of the address that is no choice goes to the nearest one; of years by their ratio.
      const apart = (value) => (name === "years" ? Math.abs(Math.log(value / wanted)) : Math.abs(value - wanted));
      const nearest = at >= 0 ? at : values.reduce((best, value, place) => (apart(value) < apart(values[best]) ? place : best), 0);
      sliders[name].value = String(nearest);
    }
    soon();
  }

  // ---- The data: unpacked when first needed ----

  let opening = null;
  function open() {
    if (!opening) {
      state.textContent = corridor.t("Opening the data of the what-if …");
      opening = corridor.unpack("whatif-data").then((data) => {
        meta = data.meta;
        decide = corridor.decider(data);
        choices = {
          years: yearsBetween(meta.strike_years, 1 / meta.default.strikes_per_yr), surface: indices(meta.surfaces.map((surface) => surface.change_m)),
          traffic: growthBetween(meta.traffic_growth_pct, meta.default.traffic_growth_pct), speed: indices(meta.speeds_kn),
        };
        for (const name of names) {
          sliders[name].max = String(choices[name].length - 1);
          sliders[name].disabled = choices[name].length < 2;
          sliders[name].value = String(choices[name].indexOf(defaults()[name]));
          sliders[name].addEventListener("input", soon);
        }
        reset.addEventListener("click", () => { set(defaults()); sliders.years.focus(); });
        write();
        panel.dataset.ready = "yes";
      }, (error) => { state.textContent = error.message; });
    }
    return opening;
  }
  panel.addEventListener("toggle", () => { if (panel.open) open(); });

  // ---- The address: whatif=years:500,surface:-2.5,traffic:50,speed:6, as numbers that people can read ----

  function read(text) {
    const given = {};
    for (const part of (text || "").split(",")) {
      const [name, value] = part.split(":");
      if (names.includes(name) && value !== undefined && value !== "" && Number.isFinite(Number(value))) given[name] = Number(value);
    }
    if (!(given.years > 0)) delete given.years;
    if (!meta && !Object.keys(given).length) return;
    awaited = text;
    open().then(() => {
      awaited = null;
      if (!meta) return;
      const near = (values, wanted) => values.reduce((best, value, at) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? at : best), 0);
      if (given.surface !== undefined) given.surface = near(meta.surfaces.map((surface) => surface.change_m), given.surface);
      if (given.speed !== undefined) given.speed = near(meta.speeds_kn, given.speed);
      set({ ...defaults(), ...given });
    });
  }

  function kept() {
    if (awaited !== null) return awaited;
    if (!corridor.decision.changed) return null;
    const settings = chosen();
    const numbers = { years: settings.years, surface: meta.surfaces[settings.surface].change_m, traffic: settings.traffic, speed: meta.speeds_kn[settings.speed] };
    return names.filter((name) => settings[name] !== defaults()[name]).map((name) => name + ":" + Number(numbers[name].toPrecision(6))).join(",");
  }
  corridor.address.keep("whatif", read, kept);
  corridor.on("language", write);
})();
