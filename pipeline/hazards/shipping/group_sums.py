"""Ship-time around places, added up group by group over the ships that float there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from pipeline.geo import Floats, Ints
from pipeline.hazards.shipping.alike import Alike
from pipeline.hazards.shipping.depth_modifier import least_depth_m
from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.hazards.shipping.ship_time import ShipTime
from pipeline.hazards.shipping.spread import Spread
from pipeline.hazards.shipping.threat import Threat


def group_sums(
    alike: Alike,
    parts: Iterable[ShipTime],
    threat: Threat,
    spread: Spread,
    depth_m: Floats,
    weights: Floats,
    reads: Ints,
    years: float,
) -> Iterator[tuple[int, Ints, Floats]]:
    """Yield, group by group, the places where its ships are and float, and their smoothed sums there.

    Cost is linear in the rows of ship-time, and in the places around each group's ships; memory is a part's.

    Parameters
    ----------
    alike : Alike
        The fleet in groups.
    parts : iterable of ShipTime
        By its ranks.
    threat : Threat
        Draughts.
    spread : Spread
        Smoothing.
    depth_m : ndarray, shape (places,)
        Water depth; nothing is told of places that are dry or unknown.
    weights : ndarray, shape (ships, layers)
        What an hour of each ship counts.
    reads : ndarray of int, shape (places, values)
        Which layers are read at each place.
    years : float
        What the ship-time covers.

    Yields
    ------
    group : int
    place : ndarray of int
        From shallow to deep.
    sums : ndarray, shape (len(place), values)
        Weighted ship-hours per km2 and year.
    """
    from pipeline.hazards.shipping.sweep import sweep

    ranked = np.ascontiguousarray(alike.ranked(weights), dtype=np.float64)
    floats_from_m = alike.ranked(least_depth_m(threat.draught_m, threat.section))
    wet = np.flatnonzero(depth_m > 0.0)
    order = wet[np.argsort(depth_m[wet], kind="stable")]
    field = np.empty((spread.slots, ranked.shape[1]))
    home, used = np.full(len(depth_m), -1, dtype=np.int32), np.full(spread.slots, -1, dtype=np.int32)
    near = home.copy()
    at_place, sums = np.empty(len(depth_m), dtype=np.int64), np.empty(reads.shape)
    per_hour = 1.0 / (HOUR_US * years * spread.area_km2)
    for time in parts:
        for group in time.groups:
            ships = alike.first[group : group + 2]
            if time.first[ships[0]] == time.first[ships[1]]:
                continue
            found = sweep(
                ships, time.first, time.place, time.time_us, ranked, floats_from_m, spread.smear, spread.gather,
                spread.back, order, depth_m, reads, field, group, home, used, near, at_place, sums,
            )  # fmt: skip
            place = at_place[:found].copy()
            yield group, place, sums[:found] * per_hour[place, None]
