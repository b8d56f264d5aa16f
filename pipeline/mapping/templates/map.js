// Joins map, profile and table; what clicks open.
"use strict";
(function () {
  const layers = window.corridorLayers;
  const { map } = layers;
  const columns = corridor.stations.columns;
  const container = map.getContainer();

  if (corridor.basemap_attribution) map.attributionControl.addAttribution(corridor.make("span", { text: corridor.basemap_attribution }).innerHTML);
  const nameControls = corridor.nameControls(map, () => corridor.t("Map of {name}. The table of burial zones holds the same results.", { name: corridor.name }));
  const sayScale = corridor.speakAnew(map);
  const headings = new Map(corridor.overlays.map((item) => [item.name, item.heading]));
  function name() {
    nameControls();
    for (const [key, layer] of Object.entries(layers)) {
      if (!(layer instanceof L.ImageOverlay) || !layer.getElement()) continue;
      layer.getElement().alt = headings.has(key) ? corridor.say(headings.get(key)) : corridor.t(layer.options.alt);
    }
  }
  const names = layers.landings ? corridor.nameLandings(map, layers.landings, layers.zones, (first) => corridor.t("KP {kp}", { kp: first ? 0 : [corridor.length_km, 1] })) : null;
  function say() {
    name();
    sayScale();
    if (names) names.say();
    map.closePopup();
  }
  say();
  map.on("overlayadd baselayerchange", name);
  corridor.on("language", say);

  for (const name of ["quakes", "sources"]) {
    if (layers[name]) layers[name].eachLayer((layer) => layer.bindTooltip(() => corridor.make("span", { text: corridor.say(corridor.notes[name][Number(layer.feature.id)]) }), { sticky: true, className: "place-label" }));
  }

  // The mark that follows the profile
  const cursor = L.marker(corridor.opening.bounds.getCenter(), {
    interactive: false, keyboard: false, zIndexOffset: 1000, alt: corridor.t("Place selected on the profile"),
    icon: L.divIcon({ className: "", html: corridor.make("div", { className: "cursor-mark" }), iconSize: [20, 20], iconAnchor: [10, 10] }),
  });
  const place = (index) => L.latLng(columns.lat[index], columns.lon[index]);

  function numbers(index, zone) {
    const target = corridor.column("target_dol_m")[index];
    const kp = [columns.kp_km[index], 1];
    const head = corridor.make("h3", { text: target === null ? corridor.t("KP {kp}: no depth decided", { kp }) : corridor.t("KP {kp}: {target}", { kp, target: corridor.measure([target, 1], "m") }) });
    const tag = corridor.tag(corridor.layers.burial.provenance);
    if (tag) head.append(" ", tag);
    const go = corridor.make("button", { className: "show", text: corridor.t("Why here? From the seabed and the ships to this depth") });
    go.type = "button";
    go.addEventListener("click", corridor.why.read);
    const node = corridor.make("div", { className: "pop" }, head, go);
    const more = (title, content) => {
      const part = corridor.make("details", null, corridor.make("summary", { text: title }), content);
      part.open = true;
      return part;
    };
    if (zone >= 0) node.append(more(corridor.t("Numbers of the burial zone"), corridor.zoneNode(zone)));
    node.append(more(corridor.t("All numbers of the station"), corridor.stationNode(index)));
    node.tabIndex = 0;
    node.style.maxHeight = Math.round(map.getSize().y * 0.8) + "px";
    return node;
  }
  let opened = null;
  function open(index, where) {
    const box = map.getSize();
    corridor.why.show(index);
    const popup = L.popup({ maxWidth: Math.min(340, box.x - 60), minWidth: Math.min(260, box.x - 80), autoPanPadding: [12, 12] })
      .setLatLng(where || place(index)).setContent(numbers(index, corridor.zoneAt(columns.kp_km[index]))).openOn(map);
    opened = { index, popup };
  }
  // Numbers that stand open are those of the decision that the map shows.
  corridor.on("decision", () => {
    if (!opened || !map.hasLayer(opened.popup)) return;
    opened.popup.setContent(numbers(opened.index, corridor.zoneAt(columns.kp_km[opened.index])));
  });

  // Leaflet hears Escape only while the map itself has the focus, and leaves the focus nowhere.
  let opener = null;
  map.on("popupopen", () => { opener = document.activeElement; });
  container.addEventListener("keydown", (event) => {
    const pane = map.getPane("popupPane");
    if (event.key !== "Escape" || !pane.contains(event.target)) return;
    map.closePopup();
    if (opener && !pane.contains(opener)) opener.focus({ preventScroll: true });
    if (document.activeElement !== opener) container.focus({ preventScroll: true });
  });

  corridor.on("station", ({ index, how }) => {
    cursor.setLatLng(place(index));
    if (!map.hasLayer(cursor)) cursor.addTo(map);
    const inView = map.getBounds().pad(-0.05).contains(place(index));
    if (how !== "hover" && how !== "map" && !inView) map.panTo(place(index), { animate: !corridor.still });
    if (how === "open") open(index);
  });

  // Nearest station to a point of the map, as the crow flies (the route is short against the globe).
  function nearestTo(point) {
    const squeeze = Math.cos((point.lat * Math.PI) / 180);
    let best = 0;
    let least = Infinity;
    for (let i = 0; i < columns.lat.length; i += 1) {
      const distance = ((columns.lon[i] - point.lng) * squeeze) ** 2 + (columns.lat[i] - point.lat) ** 2;
      if (distance < least) { least = distance; best = i; }
    }
    return best;
  }
  for (const name of ["casing", "zones"]) {
    if (!layers[name]) continue;
    layers[name].on("mousemove", (event) => corridor.tell("station", { index: nearestTo(event.latlng), how: "hover" }));
    layers[name].on("click", (event) => {
      const index = nearestTo(event.latlng);
      corridor.tell("station", { index, how: "map" });
      open(index, event.latlng);
      L.DomEvent.stopPropagation(event);
    });
  }

  // Table
  document.querySelectorAll("button[data-zone]").forEach((button) => {
    button.addEventListener("click", () => {
      const zone = corridor.zones[Number(button.dataset.zone)];
      const middle = corridor.nearest((zone.kp_from_km + zone.kp_to_km) / 2);
      const ends = [corridor.nearest(zone.kp_from_km), corridor.nearest(zone.kp_to_km)];
      container.scrollIntoView({ block: "center", behavior: corridor.still ? "auto" : "smooth" });
      corridor.frame(map, L.latLngBounds(ends.map(place)).pad(0.6), { side: 0, top: 0, bottom: 0 }, { maxZoom: 11 });
      corridor.tell("station", { index: middle, how: "map" });
      open(middle);
    });
  });

  // Small screens start with the legend folded.
  if (window.matchMedia("(max-width: 899px)").matches) document.getElementById("legend").open = false;
  corridor.onPaper(map, { ...corridor.opening, placed: () => { if (names) names.place(); } });
})();
