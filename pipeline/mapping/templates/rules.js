// The rules of the pipeline that the page runs too: strikes by depth, acceptance, the ladder, zones, totals. Pure: no
// page, no state. NaN is "not assessed", as in the pipeline; tests/vectors holds both to the same numbers.
"use strict";
corridor.rules = (function () {
  // The allowances for round-off of burial/target.py and burial/zones.py.
  const ROUND_OFF_M = 1e-9;
  const ROUND_OFF_KM = 1e-9;

  const blank = Number.isNaN;
  const orZero = (value) => (blank(value) ? 0 : value);
  // The larger of what is known, as numpy.fmax.
  const larger = (one, other) => (blank(one) ? other : blank(other) ? one : Math.max(one, other));
  const smaller = (one, other) => (blank(one) ? other : blank(other) ? one : Math.min(one, other));
  // What is not assessed adds nothing; where neither is, the sum is not.
  const add = (one, other) => (blank(one) && blank(other) ? NaN : orZero(one) + orZero(other));

  // How many of the rising values lie below (or at) a value, as numpy.searchsorted left (or right).
  function below(values, value, orEqual) {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < value || (orEqual && values[middle] === value)) low = middle + 1; else high = middle;
    }
    return low;
  }

  // ---- Strikes against depth ----

  // Which of rising depths (the first 0) tells the anchor strikes at a depth: between two the shallower.
  const tellingDepth = (depth_m, depths_m) => Math.max(below(depths_m, depth_m + ROUND_OFF_M, true) - 1, 0);

  // Fishing gear strikes down to its penetration, and nothing below; gear of unknown reach strikes at every depth.
  function fishingStrike(depth_m, surface_per_km_yr, gear_m) {
    if (blank(depth_m)) return NaN;
    return depth_m > gear_m ? 0 * surface_per_km_yr : surface_per_km_yr;
  }

  // ---- Acceptance ----

  // Critical rates are codes, even in the logarithm of limit over traffic, whose code is `one` at the defaults: what is
  // tolerated and sails now, against then, gives the code that a critical rate must exceed.
  const threshold = (critical, speed, tolerated, traffic) => critical.one[speed] + Math.log(tolerated / traffic) / critical.step;

  // How many depths from the first on a required depth exceeds: their codes lie in an array, `apart` from one another.
  function exceeded(codes, first, apart, count, at) {
    let found = 0;
    while (found < count && codes[first + found * apart] > at) found += 1;
    return found;
  }

  // The depth at a place of a curve of knots, which fall in place and rise in depth; beyond the ends, that of the end.
  function onCurve(places, depths, first, stop, place) {
    let [low, high] = [first, stop];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[middle] > place) low = middle + 1; else high = middle;
    }
    if (low === first) return depths[first];
    if (low === stop) return depths[stop - 1];
    const share = (places[low - 1] - place) / (places[low - 1] - places[low]);
    return depths[low - 1] + (depths[low] - depths[low - 1]) * share;
  }

  // ---- The ladder ----

  // The target depth of one place and what governs it, written into `found`: {dol_m, beyond, governing}.
  //   place   exceeded  how many of 0 and what each step holds are less than the depth required against anchors; -1: not assessed
  //           leads     whether that depth is no less than that against fishing
  //           floor_m step  depth required against fishing, and its place among the steps; NaN: not assessed
  //           least_m wet allowance_m (tolerance and mobility)
  //   steps_m  0 and the ladder
  function target(place, steps_m, found) {
    const { exceeded: count, floor_m, least_m } = place;
    const last = steps_m.length - 1;
    const known = count >= 0 || !blank(floor_m);
    found.beyond = false;
    if (!place.wet || (!known && least_m === 0)) {
      found.dol_m = NaN;
      found.governing = "";
    } else if (!known) {
      found.dol_m = least_m;
      found.governing = "minimum";
    } else {
      const step_m = steps_m[Math.max(Math.min(count, last), floor_m > 0 ? place.step : 0)];
      const threat = !(floor_m > 0) || (count >= 0 && place.leads) ? "anchor" : "fishing";
      found.beyond = count > last || (floor_m > 0 && floor_m + place.allowance_m - steps_m[last] - ROUND_OFF_M > 0);
      found.dol_m = Math.max(step_m, least_m);
      found.governing = found.dol_m === 0 ? "none" : step_m >= least_m ? threat : "minimum";
    }
    return found;
  }

  const deficit = (target_m, achievable_m) => Math.max(target_m - achievable_m, 0);

  // The heaviest type, which is kept for deficits, wherever burial falls short; none on dry land.
  const cableRank = (rank, wet, deficit_m, heaviest) => (!wet ? 0 : deficit_m > 0 ? heaviest : rank);

  // ---- Zones (burial/zones.py, step by step) ----

  const outranks = (one, other) => one.depth - other.depth || one.cable - other.cable;
  const alike = (one, other) => one.depth === other.depth && one.cable === other.cable;

  // The route in pieces of the length that zones are rounded to, and the first and last piece of each station.
  //   edges_km  ends of the pieces of cable that the stations stand for
  function inPieces(edges_km, rounding_km) {
    const route_km = edges_km[edges_km.length - 1];
    const count = Math.max(Math.ceil(route_km / rounding_km - 1e-6), 1);
    const ends = Float64Array.from({ length: count + 1 }, (_, at) => (at < count ? Math.round(at * rounding_km * 1e9) / 1e9 : route_km));
    const stations = edges_km.length - 1;
    const [first, last] = [new Int32Array(stations), new Int32Array(stations)];
    for (let station = 0; station < stations; station += 1) {
      first[station] = below(ends, edges_km[station] + ROUND_OFF_KM, true) - 1;
      last[station] = below(ends, edges_km[station + 1] - ROUND_OFF_KM, false) - 1;
    }
    return { ends, first, last };
  }

  // Runs of pieces of one prescription: the deepest and the heaviest of the stations of each piece.
  function runsOf({ ends, first, last }, depth, cable) {
    const count = ends.length - 1;
    const deepest = new Int16Array(count).fill(-1);
    const heaviest = new Int16Array(count);
    for (let station = 0; station < first.length; station += 1) {
      for (let piece = first[station]; piece <= last[station]; piece += 1) {
        if (depth[station] > deepest[piece]) deepest[piece] = depth[station];
        if (cable[station] > heaviest[piece]) heaviest[piece] = cable[station];
      }
    }
    const runs = [];
    for (let start = 0, stop = 0; start < count; start = stop) {
      for (stop = start + 1; stop < count && deepest[stop] === deepest[start] && heaviest[stop] === heaviest[start];) stop += 1;
      runs.push({ start, stop, depth: deepest[start], cable: heaviest[start] });
    }
    return runs;
  }

  // Runs of equal prescription, of runs that follow one another.
  function joined(runs) {
    const found = [];
    for (const run of runs) {
      const last = found[found.length - 1];
      if (last && alike(last, run)) last.stop = run.stop; else found.push({ ...run });
    }
    return found;
  }

  // A short run deepened to a neighbour, or grown into it with the deeper of both prescriptions.
  function lengthened(runs, short, ends, minimum_km) {
    const own = runs[short];
    const neighbours = [short - 1, short + 1].filter((at) => at >= 0 && at < runs.length);
    const deeper = neighbours.filter((at) => runs[at].depth >= own.depth && runs[at].cable >= own.cable);
    if (deeper.length) {
      const at = deeper.reduce((best, other) => (outranks(runs[other], runs[best]) < 0 ? other : best));
      return { ...own, depth: runs[at].depth, cable: runs[at].cable };
    }
    const chosen = neighbours.reduce((best, other) => (outranks(runs[other], runs[best]) > 0 ? other : best));
    const missing = minimum_km - (ends[own.stop] - ends[own.start]);
    const start = chosen < short ?
      Math.max(runs[chosen].start, below(ends, ends[own.start] - missing + ROUND_OFF_KM, true) - 1) : own.start;
    const stop = chosen < short ? own.stop :
      Math.min(runs[chosen].stop, below(ends, ends[own.stop] + missing - ROUND_OFF_KM, false));
    return { start, stop, depth: Math.max(own.depth, runs[chosen].depth), cable: Math.max(own.cable, runs[chosen].cable) };
  }

  function replaced(runs, now) {
    return joined([
      ...runs.filter((run) => run.start < now.start).map((run) => ({ ...run, stop: Math.min(run.stop, now.start) })),
      now,
      ...runs.filter((run) => run.stop > now.stop).map((run) => ({ ...run, start: Math.max(run.start, now.stop) })),
    ]);
  }

  // Zones of one prescription along the route.
  //   pieces        of inPieces
  //   depth, cable  ranks of each station: larger is deeper, or heavier; -1 and 0 where none is decided
  function zones(pieces, depth, cable, minimum_km) {
    const { ends } = pieces;
    const length = (run) => ends[run.stop] - ends[run.start];
    const runs = runsOf(pieces, depth, cable);
    const lengths = runs.map(length);
    while (runs.length > 1) {
      let short = 0;
      for (let at = 1; at < lengths.length; at += 1) if (lengths[at] < lengths[short]) short = at;
      if (!(lengths[short] < minimum_km - ROUND_OFF_KM)) break;
      const first = Math.max(short - 2, 0); // the run, its neighbours, and theirs: nothing else changes
      const around = runs.slice(first, short + 3);
      const now = replaced(around, lengthened(runs, short, ends, minimum_km));
      runs.splice(first, around.length, ...now);
      lengths.splice(first, around.length, ...now.map(length));
    }
    return runs.map((run) => ({ kp_from_km: ends[run.start], kp_to_km: ends[run.stop], depth: run.depth, cable: run.cable }));
  }

  // The zone of each of rising kilometre posts; a boundary belongs to the zone after it.
  function zonesAt(found, kps_km) {
    const numbers = new Int32Array(kps_km.length);
    for (let i = 0, zone = 0; i < kps_km.length; i += 1) {
      while (zone < found.length - 1 && found[zone + 1].kp_from_km <= kps_km[i] + ROUND_OFF_KM) zone += 1;
      numbers[i] = zone;
    }
    return numbers;
  }

  // ---- Totals ----

  // A rate added up along the cable, from a first place to a last; what is not assessed adds nothing, and NaN where nothing is.
  function perYear(rate_per_km_yr, length_km, first, stop) {
    let sum = NaN;
    for (let i = first; i < stop; i += 1) sum = add(sum, rate_per_km_yr[i] * length_km[i]);
    return sum;
  }

  function kmWhere(length_km, holds) {
    let sum = 0;
    for (let i = 0; i < length_km.length; i += 1) if (holds(i)) sum += length_km[i];
    return Math.round(sum * 1e6) / 1e6;
  }

  // The word that holds along most kilometres from a first place to a last; of equals the first of the alphabet, and ""
  // where there is none.
  function longest(words, length_km, first, stop) {
    const km = new Map();
    for (let i = first; i < stop; i += 1) if (words[i]) km.set(words[i], (km.get(words[i]) || 0) + length_km[i]);
    const ordered = Array.from(km).sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
    return ordered.length ? ordered[0][0] : "";
  }

  // Kilometres by target depth: [depth, km], shallow first.
  function kmByDepth(target_m, length_km) {
    const km = new Map();
    for (let i = 0; i < length_km.length; i += 1) if (!blank(target_m[i])) km.set(target_m[i], (km.get(target_m[i]) || 0) + length_km[i]);
    return Array.from(km, ([depth, sum]) => [depth, Math.round(sum * 1e6) / 1e6]).sort((one, other) => one[0] - other[0]);
  }

  function totals(stations, length_km) {
    return {
      strike_per_yr_surface_laid: perYear(stations.surface_per_km_yr, length_km, 0, length_km.length),
      strike_per_yr_at_target: perYear(stations.at_target_per_km_yr, length_km, 0, length_km.length),
      strike_per_yr_as_trenchable: perYear(stations.residual_per_km_yr, length_km, 0, length_km.length),
      dol_km: kmByDepth(stations.target_m, length_km),
      undecided_km: kmWhere(length_km, (i) => blank(stations.target_m[i])),
      deficit_km: kmWhere(length_km, (i) => stations.deficit_m[i] > 0),
      above_ladder_km: kmWhere(length_km, (i) => stations.beyond[i]),
    };
  }

  return {
    add, below, blank, cableRank, deficit, exceeded, fishingStrike, inPieces, kmByDepth, larger, longest,
    onCurve, perYear, smaller, target, tellingDepth, threshold, totals, zones, zonesAt,
  };
})();
