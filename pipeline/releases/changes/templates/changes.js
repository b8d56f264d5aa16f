// Joins map, chart and table of the changes. Text reaches the page by textContent alone.
"use strict";
(function () {
  const layers = window.corridorLayers;
  const map = layers.map;
  const container = map.getContainer();
  const lines = new Map();

  function measure() {
    const board = document.querySelector(".board");
    document.documentElement.style.setProperty("--above", Math.ceil(board.getBoundingClientRect().top + window.scrollY) + "px");
    map.invalidateSize({ pan: false });
  }
  measure();
  window.addEventListener("resize", measure);
  map.options.zoomAnimation = !corridor.still;
  const bounds = L.latLngBounds(corridor.box);
  if (layers.old) bounds.extend(layers.old.getBounds());
  const fit = () => map.fitBounds(bounds, { paddingTopLeft: [34, 34], paddingBottomRight: [34, 42], animate: false });
  fit();
  map.setMinZoom(Math.floor(map.getZoom()) - 2);
  map.attributionControl.setPrefix("Leaflet");
  map.attributionControl.addAttribution("not for construction or navigation");
  container.setAttribute("role", "application");
  container.setAttribute("aria-label", "Map of what changed. The table of changed ranges holds the same results.");
  for (const [selector, label] of [[".leaflet-control-zoom-in", "Zoom in"], [".leaflet-control-zoom-out", "Zoom out"]]) {
    const button = container.querySelector(selector);
    if (button) button.setAttribute("aria-label", label);
  }

  function words(index) {
    const range = corridor.ranges[index];
    const node = corridor.make("div", { className: "pop" }, corridor.make("h3", { text: range.title }));
    for (const text of [range.old, range.what, range.because]) if (text) node.append(corridor.make("p", { text }));
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
      layer.bindTooltip(corridor.make("span", { text: corridor.ranges[index].title }), { sticky: true, className: "place-label" });
      layer.on("click", (event) => { open(index, event.latlng); L.DomEvent.stopPropagation(event); });
    });
  }
  if (layers.old) layers.old.eachLayer((layer) => layer.bindTooltip(corridor.make("span", { text: corridor.old_words }), { sticky: true, className: "place-label" }));
  function go(index) {
    const line = lines.get(index);
    const points = line.getLatLngs().flat(2);
    container.scrollIntoView({ block: "center", behavior: corridor.still ? "auto" : "smooth" });
    map.fitBounds(line.getBounds().pad(0.6), { maxZoom: 11, animate: false });
    open(index, points[Math.floor(points.length / 2)]);
  }
  document.querySelectorAll("button.show, .bands rect[data-range]").forEach((item) => {
    item.addEventListener("click", () => go(Number(item.dataset.range)));
  });

  // Labels stand clear of each other and of the landings in every view.
  const posts = [];
  if (layers.posts) {
    layers.posts.eachLayer((layer) => {
      layer.bindTooltip(corridor.make("span", { text: "KP " + layer.feature.id }), { permanent: true, direction: "right", offset: [7, 0], className: "place-label", pane: "markerPane" });
      posts.push(layer);
    });
  }
  if (layers.landings) {
    layers.landings.eachLayer((layer) => {
      const first = Number(layer.feature.id) === 0;
      layer.bindTooltip(corridor.make("span", { text: corridor.short(corridor.landings[first ? 0 : 1], 28) }), { permanent: true, direction: first ? "bottom" : "top", offset: [0, first ? 8 : -8], className: "place-label landing", pane: "markerPane" });
    });
  }
  // The ranges that matter most bear their name, on the side away from the kilometre posts.
  const narrow = window.innerWidth < 700;
  const named = corridor.named.map((index) => {
    const points = lines.get(index).getLatLngs().flat(2);
    const tip = L.tooltip({ permanent: true, direction: "left", offset: [-10, 0], className: "place-label named", pane: "markerPane" })
      .setLatLng(points[Math.floor(points.length / 2)]).setContent(corridor.make("span", { text: corridor.ranges[index].place + (narrow ? "" : ": " + corridor.ranges[index].kind) })).addTo(map);
    tip.getElement().style.setProperty("--kind", lines.get(index).options.color);
    return tip;
  });
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
  thin();

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
    if (view) map.setView(view.centre, view.zoom, { animate: false });
    view = null;
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(container);
  document.documentElement.dataset.ready = "yes";
})();
