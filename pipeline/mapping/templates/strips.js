// Lanes along the route: threats in classes, slope, cable types, confidence, and what of others crosses.
"use strict";
corridor.strips = (function () {
  const { make, round, levels } = corridor.draw;

  // The words of a lane: beside it, and in full.
  const words = {
    anchor_strike_per_km_yr: () => [corridor.t("anchors"), corridor.t("Anchor strikes, surface-laid")],
    fishing_strike_per_km_yr: () => [corridor.t("fishing"), corridor.t("Fishing strikes, surface-laid")],
    pga_475yr_g: () => [corridor.t("shaking"), corridor.t("Peak ground acceleration on rock, 475 years")],
    slope_class: () => [corridor.t("slope"), corridor.t("Slope failure class")],
    cable_type: () => [corridor.t("cable"), corridor.t("Cable type")],
    confidence: () => [corridor.t("confidence"), corridor.t("Confidence in the water depth")],
  };
  const said = {
    slope_class: { high: () => corridor.t("high"), medium: () => corridor.t("medium"), low: () => corridor.t("low"), rock: () => corridor.t("rock") },
    confidence: { A: () => corridor.t("A survey"), B: () => corridor.t("B regional"), C: () => corridor.t("C coarse or synthetic") },
  };
  const name = (strip) => words[strip.column]()[0];
  const CLASS_LEAST = 0.3;
  const LETTER_PX = 5.6;

  function value(strip, level) {
    const own = said[strip.column];
    if (own && Object.hasOwn(own, level)) return own[level]();
    return level;
  }

  // The class of a station, from 0; null where it was not assessed.
  function classOf(strip) {
    const values = corridor.column(strip.column);
    if (!values) return () => null;
    if (strip.breaks) {
      return (i) => {
        const number = values[i];
        if (number === null || number === undefined) return null;
        const above = strip.breaks.findIndex((limit) => number < limit);
        return above < 0 ? strip.breaks.length : above;
      };
    }
    const order = strip.levels || corridor.stations.levels[strip.column];
    return (i) => {
      const place = order.indexOf(corridor.value(strip.column, i));
      return place < 0 ? null : place;
    };
  }

  function inWords(strip, rank) {
    if (!strip.breaks) return value(strip, (strip.levels || corridor.stations.levels[strip.column])[rank]);
    const unit = strip.column === "pga_475yr_g" ? corridor.t("g") : corridor.t("per km and year");
    const limit = (place) => corridor.significant(strip.breaks[place]);
    if (rank === 0) return corridor.t("under {limit} {unit}", { limit: limit(0), unit });
    if (rank === strip.breaks.length) return corridor.t("over {limit} {unit}", { limit: limit(rank - 1), unit });
    return corridor.t("{low} to {high} {unit}", { low: limit(rank - 1), high: limit(rank), unit });
  }

  function fitting(svg, text, from, to, y) {
    if (to - from < text.length * LETTER_PX + 8) return;
    make("text", { x: round((from + to) / 2), y, "text-anchor": "middle", class: "in-lane" }, svg, text);
  }

  // The class of each block of a lane, the worst of its stations.
  const ranksOf = (scale, item) => scale.gather(classOf(item), Math.max);

  // One lane, by the class of each block. Worse classes stand higher, so that the order survives without colour.
  function strip(svg, scale, item, top, height, ranks) {
    const lane = make("g", { "data-lane": item.column }, svg);
    make("rect", { x: scale.left, y: top, width: scale.right - scale.left, height, class: "lane" }, lane);
    const most = (item.colours || []).length - 1;
    const found = levels(ranks);
    const text = new Map(found.map(([, , rank]) => rank).map((rank) => [rank, rank === null ? corridor.t("not assessed") : inWords(item, rank)]));
    // Stretches of one class are one shape: there are hundreds.
    const shapes = new Map(Array.from(text.keys(), (rank) => [rank, ""]));
    for (const [start, end, rank] of found) {
      const stands = rank === null || !item.breaks ? height : height * (CLASS_LEAST + ((1 - CLASS_LEAST) * rank) / most);
      const [from, to] = [round(scale.blocks[start].from), round(scale.blocks[end - 1].to + 0.2)];
      shapes.set(rank, shapes.get(rank) + "M" + from + "," + round(top + height - stands) + "H" + to + "V" + (top + height) + "H" + from + "Z");
    }
    for (const [rank, d] of shapes) {
      const shape = make("path", {
        d, ...(rank === null ? { fill: "url(#not-assessed)", "data-part": "not-assessed" }
          : { fill: item.colours ? item.colours[rank] : rank % 2 ? "var(--lane-odd)" : "var(--lane-even)", "data-class": rank, ...(item.breaks ? {} : { class: "named" }) }),
      }, lane);
      make("title", {}, shape, words[item.column]()[1] + ": " + text.get(rank));
    }
    for (const [start, end, rank] of found) {
      if (rank !== null && item.breaks) continue;
      const [from, to] = [scale.blocks[start].from, scale.blocks[end - 1].to];
      const long = text.get(rank);
      const letter = item.column === "confidence" && to - from < long.length * LETTER_PX + 8 && rank !== null;
      fitting(lane, letter ? item.levels[rank] : corridor.short(long, 24), from, to, top + height - 1.6);
    }
    const layer = Object.hasOwn(corridor.layers, item.layer) ? corridor.layers[item.layer] : null;
    if (layer && ranks.some((rank) => rank !== null) && ["synthetic", "modelled"].includes(layer.provenance)) {
      make("text", { x: scale.right - 3, y: top + height - 1.6, "text-anchor": "end", class: "rests-on" }, lane, corridor.t(layer.provenance));
    }
  }

  // Crossings: a mark for a line of others, a bar for a stretch; names where there is room.
  function crossings(svg, scale, top, height, reach) {
    const lane = make("g", { "data-lane": "crossings" }, svg);
    const found = corridor.crossings;
    make("rect", { x: scale.left, y: top, width: scale.right - scale.left, height, ...(found ? { class: "lane" } : { fill: "url(#not-assessed)", "data-part": "not-assessed" }) }, lane);
    if (!found || found.length === 0) {
      fitting(lane, found ? corridor.t("none in the sources") : corridor.t("not assessed"), scale.left, scale.right, top + height - 1.6);
      return;
    }
    let free = scale.left;
    for (const crossing of found) {
      if (crossing.kp_to_km < scale.range.from_km || crossing.kp_from_km > scale.range.to_km) continue;
      const from = Math.max(scale.left, scale.x(crossing.kp_from_km));
      const to = Math.min(scale.right, scale.x(crossing.kp_to_km));
      const middle = top + height / 2;
      const mark = make("g", { "data-part": "crossing" }, lane);
      make("line", { x1: round(from), x2: round(from), y1: reach, y2: top, class: "crossing-line" }, mark);
      if (to - from > 3) make("rect", { x: round(from), y: middle - 2.5, width: round(to - from), height: 5, class: "crossing" }, mark);
      else make("path", { d: "M" + round(from - 4) + "," + middle + "l4,-4.5l4,4.5l-4,4.5z", class: "crossing" }, mark);
      make("title", {}, mark, corridor.crossingWords(crossing));
      const label = corridor.short(crossing.name || crossing.kind || corridor.t("unnamed"), 22);
      const wide = label.length * 5.3 + 6;
      if (from + 6 >= free && to + 6 + wide < scale.right) {
        make("text", { x: round(to + 6), y: top + height - 1.6, class: "crossing-name" }, mark, label);
        free = to + 6 + wide;
      } else {
        free = Math.max(free, to + 6);
      }
    }
  }

  corridor.crossingWords = function (crossing) {
    const parts = [crossing.name || corridor.t("unnamed"), crossing.kind, crossing.status].filter((text) => text).map(corridor.shown);
    const kp = (at) => corridor.number(at, 2);
    parts.push(crossing.kp_to_km > crossing.kp_from_km
      ? corridor.t("KP {from} to {to}", { from: kp(crossing.kp_from_km), to: kp(crossing.kp_to_km) })
      : corridor.t("KP {kp}", { kp: kp(crossing.kp_from_km) }));
    if (crossing.angle_deg !== null) parts.push(corridor.t("angle {angle}°", { angle: corridor.number(crossing.angle_deg, 0) }));
    if (crossing.leg_km !== null) parts.push(corridor.t("drawn by a straight leg of {length} km", { length: corridor.number(crossing.leg_km, 1) }));
    parts.push(corridor.t(crossing.provenance));
    return parts.join(", ");
  };

  return { crossings, name, ranksOf, strip };
})();
