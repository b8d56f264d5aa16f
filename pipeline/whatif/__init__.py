"""What the page needs to decide anew: the pipeline's own curves at other levels of the sea and other drop speeds.

Layout of ``whatif.npz`` and ``whatif.json``, which the page gets packed as ``corridor.unpack("whatif-data")``: a
promise of ``{meta, arrays}``. All stations are in it, in their order; the station is the last axis of every array, so
that ``arrays.critical.subarray(row * n, (row + 1) * n)`` is one row along the route; but for ``required_start`` and
what follows it, which are told by curve. n stations, S levels of the sea, V drop speeds, variant w = s * V + v; P = 3
percentiles; K steps, 0 among them; D depths that strikes are told at; C curves.

``meta``::

    stations            n
    default             {surface, speed: indices; strikes_per_yr, traffic_growth_pct, percentile}
    surfaces            [{change_m, level_m, label}]: the label is that of a [water] scenario, or ""
    speeds_kn           [V numbers]
    strike_years        [least, most]: years between strikes on the whole route that the page may ask for
    traffic_growth_pct  [least, most]
    percentiles         [10, 50, 90]
    steps_m             [0, *ladder]
    depths_m            [D numbers]: 0, ladder, least depths, achievable depths
    tolerance_m         installation tolerance (in mobility_m, too, is what bedforms ask for)
    fishing_levels_m    depths that fishing_floor, pelagic_floor and gear_penetration point into
    cables              types from light to heavy; deficit_cable: rank of the one where burial falls short
    route_km, rounding_km, minimum_km   of ``burial.zones.make_zones``
    assessed            {anchors, fishing}
    critical            {step, one: [V numbers]}
    required            {step, one, speed: [V numbers], zero, within_m, within_pct}
    rate                {step, log_least: [V numbers]}

``arrays``::

    kp_km, length_km, limit_per_km_yr   float64 (n): limit at the default acceptance
    water_depth_m       float64 (n): depth at the default level, NaN unknown; depth at level s is water_depth_m +
                        surfaces[s].change_m, and wet is > 0
    mobility_m          float32 (n)
    critical            uint16 (S*V, K, n): of the percentile that decides
    required_curve      uint32 (S*V, n): curve of the depths required against anchors; 0 where none ever is
    required_shift      uint16 (S*V, n)
    required_start, required_knots   uint16 (P, C): where a curve begins, and how many knots it has
    required_place, required_mm      uint16: of all knots, percentile by percentile and curve by curve
    critical_fishing    uint16 (S*V, n)
    strikes             uint16 (S*V, D, n): anchor strikes at depths_m, 1/km/yr, as rates
    fishing             uint16 (S, n): fishing strikes on a surface-laid cable, as rates
    fishing_critical    uint16 (S, n)
    fishing_floor, pelagic_floor, gear_penetration   uint8 (S, n): index into fishing_levels_m; 255 not assessed
    fishing_step, pelagic_step                       uint8 (S, n): their index into steps_m; 255 not assessed
    least, achievable   uint8 (S, n): index into depths_m; 255 on dry land
    cable               uint8 (S, n): rank in cables where burial does not fall short; 0 on dry land

Rates: code 0 is none, 65535 not assessed, else ``exp(rate.log_least[v] + rate.step * code)`` per km and year at the
default growth; fishing takes ``log_least[default.speed]``. Anchor strikes are in proportion to traffic: times g, with
g = (100 + growth) / (100 + default growth). Fishing is not.

Critical rates: a = tolerated strikes a year / default.strikes_per_yr, and every limit is in proportion to it. With
``t = critical.one[v] + Math.log(a / g) / critical.step`` the required depth of the percentile that decides exceeds the
k-th depth of its station if, and only if, ``critical[w, k] > t``. Depth 0 is the surface; depth k is what step k holds:
x = steps_m[k] - tolerance_m - mobility_m, at least 0. So the ladder step is 0 where not critical[w, 0] > t, else the
first k > 0 whose code is not > t, else the last; and critical[w, L] > t says that the ladder is exceeded. It is exact
at the default, and elsewhere to half of ``step`` in the logarithm of a / g.

Required depths, for drawing: with ``r = Math.log(a / g) / required.step - required.speed[v] - (required_shift[w] -
32768)`` nothing is required of percentile p where not ``required_start[p, c] > required.one + r``, c being the
station's curve. Elsewhere it is the depth of the curve at place ``r + required.zero``: places of its
knots fall and their depths rise, between two of them the depth is interpolated, and beyond the ends it is that of the
end. At the default it is the pipeline's own to half a millimetre, elsewhere within ``[whatif] required_within_m`` or
``required_within_pct`` of that, but where it falls so fast that a step of the limit decides (docs/limits.md).

``critical_fishing[w] > t``: the required depth against anchors is no less than that against fishing (they are never
compared where fishing asks for 0); ``fishing_critical[s] > critical.one[default.speed] + Math.log(a) / critical.step``:
strikes by pelagic gear exceed the limit, so pelagic_floor and pelagic_step count instead of fishing_floor and _step.
Anchors are not assessed at a station where its code in strikes is 65535, fishing where its code in fishing is.
"""
