// What the data are stands on the map itself: over all its layers, under what a click opens.
"use strict";
(function () {
  const { map } = window.corridorLayers;
  const marks = ["watermark", "stamp"].map((id) => document.getElementById(id)).filter(Boolean);
  for (const [place, mark] of marks.entries()) {
    const pane = map.createPane(mark.id);
    pane.style.zIndex = [440, 645][place];
    pane.style.pointerEvents = "none";
    pane.append(mark);
  }
  function stay() {
    const size = map.getSize();
    for (const mark of marks) {
      [mark.style.width, mark.style.height] = [size.x + "px", size.y + "px"];
      L.DomUtil.setPosition(mark, map.containerPointToLayerPoint([0, 0]));
    }
  }
  map.on("move zoom viewreset resize", stay);
  stay();
})();
