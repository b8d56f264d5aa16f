// The rules of the pipeline that the page runs too: strikes by depth, acceptance, the ladder, zones, totals. Pure: no
// page, no state. NaN is "not assessed", as in the pipeline; tests/vectors holds both to the same numbers.
"use strict";
corridor.rules = (function () {
  // The allowances for round-off of burial/target.py and burial/zones.py.
  const ROUND_OFF_M = 1e-9;
  const ROUND_OFF_KM = 1e-9;
  const TOLD_M = 1e-3; // depths are told in whole millimetres: one may be told on the other side of a depth beside it

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

  // Anchor strikes at a depth, from the rate at each of rising depths (the first 0); between them the shallower counts.
  function anchorStrike(depth_m, depths_m, rateAt, traffic) {
    if (blank(depth_m)) return NaN;
    return traffic * rateAt(Math.max(below(depths_m, depth_m + ROUND_OFF_M, true) - 1, 0));
  }

  // Fishing gear strikes down to its penetration, and nothing below; gear of unknown reach strikes at every depth.
  function fishingStrike(depth_m, surface_per_km_yr, gear_m) {
    if (blank(depth_m)) return NaN;
    return depth_m > (blank(gear_m) ? Infinity : gear_m) ? 0 * surface_per_km_yr : surface_per_km_yr;
  }

  // ---- Acceptance ----

  // A tolerance of the whole route is shared along it in the same way, whatever its amount.
  const limitAt = (limit_per_km_yr, tolerance_per_yr, default_per_yr) => limit_per_km_yr * (tolerance_per_yr / default_per_yr);

  // Critical rates are codes, even in the logarithm of limit over traffic, whose code is `one` at the defaults: what is
  // tolerated and sails now, against then, gives the code that a critical rate must exceed.
  const threshold = (critical, speed, tolerated, traffic) => critical.one[speed] + Math.log(tolerated / traffic) / critical.step;

  // A required depth between the depths that it does and does not exceed, by their codes; beyond the last, the last.
  // Between two it is interpolated, for drawing alone: no decision rests on it.
  //   own   {depth_m, at}: what it is at one threshold, where that is known (else NaN)
  //   tail  what codes that fall for good, to none, are taken to fall by
  function requiredDepth(depths_m, codeAt, at, own, tail) {
    let count = 0;
    while (count < depths_m.length && codeAt(count) > at) count += 1;
    if (count === 0) return 0;
    if (count === depths_m.length) return depths_m[count - 1];
    let over = { depth_m: depths_m[count - 1], at: codeAt(count - 1) };
    let under = { depth_m: depths_m[count], at: codeAt(count) };
    const inside = own.depth_m > 0 && own.depth_m >= over.depth_m - TOLD_M && own.depth_m <= under.depth_m + TOLD_M;
    const between = inside && own.at < over.at && own.at >= under.at;
    if (between && at >= own.at) under = own;
    if (between && at < own.at) over = own;
    const share = (over.at - at) / Math.min(over.at - under.at, tail);
    return over.depth_m + (under.depth_m - over.depth_m) * Math.min(share, 1);
  }

  // ---- The ladder ----

  // The target depth of one place and what governs it.
  //   place   exceeds   tells whether the depth required against anchors exceeds 0, and what each step holds; null: not assessed
  //           leads     whether it is no less than that against fishing
  //           floor_m step  depth required against fishing, and its place among the steps; NaN: not assessed
  //           least_m wet
  //   rule    steps_m (0 and the ladder), allowance_m (tolerance and mobility)
  function target(place, rule) {
    const { exceeds, floor_m, least_m } = place;
    const last = rule.steps_m.length - 1;
    const known = exceeds !== null || !blank(floor_m);
    if (!place.wet || (!known && least_m === 0)) return { dol_m: NaN, beyond: false, governing: "" };
    if (!known) return { dol_m: least_m, beyond: false, governing: "minimum" };
    let count = 0;
    while (exceeds !== null && count <= last && exceeds(count)) count += 1;
    const step = rule.steps_m[Math.max(Math.min(count, last), floor_m > 0 ? place.step : 0)];
    const beyond = count > last || (floor_m > 0 && floor_m + rule.allowance_m - rule.steps_m[last] - ROUND_OFF_M > 0);
    const dol_m = Math.max(step, least_m);
    const threat = !(floor_m > 0) || (exceeds !== null && place.leads) ? "anchor" : "fishing";
    return { dol_m, beyond, governing: dol_m === 0 ? "none" : step >= least_m ? threat : "minimum" };
  }

  const deficit = (target_m, achievable_m) => Math.max(target_m - achievable_m, 0);

  // The heaviest type, which is kept for deficits, wherever burial falls short; none on dry land.
  const cableRank = (rank, wet, deficit_m, heaviest) => (!wet ? 0 : deficit_m > 0 ? heaviest : rank);

  // ---- Zones (burial/zones.py, step by step) ----

  const outranks = (one, other) => one.depth - other.depth || one.cable - other.cable;
  const alike = (one, other) => one.depth === other.depth && one.cable === other.cable;

  function pieces(ends, edges_km, depth, cable) {
    const found = { depth: new Int16Array(ends.length - 1).fill(-1), cable: new Int16Array(ends.length - 1) };
    for (let station = 0; station < depth.length; station += 1) {
      const first = below(ends, edges_km[station] + ROUND_OFF_KM, true) - 1;
      const last = below(ends, edges_km[station + 1] - ROUND_OFF_KM, false) - 1;
      for (let piece = first; piece <= last; piece += 1) {
        found.depth[piece] = Math.max(found.depth[piece], depth[station]);
        found.cable[piece] = Math.max(found.cable[piece], cable[station]);
      }
    }
    return found;
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
  //   edges_km      ends of the pieces of cable that the stations stand for
  //   depth, cable  ranks of each station: larger is deeper, or heavier; -1 and 0 where none is decided
  function zones(edges_km, depth, cable, rounding_km, minimum_km) {
    const route_km = edges_km[edges_km.length - 1];
    const count = Math.max(Math.ceil(route_km / rounding_km - 1e-6), 1);
    const ends = Array.from({ length: count }, (_, at) => Math.round(at * rounding_km * 1e9) / 1e9);
    ends.push(route_km);
    const length = (run) => ends[run.stop] - ends[run.start];
    const ranks = pieces(ends, edges_km, depth, cable);
    const runs = [];
    for (let start = 0, stop = 0; start < count; start = stop) {
      const run = { start, depth: ranks.depth[start], cable: ranks.cable[start] };
      for (stop = start; stop < count && ranks.depth[stop] === run.depth && ranks.cable[stop] === run.cable;) stop += 1;
      runs.push({ ...run, stop });
    }
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

  // The zone of each kilometre post; a boundary belongs to the zone after it.
  function zonesAt(found, kps_km) {
    const starts = found.map((zone) => zone.kp_from_km);
    return Array.from(kps_km, (kp_km) => Math.min(Math.max(below(starts, kp_km + ROUND_OFF_KM, true) - 1, 0), found.length - 1));
  }

  // ---- Totals ----

  // A rate added up along the cable; what is not assessed adds nothing, and NaN where nothing is.
  function perYear(rate_per_km_yr, length_km) {
    let sum = NaN;
    for (let i = 0; i < length_km.length; i += 1) sum = add(sum, rate_per_km_yr[i] * length_km[i]);
    return sum;
  }

  function kmWhere(length_km, holds) {
    let sum = 0;
    for (let i = 0; i < length_km.length; i += 1) if (holds(i)) sum += length_km[i];
    return Math.round(sum * 1e6) / 1e6;
  }

  // The word that holds along most kilometres; of equals the first of the alphabet, and "" where there is none.
  function longest(words, length_km) {
    const km = new Map();
    words.forEach((word, i) => { if (word) km.set(word, (km.get(word) || 0) + length_km[i]); });
    const ordered = Array.from(km).sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
    return ordered.length ? ordered[0][0] : "";
  }

  // Kilometres by target depth: [depth, km], shallow first.
  function kmByDepth(target_m, length_km) {
    const depths = Array.from(new Set(Array.from(target_m).filter((depth) => !blank(depth)))).sort((one, other) => one - other);
    return depths.map((depth) => [depth, kmWhere(length_km, (i) => target_m[i] === depth)]);
  }

  function totals(stations, length_km) {
    return {
      strike_per_yr_surface_laid: perYear(stations.surface_per_km_yr, length_km),
      strike_per_yr_at_target: perYear(stations.at_target_per_km_yr, length_km),
      strike_per_yr_as_trenchable: perYear(stations.residual_per_km_yr, length_km),
      dol_km: kmByDepth(stations.target_m, length_km),
      undecided_km: kmWhere(length_km, (i) => blank(stations.target_m[i])),
      deficit_km: kmWhere(length_km, (i) => stations.deficit_m[i] > 0),
      above_ladder_km: kmWhere(length_km, (i) => stations.beyond[i]),
    };
  }

  return {
    add, anchorStrike, below, blank, cableRank, deficit, fishingStrike, kmByDepth, larger, limitAt, longest,
    perYear, requiredDepth, smaller, target, threshold, totals, zones, zonesAt,
  };
})();
