// The first view is the whole route; then the map and the part of the route in view follow each other. Stands before
// map.js: paper is announced to both.
"use strict";
(function () {
  const map = window.corridorLayers.map;
  const columns = corridor.stations.columns;
  corridor.opening = {
    bounds: L.latLngBounds(columns.lat.map((lat, index) => [lat, columns.lon[index]])), margin: corridor.around, box: corridor.box,
  };
  corridor.begin(map, corridor.opening);
  let size = map.getSize();
  let moving = false;
  let printing = false;
  let panned = false;
  let planned = false;
  let before = null;
  let ledByMap = false;

  function fit() {
    planned = false;
    const { from_km, to_km } = corridor.range;
    // One station more on each side, so that a range between two stations is a place, too.
    const first = Math.max(0, corridor.nearest(from_km) - 1);
    const last = Math.min(columns.kp_km.length - 1, corridor.nearest(to_km) + 1);
    const bounds = L.latLngBounds([]);
    for (let i = corridor.isWhole() ? 0 : first; i <= last; i += 1) bounds.extend([columns.lat[i], columns.lon[i]]);
    moving = true;
    corridor.frame(map, bounds, corridor.around);
    moving = false;
  }

  corridor.on("range", ({ how }) => {
    if (how !== "print") ledByMap = how === "map";
    if (how === "map" || how === "print" || planned) return;
    planned = true;
    window.requestAnimationFrame(() => { if (planned) fit(); });
  });

  // The kilometre posts in the map's view, or null where the route is not in it.
  function inView() {
    const view = map.getBounds();
    let first = -1;
    let last = -1;
    for (let i = 0; i < columns.lat.length; i += 1) {
      if (!view.contains([columns.lat[i], columns.lon[i]])) continue;
      if (first < 0) first = i;
      last = i;
    }
    if (first < 0) return null;
    const half = (i, j) => (columns.kp_km[i] + columns.kp_km[j]) / 2;
    return [first === 0 ? 0 : half(first - 1, first), last === columns.lat.length - 1 ? corridor.length_km : half(last, last + 1)];
  }

  // Leaflet brings a view that leaves the map's limits back inside: whoever moved the map has moved it then, too.
  const bringBack = map.panInsideBounds;
  let bringing = false;
  let broughtBack = false;
  map.panInsideBounds = function (...given) {
    bringing = true;
    bringBack.apply(this, given);
    bringing = false;
    return this;
  };
  map.on("movestart", () => { broughtBack = bringing; });

  // A popup that asks for room, a new window size and paper move the map without anybody's wish to look elsewhere.
  map.on("autopanstart", () => { panned = true; });
  let ours = true;
  map.on("moveend", () => {
    const resized = !map.getSize().equals(size);
    size = map.getSize();
    ours = moving || printing || resized || panned || (broughtBack && ours);
    panned = false;
    if (ours || planned) return;
    const seen = inView();
    if (seen) corridor.look(...seen, "map");
  });
  map.on("resize", () => { if (!printing && !ledByMap) fit(); });

  window.addEventListener("beforeprint", () => {
    printing = true;
    before = before || { ...corridor.range };
    corridor.look(0, corridor.length_km, "print");
  });
  window.addEventListener("afterprint", () => {
    if (before) corridor.look(before.from_km, before.to_km, "print");
    before = null;
    window.setTimeout(() => { printing = false; size = map.getSize(); });
  });
})();
