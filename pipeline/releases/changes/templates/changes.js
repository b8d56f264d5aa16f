// Joins map, chart and table of the changes. Text reaches the page by textContent alone.
"use strict";
(function () {
  const layers = window.corridorLayers;
  const map = layers.map;
  const container = map.getContainer();
  const lines = new Map();
  const narrow = window.matchMedia("(max-width: 699px)");

  function measure() {
    const board = document.querySelector(".board");
    document.documentElement.style.setProperty("--above", Math.ceil(board.getBoundingClientRect().top + window.scrollY) + "px");
    map.invalidateSize({ pan: false });
  }
  window.addEventListener("resize", measure);
  measure();
  map.options.zoomAnimation = !corridor.still;

  // The first view: the whole route, clear of the stamp; as long as the reader has chosen no other.
  const bounds = L.latLngBounds(corridor.box);
  if (layers.old) bounds.extend(layers.old.getBounds());
  const LABEL_PX = 30;
  function margin() {
    const around = { ...corridor.around, side: 34, top: 34 };
    const stamp = document.querySelector("#stamp p");
    if (stamp === null) return around;
    const [box, frame] = [stamp.getBoundingClientRect(), container.getBoundingClientRect()];
    if (box.top - frame.top > frame.height / 2) around.bottom = frame.bottom - box.top + LABEL_PX;
    else around.top = box.bottom - frame.top + LABEL_PX;
    return around;
  }
  let fitting = false;
  let chosen = false;
  function fit() {
    fitting = true;
    map.setMinZoom(0);
    corridor.frame(map, bounds, margin());
    map.setMinZoom(Math.floor(map.getZoom()) - 2);
    fitting = false;
  }
  map.on("movestart", () => { if (!fitting) chosen = true; });
  map.on("resize", () => { if (!chosen) fit(); });
  map.attributionControl.setPrefix("Leaflet");
  container.setAttribute("role", "application");

  const title = ({ exact, kind }) => corridor.t("{place}: {kind}", { place: exact, kind });
  // A range as its row in the table tells it.
  function words(index) {
    const row = document.getElementById("range-" + index);
    const node = corridor.make("div", { className: "pop" }, corridor.make("h3", { text: title(corridor.ranges[index]) }));
    for (const cell of row.querySelectorAll("td.told")) node.append(corridor.make("p", null, ...cell.cloneNode(true).childNodes));
    node.style.maxHeight = Math.round(map.getSize().y * 0.6) + "px";
    node.tabIndex = 0;
    return node;
  }
  function open(index, where) {
    const box = map.getSize();
    L.popup({ maxWidth: Math.min(360, box.x - 100), minWidth: Math.min(240, box.x - 120), autoPanPaddingTopLeft: [50, 12], autoPanPaddingBottomRight: [12, 12] })
      .setLatLng(where || lines.get(index).getBounds().getCenter()).setContent(words(index)).openOn(map);
  }
  if (layers.ranges) {
    layers.ranges.eachLayer((layer) => {
      const name = layer.feature.id.split(" ")[1];
      if (!name) return;
      const index = Number(name);
      lines.set(index, layer);
      layer.bindTooltip(() => corridor.make("span", { text: title(corridor.ranges[index]) }), { sticky: true, className: "place-label" });
      layer.on("click", (event) => { open(index, event.latlng); L.DomEvent.stopPropagation(event); });
    });
  }
  if (layers.old) layers.old.eachLayer((layer) => layer.bindTooltip(() => corridor.make("span", { text: corridor.t("The old route, given up here") }), { sticky: true, className: "place-label" }));
  function go(index) {
    const line = lines.get(index);
    const points = line.getLatLngs().flat(2);
    container.scrollIntoView({ block: "center", behavior: corridor.still ? "auto" : "smooth" });
    corridor.frame(map, line.getBounds().pad(0.6), { side: 0, top: 0, bottom: 0 }, { maxZoom: 11 });
    open(index, points[Math.floor(points.length / 2)]);
  }
  document.querySelectorAll("button.show, .bands rect[data-range]").forEach((item) => {
    item.addEventListener("click", () => go(Number(item.dataset.range)));
  });

  // What stands on the map at all times, and how it reads in the language of the page.
  const labels = [];
  function label(tip, text) {
    tip.setContent(corridor.make("span"));
    labels.push({ tip, text });
    return tip;
  }
  const posts = [];
  if (layers.posts) {
    layers.posts.eachLayer((layer) => {
      layer.bindTooltip("", { permanent: true, direction: "right", offset: [7, 0], className: "place-label", pane: "markerPane" });
      label(layer.getTooltip(), () => corridor.t("KP {kp}", { kp: Number(layer.feature.id) }));
      posts.push(layer);
    });
  }
  if (layers.landings) {
    layers.landings.eachLayer((layer) => {
      const first = Number(layer.feature.id) === 0;
      layer.bindTooltip("", { permanent: true, direction: first ? "bottom" : "top", offset: [0, first ? 8 : -8], className: "place-label landing", pane: "markerPane" });
      label(layer.getTooltip(), () => corridor.short(corridor.say(corridor.landings[first ? 0 : 1]), 28));
    });
  }
  // The ranges that matter most bear their name, on the side away from the kilometre posts.
  const named = corridor.named.map((index) => {
    const points = lines.get(index).getLatLngs().flat(2);
    const tip = L.tooltip({ permanent: true, direction: "left", offset: [-10, 0], className: "place-label named", pane: "markerPane" })
      .setLatLng(points[Math.floor(points.length / 2)]);
    const { place, kind } = corridor.ranges[index];
    label(tip, () => (narrow.matches ? corridor.say(place) : corridor.t("{place}: {kind}", { place, kind }))).addTo(map);
    tip.getElement().style.setProperty("--kind", lines.get(index).options.color);
    return tip;
  });
  // Labels stand clear of each other and of the landings in every view.
  function thin() {
    const at = (latlng) => map.latLngToLayerPoint(latlng);
    const taken = corridor.ends.map((end) => at(L.latLng(end)));
    const heights = taken.map((point) => point.y);
    for (const tip of named) {
      const { y } = at(tip.getLatLng());
      const clear = heights.every((other) => Math.abs(other - y) >= 22);
      tip.getElement().style.display = clear ? "" : "none";
      if (clear) heights.push(y);
    }
    for (const post of posts) {
      const point = at(post.getLatLng());
      const clear = taken.every((other) => other.distanceTo(point) >= 44);
      post.setStyle({ opacity: clear ? 1 : 0, fillOpacity: clear ? 1 : 0 });
      if (clear) { taken.push(point); post.openTooltip(); } else post.closeTooltip();
    }
  }
  map.on("zoomend", thin);

  // Leaflet's own words: names of buttons, the credit line, and its scale, which it writes anew with every move.
  let bar = null;
  function unit() {
    const line = container.querySelector(".leaflet-control-scale-line");
    bar = /^(\d+) (k?m)$/.exec(line.textContent) || bar;
    line.textContent = corridor.measure(Number(bar[1]), bar[2]);
  }
  map.on("move", unit);
  let credit = "";
  function speak() {
    container.setAttribute("aria-label", corridor.t("Map of what changed. The table of changed ranges holds the same results."));
    for (const [selector, text] of [[".leaflet-control-zoom-in", corridor.t("Zoom in")], [".leaflet-control-zoom-out", corridor.t("Zoom out")]]) {
      const button = container.querySelector(selector);
      for (const kind of ["aria-label", "title"]) button.setAttribute(kind, text);
    }
    if (credit !== "") map.attributionControl.removeAttribution(credit);
    credit = corridor.make("span", { text: corridor.t("not for construction or navigation") }).innerHTML;
    map.attributionControl.addAttribution(credit);
    for (const { tip, text } of labels) tip.setContent(corridor.make("span", { text: text() }));
    map.closePopup();
    unit();
    if (!chosen) fit();
    thin();
  }
  corridor.on("language", speak);
  fit();
  speak();

  let view = null;
  window.addEventListener("beforeprint", () => {
    view = view || { centre: map.getCenter(), zoom: map.getZoom() };
    document.documentElement.classList.add("paper");
    map.invalidateSize({ animate: false, pan: false });
    fit();
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("paper");
    map.invalidateSize({ animate: false, pan: false });
    if (view && chosen) map.setView(view.centre, view.zoom, { animate: false });
    view = null;
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(container);
  document.documentElement.dataset.ready = "yes";
})();
