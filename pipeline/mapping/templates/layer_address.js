// Which layers the map shows stands in the address where it differs from the opening: layer=soil,-none
"use strict";
(function () {
  const { map, ...layers } = window.corridorLayers;
  const names = Object.keys(layers);
  const atFirst = new Set(names.filter((name) => map.hasLayer(layers[name])));

  function show(wanted) {
    for (const name of names) {
      if (wanted.has(name) === map.hasLayer(layers[name])) continue;
      if (wanted.has(name)) map.addLayer(layers[name]); else map.removeLayer(layers[name]);
    }
  }

  corridor.address.keep("layer",
    (text) => {
      const wanted = new Set(atFirst);
      for (const part of (text || "").split(",")) {
        if (part.startsWith("-")) wanted.delete(part.slice(1)); else if (Object.hasOwn(layers, part)) wanted.add(part);
      }
      show(wanted);
    },
    () => names.filter((name) => map.hasLayer(layers[name]) !== atFirst.has(name))
      .map((name) => (atFirst.has(name) ? "-" : "") + name).join(",") || null);
  map.on("overlayadd overlayremove baselayerchange", corridor.address.changed);
})();
