// The data block, and helpers that turn it into text. Text reaches the page by textContent alone.
"use strict";
const corridor = JSON.parse(document.getElementById("corridor-data").textContent);
corridor.still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

corridor.make = function (tag, options, ...children) {
  const element = document.createElement(tag);
  const given = options || {};
  if (given.text !== undefined) element.textContent = given.text;
  if (given.className) element.className = given.className;
  for (const child of children) if (child) element.append(child);
  return element;
};

// Long names are cut in places that cannot grow; the whole of them stands in the page's head.
corridor.short = function (text, most) {
  const letters = Array.from(text);
  return letters.length <= most ? text : letters.slice(0, most - 1).join("") + "…";
};

corridor.value = function (column, index) {
  const anew = corridor.decision.columns[column];
  if (anew) return anew[index] === undefined ? null : anew[index];
  const values = corridor.stations.columns[column];
  if (!values || values[index] === null || values[index] === undefined) return null;
  const levels = corridor.stations.levels[column];
  return levels ? levels[values[index]] : values[index];
};

// A column along the route as it stands: of a what-if where that has one, else of the pipeline.
corridor.settled = { changed: false, settings: null, columns: {}, zones: null, totals: null, stale: [] };
corridor.decision = corridor.settled;
corridor.column = function (name) {
  return corridor.decision.columns[name] || corridor.stations.columns[name];
};

corridor.text = function (field, index) {
  const [column, , unit, decimals] = field;
  if (corridor.decision.stale.includes(column)) return corridor.t("not decided anew");
  const value = corridor.value(column, index);
  if (value === null) {
    if (column === "geohazard_note" || column === "tool") return "-";
    const safe = column === "return_period_yr" && corridor.value("residual_strike_per_km_yr", index) === 0;
    return safe ? corridor.t("no strike expected") : corridor.t("not assessed");
  }
  if (typeof value === "string") {
    if (column === "soil_class" && Object.hasOwn(corridor.soil, value)) return corridor.say(corridor.soil[value].label);
    const words = corridor.stations.words[column];
    return words && Object.hasOwn(words, value) ? corridor.say(words[value]) : value;
  }
  return corridor.measure([value, decimals < 0 ? -3 : decimals], unit);
};

corridor.provenance = function (field, index) {
  const restsOn = field[4];
  if (!restsOn || corridor.decision.stale.includes(field[0])) return "";
  if (restsOn.startsWith("column:")) return corridor.value(restsOn.slice(7), index) || "";
  const layer = Object.hasOwn(corridor.layers, restsOn) ? corridor.layers[restsOn] : null;
  return layer ? layer.provenance : "";
};

corridor.nearest = function (kp) {
  const posts = corridor.stations.columns.kp_km;
  let low = 0;
  let high = posts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (posts[middle] <= kp) low = middle; else high = middle;
  }
  return kp - posts[low] <= posts[high] - kp ? low : high;
};

// The zones as they stand: of a what-if, or of the pipeline.
corridor.zonesNow = () => corridor.decision.zones || corridor.zones;

// A kilometre post where two zones meet is in the one that begins there, as the stations of the table are.
corridor.zoneAt = function (kp) {
  return corridor.rules.zonesAt(corridor.zonesNow(), [kp])[0];
};

corridor.tag = function (provenance) {
  const known = ["survey", "public", "modelled", "synthetic"].includes(provenance);
  return provenance ? corridor.make("span", { text: known ? corridor.t(provenance) : provenance, className: "tag" + (known ? " " + provenance : "") }) : null;
};

corridor.row = function (label, text, provenance) {
  const cell = corridor.make("td", { text });
  const tag = corridor.tag(provenance);
  if (tag && text !== corridor.t("not assessed") && text !== "-") cell.append(" ", tag);
  const head = corridor.make("th", { text: label });
  head.scope = "row";
  return corridor.make("tr", null, head, cell);
};

corridor.stationNode = function (index) {
  const body = corridor.make("tbody");
  for (const field of corridor.stations.fields) {
    if (field[0] === "above_ladder_m" && !corridor.decision.changed && !corridor.value(field[0], index)) continue;
    body.append(corridor.row(corridor.t(field[1]), corridor.text(field, index), corridor.provenance(field, index)));
  }
  const kp = corridor.stations.columns.kp_km[index];
  return corridor.make("div", { className: "station" },
    corridor.make("h3", { text: corridor.t("Station at KP {kp}", { kp: [kp, 1] }) }), corridor.make("table", null, body));
};

corridor.zoneNode = function (index) {
  const zone = corridor.zonesNow()[index];
  const body = corridor.make("tbody");
  for (const [label, text] of zone.cells) body.append(corridor.row(corridor.say(label), corridor.say(text), ""));
  return corridor.make("div", { className: "zone-numbers" },
    corridor.make("h3", { text: corridor.decision.changed ? corridor.t("Burial zone {zone} of the what-if", { zone: zone.zone_id }) : corridor.t("Burial zone {zone}", { zone: zone.zone_id }) }), corridor.make("table", null, body));
};
