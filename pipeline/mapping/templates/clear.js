// What may stand where on a map: the route and the controls are not to be covered.
"use strict";
// Points of lines in pixels of the map, where they are in view, no farther apart than a letter is wide.
corridor.traced = function (map, layers) {
  const [NEAR_PX, FAR_PX] = [2, 8];
  const size = map.getSize();
  const found = [];
  const near = ({ x, y }) => x > -size.x && y > -size.y && x < 2 * size.x && y < 2 * size.y;
  function walk(points) {
    if (Array.isArray(points[0])) { points.forEach(walk); return; }
    let last = null;
    for (const latlng of points) {
      const point = map.latLngToContainerPoint(latlng);
      const apart = last ? last.distanceTo(point) : 0;
      if (last && apart < NEAR_PX) continue;
      const steps = last && near(last) && near(point) ? Math.ceil(apart / FAR_PX) : 1;
      for (let i = 1; i < steps; i += 1) found.push(L.point(last.x + ((point.x - last.x) * i) / steps, last.y + ((point.y - last.y) * i) / steps));
      found.push(point);
      last = point;
    }
  }
  for (const layer of layers) layer.eachLayer((line) => walk(line.getLatLngs()));
  return found.filter(({ x, y }) => x >= 0 && y >= 0 && x <= size.x && y <= size.y);
};

// Boxes of the elements that are seen, in pixels of the map.
corridor.boxes = function (map, selector) {
  const frame = map.getContainer().getBoundingClientRect();
  return Array.from(document.querySelectorAll(selector), (element) => element.getBoundingClientRect()).filter((box) => box.width > 0)
    .map((box) => ({ left: box.left - frame.left, right: box.right - frame.left, top: box.top - frame.top, bottom: box.bottom - frame.top }));
};

// What a box would cover: square pixels of other boxes, a hidden point counting for some.
corridor.covers = function (box, others, points) {
  const A_POINT = 30;
  let sum = 0;
  for (const other of others) {
    sum += Math.max(0, Math.min(box.right, other.right) - Math.max(box.left, other.left)) * Math.max(0, Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top));
  }
  for (const { x, y } of points) if (x > box.left && x < box.right && y > box.top && y < box.bottom) sum += A_POINT;
  return sum;
};
