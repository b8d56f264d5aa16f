// Where a layer of the swath is shown the line of the route makes room for it: from afar it would cover the swath.
"use strict";
(function () {
  const { map, ...layers } = window.corridorLayers;
  const names = corridor.overlays.map((item) => item.name).filter((name) => Object.hasOwn(layers, name));
  const follow = () => map.getContainer().classList.toggle("swath-shown", names.some((name) => map.hasLayer(layers[name])));
  map.on("layeradd layerremove", (event) => { if (event.layer instanceof L.ImageOverlay) follow(); });
  follow();
})();
