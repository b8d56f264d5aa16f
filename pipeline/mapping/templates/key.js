// The legend speaks of what the map shows.
"use strict";
(function () {
  const layers = window.corridorLayers;
  const sections = Array.from(document.querySelectorAll("#legend [data-layer]"));
  let waiting = false;
  function follow() {
    waiting = false;
    for (const section of sections) {
      const layer = layers[section.dataset.layer];
      section.hidden = Boolean(layer) && !layers.map.hasLayer(layer);
    }
    const rest = document.getElementById("legend-rest");
    if (rest) rest.hidden = !sections.some((section) => section.hidden);
  }
  // A layer of many parts tells of each.
  layers.map.on("layeradd layerremove", () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(follow);
  });
  follow();
})();
