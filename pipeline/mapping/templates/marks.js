// Labels of kilometre posts and degrees, clear of each other and of the landings in every view; dots between the posts.
"use strict";
(function () {
  const layers = window.corridorLayers;
  const { map } = layers;
  const columns = corridor.stations.columns;
  const last = columns.lat.length - 1;
  const landings = [0, last].map((index) => L.latLng(columns.lat[index], columns.lon[index]));

  const posts = [];
  if (layers.posts) {
    layers.posts.eachLayer((layer) => {
      const kp = Number(layer.feature.id);
      const step = kp / corridor.kp_label_km;
      if (Math.abs(step - Math.round(step)) > 1e-6) return;
      layer.bindTooltip(corridor.make("span"), { permanent: true, direction: "right", offset: [7, 0], className: "place-label", pane: "markerPane" });
      posts.push({ layer, kp, step: Math.round(step) });
    });
  }
  function thin() {
    const at = (latlng) => map.latLngToLayerPoint(latlng);
    const ends = landings.map(at);
    let every = 1;
    const wide = 30 + 7 * corridor.number(Math.round(corridor.length_km)).length; // a label stands beside its post
    const apart = (one, other) => Math.abs(one.y - other.y) >= 34 || Math.abs(one.x - other.x) >= wide;
    const points = posts.map(({ layer }) => at(layer.getLatLng()));
    const clear = (step) => posts.every((post, index) => post.step % step !== 0 || posts.slice(index + 1).every((other, place) =>
      other.step % step !== 0 || apart(points[index], points[index + 1 + place])));
    while (every < 1000 && !clear(every)) every += every === 1 || every % 5 !== 0 ? (every === 2 ? 3 : 1) : every;
    // In a wide view only the posts with a label: more would hide the colours of the zones.
    const near = map.getZoom() >= 8.5;
    const dot = (layer, seen) => layer.setStyle({ opacity: seen ? 1 : 0, fillOpacity: seen ? 1 : 0 });
    if (layers.posts) layers.posts.eachLayer((layer) => dot(layer, near));
    posts.forEach(({ layer, step }, index) => {
      const show = step % every === 0 && ends.every((end) => end.distanceTo(points[index]) >= 40);
      dot(layer, near || show);
      if (show) layer.openTooltip(); else layer.closeTooltip();
    });
  }
  map.on("zoomend", thin);
  if (layers.posts) layers.posts.on("add", thin);

  // Dots of stations would hide the route in a small view: they are made when one first looks closely.
  function dots() {
    const near = map.getZoom() >= 9.5;
    if (near && !layers.stations) {
      layers.stations = L.layerGroup();
      for (let kp = 0; kp <= corridor.length_km + 1e-9; kp += corridor.dot_km) {
        const at = corridor.nearest(kp);
        L.circleMarker([columns.lat[at], columns.lon[at]], {
          pane: "marks", interactive: false, radius: 2.2, color: "var(--mark-line)", weight: 0.8, fillColor: "var(--mark)", fillOpacity: 1,
        }).addTo(layers.stations);
      }
    }
    if (near) layers.stations.addTo(map); else if (layers.stations) layers.stations.remove();
  }
  map.on("zoomend", dots);

  const degrees = [];
  if (layers.graticule) {
    layers.graticule.eachLayer((layer) => {
      const name = layer.feature.id;
      const [start] = layer.getLatLngs();
      const meridian = name.endsWith("E");
      const value = Number(name.slice(0, -1));
      const node = corridor.make("span", { className: "degree" });
      degrees.push({ node, value: Math.abs(value), side: value < 0 ? { E: "W", N: "S" }[name.slice(-1)] : name.slice(-1) });
      const mark = L.marker(start, { interactive: false, keyboard: false, icon: L.divIcon({ className: "", html: node, iconSize: [0, 0], iconAnchor: [-3, 14] }) });
      const follow = () => {
        const view = map.getBounds();
        mark.setLatLng(meridian ? [view.getSouth(), start.lng] : [start.lat, view.getWest()]);
        // Not under the zoom buttons, and the two axes apart in their corner.
        const { x, y } = map.latLngToContainerPoint(mark.getLatLng());
        node.hidden = meridian ? x < 46 : y < 128 || y > map.getSize().y - 26;
      };
      map.on("moveend resize", follow);
      follow();
      layers.graticule.on("add", () => mark.addTo(map));
      layers.graticule.on("remove", () => mark.remove());
      if (map.hasLayer(layers.graticule)) mark.addTo(map);
    });
  }

  function say() {
    for (const { layer, kp } of posts) layer.setTooltipContent(corridor.make("span", { text: corridor.t("KP {kp}", { kp }) }));
    const sides = { E: corridor.t("E"), W: corridor.t("W"), N: corridor.t("N"), S: corridor.t("S") };
    for (const { node, value, side } of degrees) node.textContent = corridor.measure(value, "°") + " " + sides[side];
  }
  say();
  thin();
  dots();
  corridor.on("language", say);
})();
