// Totals and zones of a what-if, beside those of the pipeline and in their place.
"use strict";
corridor.signed = function (value, decimals) {
  return corridor.written(value, { signDisplay: "exceptZero", minimumFractionDigits: decimals, maximumFractionDigits: decimals });
};

(function () {
  const blank = (value) => value === null || Number.isNaN(value);
  const NOT_ASSESSED = { t: "not assessed" };
  const AT_REST_MS = 150;
  let later = 0;
  const quantity = (value, unit, decimals) => (blank(value) ? NOT_ASSESSED : { t: corridor.units[unit], v: { n: [value, decimals] } });
  const rate = (value) => quantity(value, "per year", -3);
  const once = (value) => {
    if (blank(value)) return NOT_ASSESSED;
    return value > 0 ? { t: "once in {n} year", p: "once in {n} years", v: { n: [1 / value, -2] } } : { t: "no strike expected" };
  };
  const worded = (column, word) => {
    const words = corridor.stations.words[column] || {};
    return word === "" ? "-" : Object.hasOwn(words, word) ? words[word] : word;
  };
  const number = (value, decimals) => ({ t: "{kp}", v: { kp: [value, decimals] } });
  const range = (low, high) => (blank(low) || blank(high) ? NOT_ASSESSED : { t: "{low} to {high}\u00a0m", v: { low: [low, 0], high: [high, 0] } });

  // A decided zone in the form of those of the pipeline: its cells are messages.
  corridor.zoneShown = function (zone) {
    const target_m = blank(zone.target_m) ? null : zone.target_m;
    const { colour, width_px, dash } = corridor.targetLine(target_m);
    const cells = [
      ["From KP", number(zone.kp_from_km, 2)], ["To KP", number(zone.kp_to_km, 2)], ["Length", quantity(zone.length_km, "km", 2)],
      ["Target depth", quantity(zone.target_m, "m", 1)], ["Required P90, most", quantity(zone.required_m, "m", 2)],
      ["Achievable, least", quantity(zone.achievable_m, "m", 1)], ["Deficit, most", quantity(zone.deficit_m, "m", 1)],
      ["Governed by", worded("governing", zone.governing)], ["Cable", worded("cable_type", zone.cable)],
      ["Water depth", range(zone.water_depth_min_m, zone.water_depth_max_m)], ["Strikes, surface-laid", rate(zone.surface_per_yr)],
      ["Strikes left", rate(zone.residual_per_yr)], ["Return period", once(zone.residual_per_yr)],
    ].map(([label, text]) => [{ t: label }, text]);
    return { zone_id: String(zone.zone_id), kp_from_km: zone.kp_from_km, kp_to_km: zone.kp_to_km, colour, width_px, dash, deficit: zone.deficit_m > 0, cells };
  };

  // ---- Totals ----

  function rows(own, now) {
    const life = corridor.design_life_yr;
    const chance = (strikes) => (blank(strikes) ? NOT_ASSESSED : quantity(-100 * Math.expm1(-strikes * life), "%", -2));
    const both = (key, show) => [show(own[key]), show(now[key])];
    const found = [
      [corridor.t("Tolerable on the whole route"), rate(own.tolerable_strike_per_yr), rate(now.tolerable_strike_per_yr)],
      [corridor.t("Strikes if laid on the seabed"), ...both("strike_per_yr_surface_laid", rate)],
      [corridor.t("Strikes at target depth"), ...both("strike_per_yr_at_target", rate)],
      [corridor.t("Strikes as tools can bury it"), ...both("strike_per_yr_as_trenchable", rate)],
      [corridor.t("Return period, as tools can bury it"), ...both("strike_per_yr_as_trenchable", once)],
      [corridor.tn("Chance of a strike in {n} year, as tools can bury it", "Chance of a strike in {n} years, as tools can bury it", { n: life }), ...both("strike_per_yr_as_trenchable", chance)],
      [corridor.t("Target out of reach (deficit)"), ...both("deficit_km", (km) => quantity(km, "km", 1))],
      [corridor.t("Needs more than the deepest order"), ...both("above_ladder_km", (km) => quantity(km, "km", 1))],
      [corridor.t("No depth decided"), ...both("undecided_km", (km) => quantity(km, "km", 1))],
      [corridor.t("Burial zones"), own.zones, now.zones],
    ];
    return found.map(([label, ...texts]) => [label, ...texts.map((text) => (typeof text === "number" ? corridor.number(text) : corridor.say(text)))]);
  }

  function cell(tag, text, scope) {
    const node = corridor.make(tag, { text });
    if (scope) node.scope = scope;
    return node;
  }

  // The figures that the page answers with first, and under each that of the pipeline.
  function headline(own, now) {
    const figures = {
      return_period: (totals) => once(totals.strike_per_yr_as_trenchable), return_period_surface: (totals) => once(totals.strike_per_yr_surface_laid),
      strikes: (totals) => rate(totals.strike_per_yr_as_trenchable), deficit: (totals) => quantity(totals.deficit_km, "km", 1),
    };
    const shown = document.querySelector(".pipelines .headline").cloneNode(true);
    for (const figure of shown.querySelectorAll("[data-total]")) {
      const show = figures[figure.dataset.total];
      figure.replaceChildren(corridor.say(show(now)), corridor.make("small", { className: "was", text: corridor.t("pipeline: {value}", { value: corridor.say(show(own)) }) }));
      if (figure.dataset.total === "deficit") figure.parentElement.classList.toggle("loud", now.deficit_km > 0);
    }
    return shown;
  }

  // Whether the strikes of a surface-laid cable are out of all proportion to those of the world's cables.
  function bound(own, now) {
    const [expected, factor] = [own.worldwide_per_yr, corridor.bound_factor];
    const strikes = now.strike_per_yr_surface_laid;
    if (blank(expected) || (strikes >= expected / factor && strikes <= expected * factor)) return null;
    return corridor.make("p", { className: "warning", text: corridor.t("Strikes of {strikes} if laid on the seabed are outside the band {low} to {high} a year that worldwide fault rates suggest.", {
      strikes: corridor.say(rate(strikes)), low: [expected / factor, -2], high: [expected * factor, -2],
    }) });
  }

  function totalsTable(own, now) {
    const head = corridor.make("tr", null, cell("td", ""), cell("th", corridor.t("pipeline"), "col"), cell("th", corridor.t("what-if"), "col"));
    const body = rows(own, now).map(([label, before, after]) => corridor.make("tr", null, cell("th", label, "row"), cell("td", before), cell("td", after)));
    return corridor.make("table", { className: "whatif-totals" }, corridor.make("thead", null, head), corridor.make("tbody", null, ...body));
  }

  // Kilometres by target depth, with a mark where the pipeline's bar ends.
  function bars(own, now) {
    const before = new Map(own.dol_km);
    const after = new Map(now.dol_km);
    const depths = Array.from(new Set([...before.keys(), ...after.keys()])).sort((one, other) => one - other);
    const lines = depths.map((depth) => [depth, depth > 0 ? corridor.measure(depth, "m") : corridor.t("none"), before.get(depth) || 0, after.get(depth) || 0]);
    if (own.undecided_km || now.undecided_km) lines.push([null, corridor.t("not assessed"), own.undecided_km, now.undecided_km]);
    const longest = Math.max(...lines.map(([, , was, km]) => Math.max(was, km))) || 1;
    const items = lines.map(([depth, label, was, km]) => {
      const fill = corridor.make("i");
      fill.style.width = (100 * km / longest).toFixed(1) + "%";
      fill.style.backgroundColor = corridor.targetLine(depth).colour;
      const mark = corridor.make("b", { className: "was" });
      mark.style.left = (100 * was / longest).toFixed(1) + "%";
      const chip = corridor.make("i", { className: "chip" });
      chip.style.backgroundColor = corridor.targetLine(depth).colour;
      for (const part of [fill, chip]) part.classList.toggle("hatched", depth === null);
      return corridor.make("li", null, corridor.make("span", { className: "bar-label" }, chip, label),
        corridor.make("span", { className: "bar" }, fill, mark), corridor.make("span", { className: "bar-km", text: corridor.measure([km, 1], "km") }));
    });
    return corridor.make("ul", { className: "bars whatif-bars" }, ...items);
  }

  // ---- The table of zones ----

  function zoneTable(zones) {
    const head = corridor.make("tr", null, cell("th", corridor.t("Zone"), "col"), ...zones[0].cells.map(([label]) => cell("th", corridor.say(label), "col")));
    const body = zones.map((zone) => {
      const chip = corridor.make("i", { className: "chip" });
      chip.style.backgroundColor = zone.colour;
      const button = corridor.make("button", { className: "show" }, chip, zone.zone_id);
      button.type = "button";
      button.setAttribute("aria-label", corridor.t("Show zone {zone} on the map", { zone: zone.zone_id }));
      button.addEventListener("click", () => {
        corridor.look(zone.kp_from_km, zone.kp_to_km, "typed");
        corridor.tell("station", { index: corridor.nearest((zone.kp_from_km + zone.kp_to_km) / 2), how: "open" });
        document.querySelector(".map").scrollIntoView({ block: "center", behavior: corridor.still ? "auto" : "smooth" });
      });
      return corridor.make("tr", { className: zone.deficit ? "deficit" : "" }, corridor.make("th", null, button), ...zone.cells.map(([, text]) => cell("td", corridor.say(text))));
    });
    return corridor.make("table", null, corridor.make("thead", null, head), corridor.make("tbody", null, ...body));
  }

  function draw() {
    const { changed, totals, zones, settings } = corridor.decision;
    const own = corridor.totals;
    const places = { totals: document.getElementById("whatif-totals"), zones: document.getElementById("whatif-zones") };
    if (!places.totals || !places.zones) return;
    window.clearTimeout(later);
    later = 0;
    if (!changed) {
      for (const place of Object.values(places)) place.replaceChildren();
      return;
    }
    const now = { ...totals, tolerable_strike_per_yr: settings.strikes_per_yr };
    const more = document.querySelector("#whatif-totals details");
    const all = corridor.make("details", { className: "more" }, corridor.make("summary", { text: corridor.t("All totals") }), totalsTable(own, now),
      corridor.make("p", { className: "note", text: corridor.t("Strikes are anchors plus fishing gear. Return periods are for the whole route.") }));
    all.open = more !== null && more.open;
    const nodes = [headline(own, now), corridor.make("h3", { text: corridor.t("Kilometres by target depth") }), bars(own, now),
      corridor.make("p", { className: "note", text: corridor.t("The mark in a bar is where that of the pipeline ends.") }), bound(own, now), all];
    places.totals.replaceChildren(...nodes.filter(Boolean));
    places.zones.setAttribute("aria-busy", "true");
    later = window.setTimeout(drawZones, AT_REST_MS);
  }

  // The table lies below the fold, and costs more than all the rest of a step: it is drawn when the sliders rest.
  function drawZones() {
    window.clearTimeout(later);
    later = 0;
    const { zones } = corridor.decision;
    const place = document.getElementById("whatif-zones");
    place.removeAttribute("aria-busy");
    place.replaceChildren(
      corridor.make("p", { text: corridor.tn("{n} zone.", "{n} zones.", { n: zones.length }) + " " + corridor.t("Remedies, soil, shaking and confidence are not decided anew and left out.") }),
      corridor.make("div", { className: "scroll" }, zoneTable(zones)));
  }
  corridor.on("decision", draw);
  corridor.on("language", draw);
  window.addEventListener("beforeprint", () => { if (later) drawZones(); });
})();
