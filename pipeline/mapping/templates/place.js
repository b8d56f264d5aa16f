// Where on the route the reader is: the range in view and the station chosen. Both stand in the address.
"use strict";
corridor.range = { from_km: 0, to_km: corridor.length_km };
corridor.station = -1;
(function () {
  const length = corridor.length_km;
  const posts = () => corridor.stations.columns.kp_km;
  // Nearer than a few stations there is nothing more to see.
  const least = Math.min(length, Math.max(0.05, (4 * length) / Math.max(1, corridor.station_count - 1)));

  // Looks at a part of the route; what is shorter than can be seen, or beyond the ends, is moved inside.
  corridor.look = function (from_km, to_km, how) {
    const span = Math.min(length, Math.max(least, to_km - from_km));
    const from = Math.min(length - span, Math.max(0, (from_km + to_km - span) / 2));
    const next = { from_km: from, to_km: from + span > length - 1e-9 ? length : from + span };
    if (Math.abs(next.from_km - corridor.range.from_km) < 1e-9 && Math.abs(next.to_km - corridor.range.to_km) < 1e-9) return;
    corridor.range = next;
    corridor.tell("range", { ...next, how });
    if (how !== "print") corridor.address.changed();
  };
  corridor.whole = (how) => corridor.look(0, length, how);
  corridor.isWhole = () => corridor.range.from_km === 0 && corridor.range.to_km === length;

  // Factor below one: nearer. The kilometre post given keeps its place in view.
  corridor.zoom = function (factor, around_km, how) {
    const { from_km, to_km } = corridor.range;
    const span = Math.min(length, Math.max(least, (to_km - from_km) * factor));
    const from = Math.min(length - span, Math.max(0, around_km - ((around_km - from_km) / (to_km - from_km)) * span));
    corridor.look(from, from + span, how);
  };

  corridor.shift = function (by_km, how) {
    const { from_km, to_km } = corridor.range;
    const by = Math.min(length - to_km, Math.max(-from_km, by_km));
    corridor.look(from_km + by, to_km + by, how);
  };

  // A kilometre post as people write it: 123.4, 123,4, KP 123.4 or 123+400; null for anything else.
  corridor.readKp = function (text) {
    const plain = text.trim().replace(/^kp/i, "").replace(/\s/g, "");
    const chainage = /^(\d+)\+(\d{3}(?:[.,]\d+)?)$/.exec(plain);
    if (chainage) return Number(chainage[1]) + Number(chainage[2].replace(",", ".")) / 1000;
    return /^\d+(?:[.,]\d+)?$/.test(plain) ? Number(plain.replace(",", ".")) : null;
  };

  // Heard before all others: whoever chooses a station, it comes into view.
  let meant = -1;
  let chosen = null;
  corridor.on("station", ({ index, how }) => {
    corridor.station = index;
    chosen = posts()[index];
    if (how === "hover") return;
    meant = chosen;
    corridor.address.changed();
    const kp = chosen;
    const { from_km, to_km } = corridor.range;
    if (how !== "map" && (kp < from_km || kp > to_km)) corridor.shift(kp - (from_km + to_km) / 2, how);
  });

  corridor.address.keep("range",
    (text) => {
      const parts = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text || "");
      if (text === null) corridor.whole("address");
      else if (parts && Number(parts[1]) < Number(parts[2])) corridor.look(Number(parts[1]), Number(parts[2]), "address");
    },
    () => (corridor.isWhole() ? null : Number(corridor.range.from_km.toFixed(3)) + "-" + Number(corridor.range.to_km.toFixed(3))));
  corridor.address.keep("kp",
    (text) => {
      if (text === null) meant = -1;
      const kp = text === null ? null : corridor.readKp(text);
      if (kp !== null && kp <= length) corridor.tell("station", { index: corridor.nearest(kp), how: "address" });
    },
    () => (meant < 0 ? null : String(meant)));
  // Other stations have come: the place is still chosen, its number may be another.
  corridor.on("stations", () => { if (chosen !== null) corridor.station = corridor.nearest(chosen); });
})();
