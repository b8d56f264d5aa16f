// The lines of a what-if on the map, in the layers of the pipeline's and with their events; and the pipeline's back.
"use strict";
(function () {
  const layers = window.corridorLayers;
  if (!layers || !layers.zones) return;
  const CASING_PX = 2.6;
  const own = new Map(); // the lines of the pipeline, by layer
  const ofLayer = (name) => {
    const lines = [];
    layers[name].eachLayer((line) => lines.push(line));
    return lines;
  };
  // A route without deficits has no layer for them: a what-if may need one.
  const pattern = ofLayer("zones")[0].options;
  let deficits = layers.deficits;

  // The stations where the route bends, as seen in the nearest view of the map: its pieces are straight.
  const BEND_PX = 0.5;
  const bends = () => {
    const { lat, lon } = corridor.stations.columns;
    const zoom = layers.map.getMaxZoom();
    const points = lat.map((_, i) => Object.assign(layers.map.project([lat[i], lon[i]], zoom), { station: i }));
    return L.LineUtil.simplify(points, BEND_PX).map((point) => point.station);
  };
  let bent = null;

  // Points of the route between two kilometre posts.
  function between(from_km, to_km) {
    const { kp_km, lat, lon } = corridor.stations.columns;
    const at = (kp) => {
      const right = Math.min(Math.max(corridor.rules.below(kp_km, kp, false), 1), kp_km.length - 1);
      const share = Math.min(Math.max((kp - kp_km[right - 1]) / (kp_km[right] - kp_km[right - 1]), 0), 1);
      return [lat[right - 1] + (lat[right] - lat[right - 1]) * share, lon[right - 1] + (lon[right] - lon[right - 1]) * share];
    };
    bent = bent || bends();
    const inside = bent.filter((i) => kp_km[i] > from_km && kp_km[i] < to_km);
    return [at(from_km), ...inside.map((i) => [lat[i], lon[i]]), at(to_km)];
  }

  // Stretches where the tools fall short, by station as the pipeline draws them.
  function short() {
    const { kp_km } = corridor.stations.columns;
    const deficit = corridor.column("deficit_m");
    const edge = (i) => (i <= 0 ? 0 : i >= kp_km.length ? corridor.length_km : (kp_km[i - 1] + kp_km[i]) / 2);
    const found = [];
    for (let i = 0; i < kp_km.length; i += 1) {
      if (!(deficit[i] > 0)) continue;
      if (found.length && found[found.length - 1][1] === i) found[found.length - 1][1] = i + 1; else found.push([i, i + 1]);
    }
    return found.map(([start, end]) => [edge(start), edge(end)]);
  }

  // Stretches drawn alike are one line, which stays from step to step: a line is dear to make.
  const styled = new Map(); // by layer: {line, pieces} by style
  // Whether a line was made, which then lies above all that were there.
  function show(name, layer, stretches) {
    if (!styled.has(name)) {
      layer.clearLayers();
      styled.set(name, new Map());
    }
    const lines = styled.get(name);
    const wanted = new Map();
    for (const { from_km, to_km, options } of stretches) {
      const style = [options.color, options.weight, options.dashArray].join();
      if (!wanted.has(style)) wanted.set(style, { options, pieces: [] });
      wanted.get(style).pieces.push([from_km, to_km]);
    }
    for (const [style, { line }] of lines) {
      if (wanted.has(style)) continue;
      layer.removeLayer(line);
      lines.delete(style);
    }
    let added = false;
    for (const [style, { options, pieces }] of wanted) {
      const own = lines.get(style);
      const key = pieces.join(";");
      if (own && own.pieces === key) continue;
      const points = pieces.map(([from_km, to_km]) => between(from_km, to_km));
      if (own) {
        own.line.setLatLngs(points);
        own.pieces = key;
      } else {
        lines.set(style, { line: L.polyline(points, options).addTo(layer), pieces: key });
        added = true;
      }
    }
    return added;
  }

  function draw() {
    const { changed, zones } = corridor.decision;
    if (!changed) {
      for (const [name, lines] of own) {
        const layer = name === "deficits" ? deficits : layers[name];
        if (!layer) continue;
        layer.clearLayers();
        for (const line of lines) layer.addLayer(line);
      }
      own.clear();
      styled.clear();
      return;
    }
    if (!own.size) {
      for (const name of ["casing", "zones", "deficits"]) own.set(name, layers[name] ? ofLayer(name) : []);
      if (!deficits) deficits = L.featureGroup().addTo(layers.map);
    }
    const like = (name) => (own.get(name)[0] || {}).options;
    const stretch = ({ kp_from_km, kp_to_km }, options) => ({ from_km: kp_from_km, to_km: kp_to_km, options });
    const below = layers.casing && show("casing", layers.casing, zones.map((zone) => stretch(zone, { ...like("casing"), weight: zone.width_px + CASING_PX })));
    const above = show("zones", layers.zones, zones.map((zone) => stretch(zone, { ...like("zones"), color: zone.colour, weight: zone.width_px, dashArray: zone.dash })));
    const dotted = like("deficits") || { ...pattern, color: "var(--mark-line)", weight: 3, opacity: 1, dashArray: "1 6", lineCap: "round", className: "deficit", interactive: false };
    show("deficits", deficits, short().map(([from_km, to_km]) => ({ from_km, to_km, options: dotted })));
    // What came last lies above: casings below zones, deficits above them.
    if (below) layers.casing.bringToBack();
    if (above) deficits.bringToFront();
  }
  corridor.on("decision", draw);
})();
