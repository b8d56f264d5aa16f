// Brings a part of the map into view, clear of its edges, and keeps it there.
"use strict";
// A map smaller than its own margins would be asked for a zoom that is no number; one of no size keeps its view.
corridor.frame = function (map, bounds, margin, options) {
  const { x, y } = map.getSize();
  if (x === 0 || y === 0) return;
  const within = (wanted, room) => Math.min(wanted, Math.floor(room / 4));
  map.fitBounds(bounds, {
    paddingTopLeft: [within(margin.side, x), within(margin.top, y)],
    paddingBottomRight: [within(margin.side, x), within(margin.bottom, y)],
    animate: false, ...options,
  });
};
corridor.around = { side: 30, top: 30, bottom: 42 };

// Leaflet brings a view that leaves the map's limits back inside by an animation. One that is begun by a new size of the
// window would outlive the view that is then fitted, and drag it away.
corridor.steady = function (map) {
  const bringBack = map.panInsideBounds;
  map.panInsideBounds = function (bounds, options) {
    return bringBack.call(this, bounds, { ...options, animate: false });
  };
};
