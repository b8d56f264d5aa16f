// Decides the whole route anew, as the burial step does, from what that embedded (pipeline/whatif says how it is packed).
"use strict";
corridor.decider = function ({ meta, arrays }) {
  const rules = corridor.rules;
  const count = meta.stations;
  const speeds = meta.speeds_kn.length;
  const steps = meta.steps_m.length;
  const STALE = ["tool", "above_ladder_m", "protection", "return_period_yr"];
  const BLANK_INDEX = 255;
  const BLANK_RATE = 65535;
  const TAIL = 2 / meta.drawn.step;

  const edges_km = new Float64Array(count + 1);
  for (let i = 0; i < count; i += 1) edges_km[i + 1] = edges_km[i] + arrays.length_km[i];
  edges_km[count] = arrays.kp_km[count - 1];

  // Single precision would turn what a step just holds into more than it holds.
  const mobility_m = Float64Array.from(arrays.mobility_m, (value) => Math.round(value * 1e6) / 1e6);

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
  const listed = (values, index) => (index === BLANK_INDEX ? NaN : values[index]);
  const plain = (values) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));

  // What stations are, by settings {surface, speed, strikes_per_yr, traffic_growth_pct}.
  function alongAt(settings) {
    const { surface, speed } = settings;
    const variant = surface * speeds + speed;
    const tolerated = settings.strikes_per_yr / meta.default.strikes_per_yr;
    const traffic = (100 + settings.traffic_growth_pct) / (100 + meta.default.traffic_growth_pct);
    const at = rules.threshold(meta.critical, speed, tolerated, traffic);
    const overLimit = rules.threshold(meta.critical, meta.default.speed, tolerated, 1);
    const toDraw = rules.threshold(meta.drawn, speed, tolerated, traffic);
    const chosen = meta.steps_m.map((_, k) => row(arrays.critical, variant * steps + k));
    const drawn = meta.percentiles.map((_, p) =>
      meta.drawn_m.map((_, z) => row(arrays.drawn, (variant * meta.percentiles.length + p) * meta.drawn_m.length + z)));
    const own = meta.percentiles.map((_, p) => row(arrays.required_mm, surface * meta.percentiles.length + p));
    const strikes = meta.depths_m.map((_, depth) => row(arrays.strikes, variant * meta.depths_m.length + depth));
    const ofLevel = (name) => row(arrays[name], surface);
    const [fishing, fishingCritical, gear] = ["fishing", "fishing_critical", "gear_penetration"].map(ofLevel);
    const [floor, floorStep] = ["fishing_floor", "fishing_step"].map(ofLevel);
    const [pelagic, pelagicStep] = ["pelagic_floor", "pelagic_step"].map(ofLevel);
    const [least, achievable, cable] = ["least", "achievable", "cable"].map(ofLevel);
    const leads = row(arrays.critical_fishing, variant);
    const [ofAnchors, ofBoats] = [rates(speed), rates(meta.default.speed)];

    const numbers = () => new Float64Array(count).fill(NaN);
    const found = {
      water_depth_m: numbers(), target_m: numbers(), achievable_m: numbers(), deficit_m: numbers(), fishing_per_km_yr: numbers(),
      anchor_per_km_yr: numbers(), surface_per_km_yr: numbers(), at_target_per_km_yr: numbers(), residual_per_km_yr: numbers(),
      required_m: meta.percentiles.map(numbers), governing: new Array(count), cable: new Int16Array(count), beyond: new Uint8Array(count),
    };
    for (let i = 0; i < count; i += 1) {
      const depth = arrays.water_depth_m[i] + meta.surfaces[surface].change_m;
      const wet = depth > 0;
      const anchors = strikes[0][i] !== BLANK_RATE;
      const over = fishingCritical[i] > overLimit;
      const floor_m = listed(meta.fishing_levels_m, (over ? pelagic : floor)[i]);
      const decided = rules.target({
        exceeds: anchors ? (k) => chosen[k][i] > at : null, leads: leads[i] > at,
        floor_m, step: (over ? pelagicStep : floorStep)[i], least_m: wet ? listed(meta.depths_m, least[i]) : 0, wet,
      }, { steps_m: meta.steps_m, allowance_m: meta.tolerance_m + mobility_m[i] });
      const reach_m = listed(meta.depths_m, achievable[i]);
      const gear_m = listed(meta.fishing_levels_m, gear[i]);
      const boats = ofBoats[fishing[i]];
      const anchorsAt = (depth_m) => rules.anchorStrike(depth_m, meta.depths_m, (d) => ofAnchors[strikes[d][i]], traffic);
      const strikesAt = (depth_m) => rules.add(anchorsAt(depth_m), rules.fishingStrike(depth_m, boats, gear_m));
      found.water_depth_m[i] = depth;
      found.target_m[i] = decided.dol_m;
      found.governing[i] = decided.governing;
      found.beyond[i] = decided.beyond ? 1 : 0;
      found.achievable_m[i] = reach_m;
      found.deficit_m[i] = rules.deficit(decided.dol_m, reach_m);
      found.cable[i] = rules.cableRank(cable[i], wet, found.deficit_m[i], meta.deficit_cable);
      found.fishing_per_km_yr[i] = boats;
      found.anchor_per_km_yr[i] = anchorsAt(0);
      found.surface_per_km_yr[i] = wet ? rules.add(anchorsAt(0), boats) : NaN;
      found.at_target_per_km_yr[i] = strikesAt(decided.dol_m);
      found.residual_per_km_yr[i] = strikesAt(Math.min(decided.dol_m, reach_m));
      if (!wet) continue;
      for (let p = 0; p < drawn.length; p += 1) {
        const byAnchors = anchors ? rules.requiredDepth(meta.drawn_m, (z) => drawn[p][z][i], toDraw,
          { depth_m: own[p][i] / 1000, at: meta.drawn.one[meta.default.speed] }, TAIL) : NaN;
        found.required_m[p][i] = rules.larger(byAnchors, floor_m);
      }
    }
    return found;
  }

  function zonesOf(along) {
    const targets = rules.kmByDepth(along.target_m, arrays.length_km).map(([depth]) => depth);
    const ranks = Array.from(along.target_m, (depth) => (Number.isNaN(depth) ? -1 : targets.indexOf(depth)));
    const cut = rules.zones(edges_km, ranks, along.cable, meta.rounding_km, meta.minimum_km);
    const members = cut.map(() => []);
    rules.zonesAt(cut, arrays.kp_km).forEach((zone, i) => members[zone].push(i));
    const p90 = along.required_m[meta.percentiles.indexOf(90)];
    return cut.map((zone, number) => {
      const inside = members[number];
      const target_m = zone.depth < 0 ? NaN : targets[zone.depth];
      const over = (values, fold) => inside.reduce((most, i) => fold(most, values[i]), NaN);
      const perYear = (values) => rules.perYear(inside.map((i) => values[i]), inside.map((i) => arrays.length_km[i]));
      const reach_m = over(along.achievable_m, rules.smaller);
      const residual = perYear(along.residual_per_km_yr);
      return {
        zone_id: number + 1, kp_from_km: zone.kp_from_km, kp_to_km: zone.kp_to_km, length_km: zone.kp_to_km - zone.kp_from_km,
        target_m, required_m: over(p90, rules.larger), achievable_m: reach_m, deficit_m: rules.deficit(target_m, reach_m),
        governing: rules.longest(inside.map((i) => along.governing[i]), inside.map((i) => arrays.length_km[i])), cable: meta.cables[zone.cable],
        water_depth_min_m: over(along.water_depth_m, rules.smaller), water_depth_max_m: over(along.water_depth_m, rules.larger),
        surface_per_yr: perYear(along.surface_per_km_yr), residual_per_yr: residual,
      };
    });
  }

  return function (settings) {
    const along = alongAt(settings);
    const zones = zonesOf(along);
    const columns = {
      water_depth_m: plain(along.water_depth_m), target_dol_m: plain(along.target_m), achievable_dol_m: plain(along.achievable_m),
      deficit_m: plain(along.deficit_m), residual_strike_per_km_yr: plain(along.residual_per_km_yr),
      anchor_strike_per_km_yr: plain(along.anchor_per_km_yr), fishing_strike_per_km_yr: plain(along.fishing_per_km_yr),
      governing: along.governing.map((word) => (word === "" ? null : word)), cable_type: Array.from(along.cable, (rank) => meta.cables[rank] || null),
    };
    meta.percentiles.forEach((percentile, p) => { columns["required_dol_p" + percentile + "_m"] = plain(along.required_m[p]); });
    const totals = { ...rules.totals(along, arrays.length_km), zones: zones.length };
    return { settings, columns, zones: zones.map(corridor.zoneShown), totals, stale: STALE };
  };
};
