// What the profile is drawn with: shapes from values by block (see scale.js). No text, no data of its own.
"use strict";
corridor.draw = (function () {
  const NS = "http://www.w3.org/2000/svg";
  const round = (value) => Math.round(value * 10) / 10;

  function make(tag, attributes, parent, text) {
    const element = document.createElementNS(NS, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  }

  // Runs of blocks with one and the same value, blanks too: [first, behind the last, value].
  function levels(values) {
    const found = [];
    values.forEach((value, i) => {
      const last = found[found.length - 1];
      if (last && last[2] === value) last[1] = i + 1; else found.push([i, i + 1, value]);
    });
    return found;
  }

  // Runs of blocks where something holds; a gap in data is a gap in the drawing.
  const runs = (holds) => levels(holds).filter((run) => run[2]);

  // A line in steps.
  function steps(blocks, values, y) {
    return runs(values.map((value) => value !== null)).map(([start, end]) => {
      let path = "";
      for (let i = start; i < end; i += 1) {
        if (i > start && values[i] === values[i - 1]) continue;
        path += (i === start ? "M" : "H") + round(blocks[i].from) + (i === start ? "," : "V") + round(y(values[i]));
      }
      return path + "H" + round(blocks[end - 1].to);
    }).join("");
  }

  // The area between two lines in steps, where both are known and something holds.
  function between(blocks, top, bottom, y, holds) {
    return runs(blocks.map((_, i) => top[i] !== null && bottom[i] !== null && (!holds || holds[i]))).map(([start, end]) => {
      let forth = "";
      let back = "";
      for (let i = start; i < end; i += 1) {
        forth += (i === start ? "M" : "L") + round(blocks[i].from) + "," + round(y(top[i])) + "H" + round(blocks[i].to);
        back = "L" + round(blocks[i].to) + "," + round(y(bottom[i])) + "H" + round(blocks[i].from) + back;
      }
      return forth + back + "Z";
    }).join("");
  }

  function nice(most, wanted) {
    const raw = most / wanted;
    const size = 10 ** Math.floor(Math.log10(raw));
    return [1, 2, 5, 10].map((factor) => factor * size).find((step) => step >= raw * (1 - 1e-9));
  }

  // Decimals that tell the steps of an axis apart.
  const decimals = (step) => Math.max(0, -Math.floor(Math.log10(step) + 1e-9));

  // Hatching for what is not known: unlike any colour of a class.
  function hatch(defs, id, ground, line) {
    const pattern = make("pattern", { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, defs);
    make("rect", { width: 5, height: 5, fill: ground }, pattern);
    make("rect", { width: 1.6, height: 5, fill: line }, pattern);
  }

  return { make, round, levels, runs, steps, between, nice, decimals, hatch };
})();
