// The map for the public: first view, names of the landings, paper.
"use strict";
(function () {
  const layers = window.corridorLayers;
  const map = layers.map;
  const container = map.getContainer();
  const bounds = layers.band.getBounds();
  map.options.zoomAnimation = !corridor.still;
  function measure() {
    const top = document.querySelector(".board").getBoundingClientRect().top + window.scrollY;
    document.documentElement.style.setProperty("--above", Math.ceil(top) + "px");
    map.invalidateSize({ pan: false });
  }
  window.addEventListener("resize", measure);
  measure();
  const fit = () => corridor.frame(map, bounds, { side: 24, top: 24, bottom: 24 });
  fit();
  corridor.steady(map);
  map.on("resize", fit);
  if (corridor.box) {
    const [west, south, east, north] = corridor.box;
    map.setMaxBounds([[south, west], [north, east]]);
    map.setMinZoom(Math.floor(map.getZoom()) - 1);
  }
  map.attributionControl.setPrefix("Leaflet");
  container.setAttribute("role", "application");

  layers.landings.eachLayer((layer) => {
    const first = Number(layer.feature.id) === 0;
    const node = corridor.make("span", { text: corridor.short(corridor.landings[first ? 0 : 1], 28) });
    const outward = layer.getLatLng().lng < bounds.getCenter().lng ? "left" : "right";
    layer.bindTooltip(node, { permanent: true, direction: outward, offset: [outward === "left" ? -11 : 11, 0], className: "place-label landing", pane: "markerPane" });
    // A name that would leave the map stands on the other side.
    const turn = () => {
      const tip = layer.getTooltip();
      const width = tip.getElement() ? tip.getElement().offsetWidth : 0;
      const { x } = map.latLngToContainerPoint(layer.getLatLng());
      const side = outward === "left" ? (x - width - 16 < 0 ? "right" : "left") : (x + width + 16 > map.getSize().x ? "left" : "right");
      tip.options.direction = side;
      tip.options.offset = L.point(side === "left" ? -11 : 11, 0);
      tip.update();
    };
    map.on("zoomend moveend resize", turn);
    turn();
  });

  let credit = "";
  function speak() {
    container.setAttribute("aria-label", corridor.t("Map of {name}", { name: corridor.name }));
    for (const [selector, label] of [[".leaflet-control-zoom-in", corridor.t("Zoom in")], [".leaflet-control-zoom-out", corridor.t("Zoom out")], [".leaflet-control-layers-toggle", corridor.t("Layers")]]) {
      const button = container.querySelector(selector);
      if (button) { button.setAttribute("aria-label", label); button.title = label; }
    }
    if (credit) map.attributionControl.removeAttribution(credit);
    credit = corridor.make("span", { text: corridor.t("not for construction or navigation") }).innerHTML;
    map.attributionControl.addAttribution(credit);
  }
  corridor.on("language", speak);
  speak();

  let view = null;
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((panel) => { panel.open = true; });
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
