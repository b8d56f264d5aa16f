// From kilometre posts to pixels and back. Stations that lie closer than can be seen are one block.
"use strict";
corridor.scale = function (range, left, right) {
  const LEAST_PX = 0.8;
  const posts = corridor.stations.columns.kp_km;
  const count = posts.length;
  const span = range.to_km - range.from_km;
  const x = (kp) => left + ((kp - range.from_km) / span) * (right - left);
  // A station stands for the cable half-way to its neighbours.
  const edge = (i) => (i <= 0 ? 0 : i >= count ? corridor.length_km : (posts[i - 1] + posts[i]) / 2);
  const inside = (kp) => Math.min(range.to_km, Math.max(range.from_km, kp));

  // First station whose stretch ends behind a post.
  function firstBehind(kp) {
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edge(middle + 1) > kp) high = middle; else low = middle + 1;
    }
    return low;
  }

  const blocks = [];
  for (let i = firstBehind(range.from_km); i < count && edge(i) < range.to_km;) {
    let end = i + 1;
    while (end < count && edge(end) < range.to_km && x(edge(end)) - x(edge(i)) < LEAST_PX) end += 1;
    blocks.push({ start: i, end, from: x(inside(edge(i))), to: x(inside(edge(end))) });
    i = end;
  }

  // One value a block: of its stations the one that "worse" prefers; null where no station has any.
  function gather(at, worse) {
    return blocks.map((block) => {
      let chosen = null;
      for (let i = block.start; i < block.end; i += 1) {
        const value = at(i);
        if (value !== null && value !== undefined) chosen = chosen === null ? value : worse(chosen, value);
      }
      return chosen;
    });
  }

  return {
    range, left, right, x, edge, blocks, gather,
    kp: (px) => inside(range.from_km + ((px - left) / (right - left)) * span),
    column: (name, worse) => {
      const values = corridor.column(name);
      return gather((i) => (values ? values[i] : null), worse || Math.max);
    },
  };
};
