// Decides the whole route anew, as the burial step does, from what that embedded (pipeline/whatif says how it is packed).
"use strict";
corridor.decider = function ({ meta, arrays }) {
  const rules = corridor.rules;
  const count = meta.stations;
  const speeds = meta.speeds_kn.length;
  const steps = meta.steps_m.length;
  const STALE = ["tool", "above_ladder_m", "protection", "return_period_yr"];
  const INDICES = 256;
  const BLANK_INDEX = 255;
  const BLANK_RATE = 65535;
  const NO_SHIFT = 32768;
  const M_PER_MM = 1e-3;

  const edges_km = new Float64Array(count + 1);
  for (let i = 0; i < count; i += 1) edges_km[i + 1] = edges_km[i] + arrays.length_km[i];
  edges_km[count] = arrays.kp_km[count - 1];
  const pieces = rules.inPieces(edges_km, meta.rounding_km);

  // Single precision would turn what a step just holds into more than it holds.
  const allowance_m = Float64Array.from(arrays.mobility_m, (value) => meta.tolerance_m + Math.round(value * 1e6) / 1e6);

  // Depths by their index, NaN where there is none; and the index that tells the strikes at each depth of the ladder.
  const listed = (values) => Float64Array.from({ length: INDICES }, (_, at) => (at < values.length && at !== BLANK_INDEX ? values[at] : NaN));
  const depths_m = listed(meta.depths_m);
  const gears_m = listed(meta.fishing_levels_m);
  const telling = new Map(meta.depths_m.concat(meta.steps_m).map((depth_m) => [depth_m, rules.tellingDepth(depth_m, meta.depths_m)]));

  const row = (array, at) => array.subarray(at * count, (at + 1) * count);
  // Rates by their codes, of one speed.
  const ratesOf = new Map();
  function rates(speed) {
    if (!ratesOf.has(speed)) {
      const found = Float64Array.from({ length: BLANK_RATE + 1 }, (_, code) => Math.exp(meta.rate.log_least[speed] + meta.rate.step * code));
      found[0] = 0;
      found[BLANK_RATE] = NaN;
      ratesOf.set(speed, found);
    }
    return ratesOf.get(speed);
  }
  const plain = (values) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));

  // Where the knots of each curve begin.
  const knotsFrom = new Uint32Array(arrays.required_knots.length + 1);
  arrays.required_knots.forEach((knots, at) => { knotsFrom[at + 1] = knotsFrom[at] + knots; });
  const curves = arrays.required_knots.length / meta.percentiles.length;

  // Tolerance and traffic of settings {surface, speed, strikes_per_yr, traffic_growth_pct}, as shares of the default ones.
  const tolerated = (settings) => settings.strikes_per_yr / meta.default.strikes_per_yr;
  const traffic = (settings) => (100 + settings.traffic_growth_pct) / (100 + meta.default.traffic_growth_pct);

  // What stations are, but for the required depths.
  function alongAt(settings) {
    const { surface, speed } = settings;
    const variant = surface * speeds + speed;
    const grown = traffic(settings);
    const at = rules.threshold(meta.critical, speed, tolerated(settings), grown);
    const overLimit = rules.threshold(meta.critical, meta.default.speed, tolerated(settings), 1);
    const ofLevel = (name) => row(arrays[name], surface);
    const [fishing, fishingCritical, gear] = ["fishing", "fishing_critical", "gear_penetration"].map(ofLevel);
    const [floor, floorStep] = ["fishing_floor", "fishing_step"].map(ofLevel);
    const [pelagic, pelagicStep] = ["pelagic_floor", "pelagic_step"].map(ofLevel);
    const [least, achievable, cable] = ["least", "achievable", "cable"].map(ofLevel);
    const leads = row(arrays.critical_fishing, variant);
    const [ofAnchors, ofBoats] = [rates(speed), rates(meta.default.speed)];
    const [critical, strikes] = [arrays.critical, arrays.strikes];
    const firstCritical = variant * steps * count;
    const firstStrikes = variant * meta.depths_m.length * count;
    const change_m = meta.surfaces[surface].change_m;

    const numbers = () => new Float64Array(count).fill(NaN);
    const found = {
      water_depth_m: numbers(), target_m: numbers(), achievable_m: numbers(), deficit_m: numbers(), fishing_per_km_yr: numbers(),
      anchor_per_km_yr: numbers(), surface_per_km_yr: numbers(), at_target_per_km_yr: numbers(), residual_per_km_yr: numbers(),
      floor_m: numbers(), governing: new Array(count), cable: new Int16Array(count), beyond: new Uint8Array(count),
    };
    const place = { exceeded: -1, leads: false, floor_m: NaN, step: 0, least_m: 0, wet: false, allowance_m: 0 };
    const decided = { dol_m: NaN, beyond: false, governing: "" };
    for (let i = 0; i < count; i += 1) {
      const depth = arrays.water_depth_m[i] + change_m;
      const bare = strikes[firstStrikes + i];
      const over = fishingCritical[i] > overLimit;
      place.wet = depth > 0;
      place.exceeded = bare === BLANK_RATE ? -1 : rules.exceeded(critical, firstCritical + i, count, steps, at);
      place.leads = leads[i] > at;
      place.floor_m = gears_m[over ? pelagic[i] : floor[i]];
      place.step = over ? pelagicStep[i] : floorStep[i];
      place.least_m = place.wet ? depths_m[least[i]] : 0;
      place.allowance_m = allowance_m[i];
      rules.target(place, meta.steps_m, decided);
      const target_m = decided.dol_m;
      const reach_m = depths_m[achievable[i]];
      const laid_m = Math.min(target_m, reach_m);
      const gear_m = gears_m[gear[i]];
      const boats = ofBoats[fishing[i]];
      const anchors = grown * ofAnchors[bare];
      const deficit_m = rules.deficit(target_m, reach_m);
      found.water_depth_m[i] = depth;
      found.target_m[i] = target_m;
      found.governing[i] = decided.governing;
      found.beyond[i] = decided.beyond ? 1 : 0;
      found.achievable_m[i] = reach_m;
      found.deficit_m[i] = deficit_m;
      found.cable[i] = rules.cableRank(cable[i], place.wet, deficit_m, meta.deficit_cable);
      found.fishing_per_km_yr[i] = boats;
      found.anchor_per_km_yr[i] = anchors;
      if (place.wet) {
        found.surface_per_km_yr[i] = rules.add(anchors, boats);
        found.floor_m[i] = place.floor_m;
      }
      if (target_m >= 0) {
        const struck = grown * ofAnchors[strikes[firstStrikes + telling.get(target_m) * count + i]];
        found.at_target_per_km_yr[i] = rules.add(struck, rules.fishingStrike(target_m, boats, gear_m));
      }
      if (laid_m >= 0) {
        const struck = grown * ofAnchors[strikes[firstStrikes + telling.get(laid_m) * count + i]];
        found.residual_per_km_yr[i] = rules.add(struck, rules.fishingStrike(laid_m, boats, gear_m));
      }
    }
    return found;
  }

  // The required depths of a percentile, from curves of anchors and the floor of fishing.
  function requiredAt(settings, p, along) {
    const variant = settings.surface * speeds + settings.speed;
    const { step, one, speed, zero } = meta.required;
    const from = Math.log(tolerated(settings) / traffic(settings)) / step - speed[settings.speed] + NO_SHIFT;
    const [curve, shift] = [row(arrays.required_curve, variant), row(arrays.required_shift, variant)];
    const strikes = row(arrays.strikes, variant * meta.depths_m.length);
    const [start, place, depth_mm] = [arrays.required_start, arrays.required_place, arrays.required_mm];
    const found = new Float64Array(count).fill(NaN);
    for (let i = 0; i < count; i += 1) {
      if (!(along.water_depth_m[i] > 0)) continue;
      let by_anchors_m = NaN;
      if (strikes[i] !== BLANK_RATE) {
        const number = p * curves + curve[i];
        const ratio = from - shift[i];
        by_anchors_m = start[number] > one + ratio ?
          rules.onCurve(place, depth_mm, knotsFrom[number], knotsFrom[number + 1], ratio + zero) * M_PER_MM : 0;
      }
      found[i] = rules.larger(by_anchors_m, along.floor_m[i]);
    }
    return found;
  }

  function zonesOf(along, p90) {
    const targets = rules.kmByDepth(along.target_m, arrays.length_km).map(([depth]) => depth);
    const ranked = new Map(targets.map((depth, rank) => [depth, rank]));
    const ranks = Int16Array.from(along.target_m, (depth) => (Number.isNaN(depth) ? -1 : ranked.get(depth)));
    const cut = rules.zones(pieces, ranks, along.cable, meta.minimum_km);
    const zoneOf = rules.zonesAt(cut, arrays.kp_km);
    let stop = 0;
    return cut.map((zone, number) => {
      const first = stop;
      while (stop < count && zoneOf[stop] === number) stop += 1;
      let [required_m, reach_m, shallow_m, deep_m] = [NaN, NaN, NaN, NaN];
      for (let i = first; i < stop; i += 1) {
        required_m = rules.larger(required_m, p90[i]);
        reach_m = rules.smaller(reach_m, along.achievable_m[i]);
        shallow_m = rules.smaller(shallow_m, along.water_depth_m[i]);
        deep_m = rules.larger(deep_m, along.water_depth_m[i]);
      }
      const target_m = zone.depth < 0 ? NaN : targets[zone.depth];
      const perYear = (values) => rules.perYear(values, arrays.length_km, first, stop);
      return {
        zone_id: number + 1, kp_from_km: zone.kp_from_km, kp_to_km: zone.kp_to_km, length_km: zone.kp_to_km - zone.kp_from_km,
        target_m, required_m, achievable_m: reach_m, deficit_m: rules.deficit(target_m, reach_m),
        governing: rules.longest(along.governing, arrays.length_km, first, stop), cable: meta.cables[zone.cable],
        water_depth_min_m: shallow_m, water_depth_max_m: deep_m,
        surface_per_yr: perYear(along.surface_per_km_yr), residual_per_yr: perYear(along.residual_per_km_yr),
      };
    });
  }

  // Properties that are worked out when they are first read: few parts of the page read all of them.
  function lazy(makers) {
    const found = {};
    for (const [name, make] of Object.entries(makers)) {
      const keep = (value) => { Object.defineProperty(found, name, { value, enumerable: true }); return value; };
      Object.defineProperty(found, name, { get: () => keep(make()), enumerable: true, configurable: true });
    }
    return found;
  }

  return function (settings) {
    const along = alongAt(settings);
    const required = lazy(Object.fromEntries(meta.percentiles.map((percentile, p) => [percentile, () => requiredAt(settings, p, along)])));
    const zones = zonesOf(along, required[90]);
    const columns = lazy({
      water_depth_m: () => plain(along.water_depth_m), target_dol_m: () => plain(along.target_m), achievable_dol_m: () => plain(along.achievable_m),
      deficit_m: () => plain(along.deficit_m), residual_strike_per_km_yr: () => plain(along.residual_per_km_yr),
      anchor_strike_per_km_yr: () => plain(along.anchor_per_km_yr), fishing_strike_per_km_yr: () => plain(along.fishing_per_km_yr),
      governing: () => along.governing.map((word) => (word === "" ? null : word)), cable_type: () => Array.from(along.cable, (rank) => meta.cables[rank] || null),
      ...Object.fromEntries(meta.percentiles.map((percentile) => ["required_dol_p" + percentile + "_m", () => plain(required[percentile])])),
    });
    const totals = { ...rules.totals(along, arrays.length_km), zones: zones.length };
    return { settings, columns, zones: zones.map(corridor.zoneShown), totals, stale: STALE };
  };
};
