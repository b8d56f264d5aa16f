// What the data are stands on the map itself: over all its layers, under what a click opens, beside the route.
"use strict";
(function () {
  const { map, ...layers } = window.corridorLayers;
  const [watermark, stamp] = ["watermark", "stamp"].map((id) => document.getElementById(id));
  if (!stamp) return;
  const CLEAR_PX = 8;
  const DOT_PX = 12;
  const NAME = { across: 110, up: 22, down: 48 }; // room for the name of a landing, on a narrow map
  const lines = ["zones", "route", "ranges"].map((name) => layers[name]).filter(Boolean);
  const text = stamp.querySelector("p");
  const narrow = window.matchMedia("(max-width: 899px)");
  for (const [mark, height] of [[watermark, 440], [stamp, 645]]) {
    const pane = map.createPane(mark.id);
    pane.style.zIndex = height;
    pane.style.pointerEvents = "none";
    pane.append(mark);
  }

  function stay() {
    const size = map.getSize();
    for (const mark of [watermark, stamp]) {
      [mark.style.width, mark.style.height] = [size.x + "px", size.y + "px"];
      L.DomUtil.setPosition(mark, map.containerPointToLayerPoint([0, 0]));
    }
  }

  // Shares of the room, the wanted place first: the foot of a wide map, the head of a narrow one.
  const across = [0.5, 0.25, 0.75, 0, 1];
  const places = (down) => down.flatMap((y) => across.map((x) => [x, y]));
  const wide = places([1, 0, 0.75, 0.5, 0.25]);
  const high = places([0, 0.2, 0.4, 0.6, 0.8, 1]);

  function settle() {
    stay();
    const size = map.getSize();
    const [w, h] = [text.offsetWidth, text.offsetHeight];
    const points = corridor.traced(map, lines);
    const taken = corridor.boxes(map, ".map .leaflet-control, .place-label, .map > .whatif-note, .compare-head, .compare-key");
    const names = [];
    if (layers.landings) {
      layers.landings.eachLayer((mark) => {
        const { x, y } = map.latLngToContainerPoint(mark.getLatLng());
        taken.push({ left: x - DOT_PX, right: x + DOT_PX, top: y - DOT_PX, bottom: y + DOT_PX });
        if (narrow.matches) names.push({ left: x - NAME.across, right: x + NAME.across, top: y - NAME.up, bottom: y + NAME.down });
      });
    }
    let best = null;
    for (const [x, y] of narrow.matches ? high : wide) {
      const [left, top] = [CLEAR_PX + x * (size.x - w - 2 * CLEAR_PX), CLEAR_PX + y * (size.y - h - 2 * CLEAR_PX)];
      const box = { left: left - CLEAR_PX / 2, right: left + w + CLEAR_PX / 2, top: top - CLEAR_PX / 2, bottom: top + h + CLEAR_PX / 2 };
      const cost = 1000 * corridor.covers(box, taken, points) + corridor.covers(box, names, []);
      if (best === null || cost < best.cost) best = { left, top, cost };
      if (cost === 0) break;
    }
    text.style.translate = Math.round(best.left) + "px " + Math.round(best.top) + "px";
  }

  let planned = false;
  function plan() {
    if (planned) return;
    planned = true;
    window.requestAnimationFrame(() => { planned = false; settle(); });
  }
  map.on("move zoom viewreset", stay);
  map.on("moveend resize", settle);
  map.on("layeradd layerremove", ({ layer }) => { if (layer instanceof L.ImageOverlay) plan(); });
  // Notes that lie over the map come and go with a what-if.
  let changed = false;
  corridor.on("decision", (decision) => {
    if (decision.changed !== changed) plan();
    changed = decision.changed;
  });
  corridor.on("language", plan);
  map.whenReady(settle);
})();
