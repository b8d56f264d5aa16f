// What stands on the map in words, in the language of the page: names of landings, of Leaflet's buttons, the credit line.
"use strict";
// Names of the landings. Each stands on the side where it is whole and hides least: neither route nor buttons.
//   lines    the layer of the route
//   write    gives what stands under the name of a landing, or nothing
// Returns say, which writes them anew, and place.
corridor.nameLandings = function (map, landings, lines, write) {
  const GAP = 11;
  const OUTSIDE = 100; // a pixel beyond the edge, against square pixels that are covered
  const names = [];
  const first = (layer) => Number(layer.feature.id) === 0;

  function place() {
    const size = map.getSize();
    const taken = corridor.boxes(map, ".map .leaflet-control, #stamp p");
    const line = corridor.traced(map, [lines]);
    const beyond = (box) => Math.max(0, 4 - box.left) + Math.max(0, box.right - size.x + 4) + Math.max(0, 4 - box.top) + Math.max(0, box.bottom - size.y + 4);
    for (const { layer, outward } of names) {
      const tip = layer.getTooltip();
      const node = tip.getElement();
      if (!node) continue;
      const { x, y } = map.latLngToContainerPoint(layer.getLatLng());
      const [w, h] = [node.offsetWidth, node.offsetHeight];
      const sides = {
        left: [x - GAP - w, y - h / 2], right: [x + GAP, y - h / 2], bottom: [x - w / 2, y + GAP], top: [x - w / 2, y - GAP - h],
      };
      let best = outward;
      let least = Infinity;
      for (const side of [outward, outward === "left" ? "right" : "left", "bottom", "top"]) {
        const [left, top] = sides[side];
        const box = { left, top, right: left + w, bottom: top + h };
        const cost = beyond(box) * OUTSIDE + corridor.covers(box, taken, line);
        if (cost < least) { least = cost; best = side; }
      }
      tip.options.direction = best;
      tip.options.offset = L.point({ left: [-GAP, 0], right: [GAP, 0], bottom: [0, GAP], top: [0, -GAP] }[best]);
      tip.update();
    }
  }

  function say() {
    for (const { layer, name, post } of names) {
      name.textContent = corridor.short(corridor.say(corridor.landings[first(layer) ? 0 : 1]), 28);
      if (post) post.textContent = write(first(layer));
    }
    place();
  }

  const places = [];
  landings.eachLayer((layer) => places.push(layer));
  const other = (layer) => places.find((item) => item !== layer) || layer;
  for (const layer of places) {
    const post = write ? corridor.make("small") : null;
    const name = corridor.make("span");
    layer.bindTooltip(corridor.make("span", null, name, post), { permanent: true, direction: "right", className: "place-label landing", pane: "markerPane" });
    names.push({ layer, name, post, outward: layer.getLatLng().lng < other(layer).getLatLng().lng ? "left" : "right" });
  }
  map.on("moveend resize", place);
  return { say, place };
};

// Leaflet's own words. Returns what writes them anew.
corridor.nameControls = function (map, title) {
  const container = map.getContainer();
  let credit = "";
  return function () {
    container.setAttribute("aria-label", title());
    for (const [selector, label] of [[".leaflet-control-zoom-in", corridor.t("Zoom in")], [".leaflet-control-zoom-out", corridor.t("Zoom out")], [".leaflet-control-layers-toggle", corridor.t("Layers")]]) {
      const button = container.querySelector(selector);
      if (button) for (const kind of ["aria-label", "title"]) button.setAttribute(kind, label);
    }
    container.style.setProperty("--layers-word", JSON.stringify(corridor.t("Layers")));
    if (credit !== "") map.attributionControl.removeAttribution(credit);
    credit = corridor.make("span", { text: corridor.t("not for construction or navigation") }).innerHTML;
    map.attributionControl.addAttribution(credit);
    corridor.speak(container);
  };
};

// Leaflet writes its scale in English with every move, and the layer control its names whenever layers come or go.
corridor.speakAnew = function (map) {
  const container = map.getContainer();
  let bar = null;
  function unit() {
    const line = container.querySelector(".leaflet-control-scale-line");
    bar = /^(\d+) (k?m)$/.exec(line.textContent) || bar;
    line.textContent = corridor.measure(Number(bar[1]), bar[2]);
  }
  map.on("move", unit);
  const control = container.querySelector(".leaflet-control-layers");
  if (control) new MutationObserver(() => corridor.speak(control)).observe(control, { childList: true, subtree: true });
  return unit;
};
