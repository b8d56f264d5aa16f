// How a target depth is drawn: null is not decided.
"use strict";
corridor.targetLine = function (depth_m) {
  const lines = corridor.target_lines;
  if (depth_m === null) return lines.undecided;
  return depth_m <= 0 ? lines.none : (lines.steps.find((step) => step.depth_m >= depth_m - 1e-9) || lines.beyond);
};
