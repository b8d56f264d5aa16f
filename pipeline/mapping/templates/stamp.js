// What the data are stands on the map itself: over all its layers, under what a click opens.
"use strict";
(function () {
  const { map } = window.corridorLayers;
  const mark = document.getElementById("watermark");
  if (!mark) return;
  const pane = map.createPane("watermark");
  pane.style.zIndex = 440;
  pane.style.pointerEvents = "none";
  pane.append(mark);
  function stay() {
    const size = map.getSize();
    [mark.style.width, mark.style.height] = [size.x + "px", size.y + "px"];
    L.DomUtil.setPosition(mark, map.containerPointToLayerPoint([0, 0]));
  }
  map.on("move zoom viewreset resize", stay);
  stay();
})();
