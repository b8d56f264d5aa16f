// What part of a map is in view: the first view, clear of its edges; other sizes of the window; paper.
"use strict";
// On a phone the name of a landing stands below it, above the credit line.
corridor.around = { side: 30, top: 30, bottom: window.matchMedia("(max-width: 899px)").matches ? 64 : 42 };

// A map smaller than its own margins would be asked for a zoom that is no number.
corridor.room = function (map, margin) {
  const { x, y } = map.getSize();
  const within = (wanted, room) => Math.min(wanted, Math.floor(room / 4));
  return {
    paddingTopLeft: L.point(within(margin.side, x), within(margin.top, y)),
    paddingBottomRight: L.point(within(margin.side, x), within(margin.bottom, y)),
  };
};

// Brings a part of the map into view; a map of no size keeps its view.
corridor.frame = function (map, bounds, margin, options) {
  const { x, y } = map.getSize();
  if (x > 0 && y > 0) map.fitBounds(bounds, { ...corridor.room(map, margin), animate: false, ...options });
};

// Leaflet brings a view that leaves the map's limits back inside by an animation. One that is begun by a new size of the
// window would outlive the view that is then fitted, and drag it away.
corridor.steady = function (map) {
  const bringBack = map.panInsideBounds;
  map.panInsideBounds = function (bounds, options) {
    return bringBack.call(this, bounds, { ...options, animate: false });
  };
};

// Gives a map its first view, all of the bounds, and its limits: the box where land is known, and how far out one may go.
corridor.begin = function (map, { bounds, margin, box }) {
  map.options.zoomAnimation = !corridor.still;
  map.attributionControl.setPrefix("Leaflet");
  map.getContainer().setAttribute("role", "application");
  corridor.steady(map);
  function measure() {
    const board = document.querySelector(".board");
    board.style.setProperty("--above", Math.ceil(board.getBoundingClientRect().top + window.scrollY) + "px");
    map.invalidateSize({ pan: false });
  }
  // The smaller the window, the farther out the whole is seen.
  function limit() {
    const { x, y } = map.getSize();
    if (x === 0 || y === 0) return;
    const { paddingTopLeft, paddingBottomRight } = corridor.room(map, margin);
    map.options.minZoom = 0;
    map.options.minZoom = Math.max(0, Math.floor(map.getBoundsZoom(bounds, false, paddingTopLeft.add(paddingBottomRight))) - 1);
    map.fire("zoomlevelschange");
  }
  measure();
  if (box) {
    limit();
    map.on("resize", limit);
  }
  const { x, y } = map.getSize();
  if (box) map.setMaxBounds(corridor.limits(box)); // before the first view, which it may move
  if (x > 0 && y > 0) corridor.frame(map, bounds, margin); else map.setView(bounds.getCenter(), map.getZoom());
  window.addEventListener("resize", measure);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
};
corridor.limits = ([west, south, east, north]) => [[south, west], [north, east]];

// Paper shows all of the bounds and every panel open; the screen then has its view back.
corridor.onPaper = function (map, { bounds, margin, box, placed }) {
  const resize = (paper) => {
    document.documentElement.classList.toggle("paper", paper);
    map.invalidateSize({ animate: false, pan: false });
  };
  let view = null;
  window.addEventListener("beforeprint", () => {
    for (const panel of document.querySelectorAll("details")) panel.open = true;
    view = view || { centre: map.getCenter(), zoom: map.getZoom() };
    map.setMaxBounds(null); // would slide the map, and go on doing so on paper
    map.stop();
    resize(true);
    corridor.frame(map, bounds, margin);
    placed();
  });
  window.addEventListener("afterprint", () => {
    resize(false);
    if (view) map.setView(view.centre, view.zoom, { animate: false });
    view = null;
    if (box) map.setMaxBounds(corridor.limits(box));
  });
};
