// A long corridor: zones that are drawn joined come apart where one looks closely.
"use strict";
(function () {
  const zones = corridor.all_zones;
  if (!zones) return;
  const { map, zones: joined, casing } = window.corridorLayers;
  const columns = corridor.stations.columns;
  const pane = joined.options.pane;
  const apart = L.layerGroup().addTo(map);
  const hidden = [];

  // The route between two kilometre posts, through the stations that are loaded.
  function at(kp) {
    const posts = columns.kp_km;
    let high = Math.max(1, posts.findIndex((post) => post >= kp));
    if (posts[posts.length - 1] < kp) high = posts.length - 1;
    const share = (kp - posts[high - 1]) / (posts[high] - posts[high - 1]);
    const between = (values) => values[high - 1] + share * (values[high] - values[high - 1]);
    return [between(columns.lat), between(columns.lon)];
  }
  function line(from, to) {
    const inside = [];
    for (let i = corridor.nearest(from); i < columns.kp_km.length && columns.kp_km[i] < to; i += 1) {
      if (columns.kp_km[i] > from) inside.push([columns.lat[i], columns.lon[i]]);
    }
    return [at(from), ...inside, at(to)];
  }

  corridor.on("stations", ({ from_km, to_km }) => {
    apart.clearLayers();
    for (const [layer, opacity] of hidden.splice(0)) layer.setStyle({ opacity });
    if (to_km - from_km >= corridor.length_km) return;
    const pieces = [];
    for (const group of [casing, joined]) {
      group.eachLayer((layer) => {
        const { kp_from_km, kp_to_km } = corridor.zones[Number(layer.feature.id)];
        if (kp_to_km < from_km || kp_from_km > to_km) return;
        hidden.push([layer, layer.options.opacity]);
        layer.setStyle({ opacity: 0 });
        if (group === joined) pieces.push([kp_from_km, kp_to_km]);
      });
    }
    const lines = [];
    for (let i = 0; i < zones.kp_from_km.length; i += 1) {
      const [from, to] = [zones.kp_from_km[i], zones.kp_to_km[i]];
      if (pieces.some(([start, end]) => from >= start - 1e-6 && to <= end + 1e-6)) lines.push([line(from, to), ...zones.styles[zones.style[i]]]);
    }
    const common = { pane, renderer: joined.options.renderer, interactive: false, lineCap: "butt", lineJoin: "round" };
    for (const [points, , weight] of lines) L.polyline(points, { ...common, color: "var(--casing)", weight: weight + 2.6, opacity: 0.92, className: "fine-casing" }).addTo(apart);
    for (const [points, color, weight] of lines) L.polyline(points, { ...common, color, weight, opacity: 1, className: "fine-zone" }).addTo(apart);
  });
})();
