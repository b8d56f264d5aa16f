// The map for the public: first view, names of the landings, paper.
"use strict";
(function () {
  const layers = window.corridorLayers;
  const { map } = layers;
  const opening = { bounds: layers.band.getBounds(), margin: { side: 24, top: 24, bottom: 24 }, box: corridor.box };
  corridor.begin(map, opening);
  map.on("resize", () => corridor.frame(map, opening.bounds, opening.margin));
  const nameControls = corridor.nameControls(map, () => corridor.t("Map of {name}", { name: corridor.name }));
  const sayScale = corridor.speakAnew(map);
  const names = corridor.nameLandings(map, layers.landings, layers.route);
  function say() {
    nameControls();
    sayScale();
    names.say();
  }
  say();
  corridor.on("language", say);
  corridor.onPaper(map, { ...opening, placed: names.place });
})();
