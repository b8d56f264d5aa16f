// Joins map, profile and table; labels and popups of folium's layers.
"use strict";
(function () {
  const layers = window.corridorLayers;
  const map = layers.map;
  const columns = corridor.stations.columns;
  const narrow = window.matchMedia("(max-width: 899px)");

  // The first view: the whole route; the last: as far as land is known.
  const bounds = L.latLngBounds(columns.lat.map((lat, index) => [lat, columns.lon[index]]));
  map.options.zoomAnimation = !corridor.still;
  function measure() {
    const board = document.querySelector(".board");
    document.documentElement.style.setProperty("--above", Math.ceil(board.getBoundingClientRect().top + window.scrollY) + "px");
    map.invalidateSize({ pan: false });
  }
  window.addEventListener("resize", measure);
  measure();
  const fit = () => corridor.frame(map, bounds, corridor.around);
  fit();
  const land = corridor.box && [[corridor.box[1], corridor.box[0]], [corridor.box[3], corridor.box[2]]];
  if (land) {
    map.setMaxBounds(land);
    map.setMinZoom(Math.floor(map.getZoom()) - 1);
  }
  map.attributionControl.setPrefix("Leaflet");
  if (corridor.basemap_attribution) map.attributionControl.addAttribution(corridor.make("span", { text: corridor.basemap_attribution }).innerHTML);
  const container = map.getContainer();
  container.setAttribute("role", "application");
  // Leaflet's own words: names of buttons, the credit line, the names in the layer control.
  let credit = "";
  function name() {
    container.setAttribute("aria-label", corridor.t("Map of {name}. The table of burial zones holds the same results.", { name: corridor.name }));
    for (const [selector, label] of [[".leaflet-control-zoom-in", corridor.t("Zoom in")], [".leaflet-control-zoom-out", corridor.t("Zoom out")], [".leaflet-control-layers-toggle", corridor.t("Layers")]]) {
      const button = container.querySelector(selector);
      if (button) for (const kind of ["aria-label", "title"]) button.setAttribute(kind, label);
    }
    if (credit !== "") map.attributionControl.removeAttribution(credit);
    credit = corridor.make("span", { text: corridor.t("not for construction or navigation") }).innerHTML;
    map.attributionControl.addAttribution(credit);
    for (const layer of Object.values(layers)) {
      if (layer instanceof L.ImageOverlay && layer.getElement()) layer.getElement().alt = corridor.t(layer.options.alt);
    }
    document.documentElement.style.setProperty("--layers-word", JSON.stringify(corridor.t("Layers")));
    corridor.speak(container);
    unit();
  }
  // Leaflet writes its scale in English with every move, before this.
  let bar = null;
  function unit() {
    const line = container.querySelector(".leaflet-control-scale-line");
    bar = /^(\d+) (k?m)$/.exec(line.textContent) || bar;
    line.textContent = corridor.measure(Number(bar[1]), bar[2]);
  }
  map.on("move", unit);
  const control = container.querySelector(".leaflet-control-layers");
  if (control) new MutationObserver(() => corridor.speak(control)).observe(control, { childList: true, subtree: true });

  // Labels
  function label(layer, text, className, direction) {
    layer.bindTooltip(corridor.make("span", { text }), { permanent: true, direction, offset: { left: [-7, 0], right: [7, 0], bottom: [0, 7] }[direction], className: "place-label " + className, pane: "markerPane" });
  }
  const posts = [];
  if (layers.posts) {
    layers.posts.eachLayer((layer) => {
      const kp = Number(layer.feature.id);
      const step = kp / corridor.kp_label_km;
      if (Math.abs(step - Math.round(step)) > 1e-6) return;
      label(layer, "", "", "right");
      posts.push({ layer, kp, step: Math.round(step) });
    });
  }
  // Labels stand clear of each other and of the landings in every view.
  function thin() {
    const at = (latlng) => map.latLngToLayerPoint(latlng);
    const ends = [0, columns.lat.length - 1].map((index) => at(L.latLng(columns.lat[index], columns.lon[index])));
    let every = 1;
    const wide = 30 + 7 * corridor.number(Math.round(corridor.length_km)).length;  // a label stands beside its post
    const apart = (one, other) => Math.abs(one.y - other.y) >= 34 || Math.abs(one.x - other.x) >= wide;
    const clear = (step) => posts.every((post, index) => post.step % step !== 0 || posts.slice(index + 1).every((other) =>
      other.step % step !== 0 || apart(at(post.layer.getLatLng()), at(other.layer.getLatLng()))));
    while (every < 1000 && !clear(every)) every += every === 1 || every % 5 !== 0 ? (every === 2 ? 3 : 1) : every;
    // In a wide view only the posts with a label: more would hide the colours of the zones.
    const near = map.getZoom() >= 8.5;
    const dot = (layer, seen) => layer.setStyle({ opacity: seen ? 1 : 0, fillOpacity: seen ? 1 : 0 });
    if (layers.posts) layers.posts.eachLayer((layer) => dot(layer, near));
    for (const { layer, step } of posts) {
      const show = step % every === 0 && ends.every((end) => end.distanceTo(at(layer.getLatLng())) >= 40);
      dot(layer, near || show);
      if (show) layer.openTooltip(); else layer.closeTooltip();
    }
  }
  map.on("zoomend", thin);
  if (layers.posts) layers.posts.on("add", thin);
  // The name of a landing stands on the side where it is whole and hides least: neither route nor buttons.
  const names = [];
  function placeNames() {
    const size = map.getSize();
    const frame = container.getBoundingClientRect();
    const taken = Array.from(document.querySelectorAll(".map .leaflet-control, #stamp")).map((control) => control.getBoundingClientRect())
      .map((box) => ({ left: box.left - frame.left, right: box.right - frame.left, top: box.top - frame.top, bottom: box.bottom - frame.top }));
    const step = Math.max(1, Math.floor(columns.lat.length / 200));
    const line = [];
    for (let i = 0; i < columns.lat.length; i += step) line.push(map.latLngToContainerPoint([columns.lat[i], columns.lon[i]]));
    const beyond = (box) => Math.max(0, 4 - box.left) + Math.max(0, box.right - size.x + 4) + Math.max(0, 4 - box.top) + Math.max(0, box.bottom - size.y + 4);
    const shared = (one, other) => Math.max(0, Math.min(one.right, other.right) - Math.max(one.left, other.left)) * Math.max(0, Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top));
    for (const { layer, outward } of names) {
      const tip = layer.getTooltip();
      const node = tip.getElement();
      if (!node) continue;
      const { x, y } = map.latLngToContainerPoint(layer.getLatLng());
      const [w, h] = [node.offsetWidth, node.offsetHeight];
      const gap = 11;
      const sides = {
        left: [x - gap - w, y - h / 2], right: [x + gap, y - h / 2], bottom: [x - w / 2, y + gap], top: [x - w / 2, y - gap - h],
      };
      let best = outward;
      let least = Infinity;
      for (const side of [outward, outward === "left" ? "right" : "left", "bottom", "top"]) {
        const [left, top] = sides[side];
        const box = { left, top, right: left + w, bottom: top + h };
        const cost = beyond(box) * 100 + taken.reduce((sum, other) => sum + shared(box, other), 0) +
          line.filter((point) => point.x > left && point.x < box.right && point.y > top && point.y < box.bottom).length * 30;
        if (cost < least) { least = cost; best = side; }
      }
      tip.options.direction = best;
      tip.options.offset = L.point({ left: [-gap, 0], right: [gap, 0], bottom: [0, gap], top: [0, -gap] }[best]);
      tip.update();
    }
  }
  if (layers.landings) {
    layers.landings.eachLayer((layer) => {
      const first = Number(layer.feature.id) === 0;
      const other = columns.lon[first ? columns.lon.length - 1 : 0];
      const node = corridor.make("span", null, corridor.make("span", { text: corridor.short(corridor.say(corridor.landings[first ? 0 : 1]), 28) }),
        corridor.make("small"));
      layer.bindTooltip(node, { permanent: true, direction: "right", className: "place-label landing", pane: "markerPane" });
      names.push({ layer, outward: layer.getLatLng().lng < other ? "left" : "right", post: node.lastChild, kp: first ? 0 : [corridor.length_km, 1] });
    });
    map.on("zoomend resize", placeNames);
  }
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
  thin();

  // What the labels say, in the language of the page.
  function say() {
    name();
    for (const { layer, kp } of posts) layer.setTooltipContent(corridor.make("span", { text: corridor.t("KP {kp}", { kp }) }));
    const sides = { E: corridor.t("E"), W: corridor.t("W"), N: corridor.t("N"), S: corridor.t("S") };
    for (const { node, value, side } of degrees) node.textContent = corridor.measure(value, "°") + " " + sides[side];
    for (const item of names) item.post.textContent = corridor.t("KP {kp}", { kp: item.kp });
    placeNames();
    map.closePopup();
  }
  say();
  map.on("overlayadd baselayerchange", name);
  corridor.on("language", say);

  for (const name of ["quakes", "sources"]) {
    if (layers[name]) layers[name].eachLayer((layer) => layer.bindTooltip(() => corridor.make("span", { text: corridor.say(corridor.notes[name][Number(layer.feature.id)]) }), { sticky: true, className: "place-label" }));
  }

  // Station dots would hide the route in a small view.
  function dots() {
    const near = map.getZoom() >= 9.5;
    if (layers.stations) layers.stations.setStyle({ opacity: near ? 1 : 0, fillOpacity: near ? 1 : 0 });
  }
  map.on("zoomend", dots);
  dots();

  // The mark that follows the profile
  const cursor = L.marker(bounds.getCenter(), {
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

  // Small screens start with the panels folded; paper shows everything.
  if (narrow.matches) document.querySelectorAll(".side details#legend").forEach((panel) => { panel.open = false; });
  let view = null;
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((panel) => { panel.open = true; });
    view = view || { centre: map.getCenter(), zoom: map.getZoom() };
    document.documentElement.classList.add("paper");
    map.setMaxBounds(null); // would slide the map, and go on doing so on paper
    map.stop();
    map.invalidateSize({ animate: false, pan: false });
    fit();
    placeNames();
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("paper");
    map.invalidateSize({ animate: false, pan: false });
    if (view) map.setView(view.centre, view.zoom, { animate: false });
    view = null;
    if (land) map.setMaxBounds(land);
  });

  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(container);
  document.documentElement.dataset.ready = "yes";
})();
