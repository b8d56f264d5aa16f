// What the page's rules make of a vector; null stands for what is not assessed.
"use strict";
corridor.vectors = (function () {
  const rules = corridor.rules;
  const number = (value) => (value === null ? NaN : value);
  const blank = (value) => (Number.isNaN(value) ? null : value);
  function strikes(given, expected) {
    const rateAt = (depth) => number(expected.rates_per_km_yr[depth]);
    return {
      rates_per_km_yr: expected.rates_per_km_yr,
      strikes_per_km_yr: given.depth_m.map((depth) => {
        const byAnchor = rules.anchorStrike(number(depth), given.depths_m, rateAt, given.growth);
        const byGear = rules.fishingStrike(number(depth), number(given.fishing_per_km_yr), number(given.gear_m));
        return [byAnchor, byGear, rules.add(byAnchor, byGear)].map(blank);
      }),
    };
  }

  // Critical rates as codes, as the page has them.
  const CODES = { one: [20000], step: 5e-4 };
  const code = (rate, limit) => (rate > 0 ? CODES.one[0] + Math.log(rate / limit) / CODES.step : 0);

  function acceptance(given, expected) {
    const own = given.acceptance.route_strikes_per_yr;
    const limits = given.asked.map((asked) =>
      expected.default_limit_per_km_yr.map((limit) => rules.limitAt(limit, asked.tolerance_per_yr, own)));
    return {
      limit_per_km_yr: limits,
      default_limit_per_km_yr: expected.default_limit_per_km_yr,
      critical_per_km_yr: expected.critical_per_km_yr,
      exceeds: given.asked.map((asked) => expected.critical_per_km_yr.map((rates) => {
        const at = rules.threshold(CODES, 0, asked.tolerance_per_yr / own, asked.growth);
        const codes = rates.map((rate) => code(rate, expected.default_limit_per_km_yr[0]));
        const flags = codes.map((critical) => critical > at);
        // What is drawn lies above each depth that is exceeded (beyond the last of all it is that), and not above the rest.
        const drawn = rules.requiredDepth(given.depths_m, (k) => codes[k], at, { depth_m: NaN, at: 0 }, 2 / CODES.step);
        const last = given.depths_m.length - 1;
        const between = flags.every((flag, k) => (flag ? drawn > given.depths_m[k] || (k === last && drawn === given.depths_m[k]) : drawn <= given.depths_m[k]));
        return between ? flags : "drawn at " + drawn;
      })),
    };
  }

  function ladder(given, expected) {
    const found = { ...expected, dol_m: [], governing: [], beyond: [], deficit_m: [], cable: [] };
    const steps = [0, ...given.burial.ladder_m];
    given.places.forEach((place, i) => {
      const wet = place.water_depth_m > 0;
      const chosen = rules.target({
        exceeds: expected.exceeds[i] && ((k) => expected.exceeds[i][k]), leads: expected.leads[i], floor_m: number(expected.floor_m[i]), step: expected.fishing_step[i],
        least_m: expected.least_m[i], wet,
      }, { steps_m: steps, allowance_m: given.burial.tolerance_m + expected.mobility_m[i] });
      const deficit = rules.deficit(chosen.dol_m, number(place.achievable_m));
      found.dol_m.push(blank(chosen.dol_m));
      found.governing.push(chosen.governing);
      found.beyond.push(chosen.beyond);
      found.deficit_m.push(blank(deficit));
      found.cable.push(rules.cableRank(expected.bare_cable[i], wet, deficit, expected.heaviest));
    });
    return found;
  }

  function merging(given) {
    const zones = rules.zones(given.edges_km, given.depth, given.cable, given.rounding_km, given.minimum_km);
    return {
      zones: zones.map((zone) => [zone.kp_from_km, zone.kp_to_km, zone.depth, zone.cable]),
      zone_of: rules.zonesAt(zones, given.kp_km),
    };
  }

  function totals(given) {
    const column = (name) => given.stations[name].map(number);
    const found = rules.totals({
      surface_per_km_yr: column("surface_strike_per_km_yr"), at_target_per_km_yr: column("target_strike_per_km_yr"),
      residual_per_km_yr: column("residual_strike_per_km_yr"), target_m: column("target_dol_m"),
      deficit_m: column("deficit_m"), beyond: column("above_ladder_m").map((above) => above > 0),
    }, column("length_km"));
    return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, typeof value === "number" ? blank(value) : value]));
  }

  return { strikes, acceptance, ladder, merging, totals };
})();
