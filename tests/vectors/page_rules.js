// What the page's rules make of a vector and of what the pipeline embeds for it; null stands for what is not assessed.
"use strict";
corridor.vectors = (function () {
  const rules = corridor.rules;
  const number = (value) => (value === null ? NaN : value);
  const blank = (value) => (Number.isNaN(value) ? null : value);
  function strikes(given, embedded) {
    return {
      strikes_per_km_yr: given.depth_m.map((depth) => {
        const byAnchor = depth === null ? NaN : given.growth * number(embedded.rates_per_km_yr[rules.tellingDepth(depth, given.depths_m)]);
        const byGear = rules.fishingStrike(number(depth), number(given.fishing_per_km_yr), number(given.gear_m));
        return [byAnchor, byGear, rules.add(byAnchor, byGear)].map(blank);
      }),
    };
  }

  function acceptance(given, embedded) {
    const own = given.acceptance.route_strikes_per_yr;
    return {
      exceeded: given.asked.map((asked) => {
        const at = rules.threshold(embedded, 0, asked.tolerance_per_yr / own, asked.growth);
        return embedded.codes.map((codes) => rules.exceeded(codes, 0, 1, codes.length, at));
      }),
    };
  }

  function curves(given) {
    return { depth_mm: given.asked.map((place) => rules.onCurve(given.place, given.depth_mm, 0, given.place.length, place)) };
  }

  function ladder(given, embedded) {
    const found = { dol_m: [], governing: [], beyond: [], deficit_m: [], cable: [] };
    const steps = [0, ...given.burial.ladder_m];
    const chosen = {};
    given.places.forEach((place, i) => {
      const wet = place.water_depth_m > 0;
      rules.target({
        exceeded: embedded.exceeded[i], leads: embedded.leads[i], floor_m: number(embedded.floor_m[i]), step: embedded.fishing_step[i],
        least_m: embedded.least_m[i], wet, allowance_m: embedded.allowance_m[i],
      }, steps, chosen);
      const deficit = rules.deficit(chosen.dol_m, number(place.achievable_m));
      found.dol_m.push(blank(chosen.dol_m));
      found.governing.push(chosen.governing);
      found.beyond.push(chosen.beyond);
      found.deficit_m.push(blank(deficit));
      found.cable.push(rules.cableRank(embedded.bare_cable[i], wet, deficit, embedded.heaviest));
    });
    return found;
  }

  function merging(given) {
    const zones = rules.zones(rules.inPieces(given.edges_km, given.rounding_km), given.depth, given.cable, given.minimum_km);
    return {
      zones: zones.map((zone) => [zone.kp_from_km, zone.kp_to_km, zone.depth, zone.cable]),
      zone_of: Array.from(rules.zonesAt(zones, given.kp_km)),
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

  return { strikes, acceptance, curves, ladder, merging, totals };
})();
