"""Positions of one synthetic ship over a period: voyages back and forth on its lane, and stays in port."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.spatial import cKDTree

from pipeline.synth import CRS
from pipeline.synth.fleet import Ship
from pipeline.synth.lanes import ANCHORAGES, OPEN_WATER, PORTS, Lane

Floats = NDArray[np.float64]

KNOT_M_S = 1852.0 / 3600.0
HARBOUR_KN = 5.5
"""Speed in the last stretch before a port, knots."""
HARBOUR_M = 6000.0
"""Length of that stretch, metres."""
UNDER_WAY, AT_ANCHOR, MOORED, FISHING = 0, 1, 5, 7


@dataclass(frozen=True)
class Reporting:
    """How often ships report.

    Attributes
    ----------
    interval_s : float
        Near the corridor.
    thin : int
        Elsewhere one report in so many is kept; the gap stays below half an hour.
    near_m : float
        How far "near" reaches from the route.
    berth_s : float
        At the berth.
    anchor_s : float
        At anchor.
    """

    interval_s: float = 480.0
    thin: int = 3
    near_m: float = 20_000.0
    berth_s: float = 21_600.0
    anchor_s: float = 1650.0


def ship_positions(
    ship: Ship, lane: Lane, near: cKDTree, *, seed: int, period_s: float, reporting: Reporting
) -> pd.DataFrame:
    """Return the reports of one ship.

    Parameters
    ----------
    ship : Ship
        The ship.
    lane : Lane
        Its lane.
    near : cKDTree
        Points of the cable route, projected metres, a few kilometres apart.
    seed : int
        Draws are keyed by (seed, MMSI).
    period_s : float
        Length of the period, seconds.
    reporting : Reporting
        How often it reports.

    Returns
    -------
    DataFrame
        ``second lon lat sog_kn cog_deg heading_deg draught_m status``, in time order.
    """
    rng = np.random.default_rng([seed, ship.mmsi])
    mean_kn, spread_kn = ship.service.speed_kn
    count = int(period_s / (lane.length_m / (mean_kn * KNOT_M_S) + 0.6 * 3600.0 * ship.service.stay_h)) + 3
    speed = np.clip(rng.normal(mean_kn, spread_kn, count), mean_kn - 2.0, mean_kn + 2.0) * KNOT_M_S
    slow = HARBOUR_KN * KNOT_M_S if mean_kn > HARBOUR_KN else mean_kn * 0.7 * KNOT_M_S
    harbour_m = min(HARBOUR_M, lane.length_m / 4.0)
    sailing = 2.0 * harbour_m / slow + (lane.length_m - 2.0 * harbour_m) / speed
    stay = np.maximum(rng.gamma(4.0, ship.service.stay_h / 4.0, count) * 3600.0, 4.0 * 3600.0)
    start = np.concatenate([[0.0], np.cumsum(sailing + stay)[:-1]]) - rng.uniform(0.0, sailing[0] + stay[0])
    forward = (np.arange(count) + int(rng.integers(2))) % 2 == 0
    parts = [
        _under_way(ship, lane, near, rng, start, sailing, speed, slow, harbour_m, forward, reporting),
        _in_port(ship, lane, rng, start + sailing, stay, forward, reporting),
    ]
    reports = pd.concat(parts, ignore_index=True)
    reports = reports[(reports["second"] >= 0) & (reports["second"] < period_s)]
    return reports.sort_values("second", kind="stable").drop_duplicates("second").reset_index(drop=True)


def _under_way(
    ship: Ship, lane: Lane, near: cKDTree, rng: np.random.Generator, start: Floats, sailing: Floats, speed: Floats,
    slow: float, harbour_m: float, forward: NDArray[np.bool_], reporting: Reporting,
) -> pd.DataFrame:  # fmt: skip
    count = len(start)
    steps = (sailing / reporting.interval_s).astype(np.int64) + 1
    voyage = np.repeat(np.arange(count), steps)
    k = np.arange(len(voyage)) - np.repeat(np.cumsum(steps) - steps, steps)
    elapsed = np.clip((k + rng.uniform(-0.25, 0.25, len(k))) * reporting.interval_s, 0.0, sailing[voyage])
    v, total, slow_s = speed[voyage], sailing[voyage], harbour_m / slow
    leaving, arriving = elapsed < slow_s, elapsed > total - slow_s
    done = np.where(
        leaving, elapsed * slow,
        np.where(arriving, lane.length_m - (total - elapsed) * slow, harbour_m + (elapsed - slow_s) * v),
    )  # fmt: skip
    along = np.where(forward[voyage], done, lane.length_m - done)
    # Ships keep to starboard of the lane's middle, each voyage on a line of its own that wanders slowly.
    keep_right = np.where(forward, 0.5, -0.5)
    own = np.clip(rng.normal(keep_right, 0.8, count), -2.2, 2.2)[voyage]
    phase = rng.uniform(0.0, 2.0 * np.pi, count)[voyage]
    wave_m = rng.uniform(50e3, 140e3, count)[voyage]
    sigmas = own + 0.25 * np.sin(2.0 * np.pi * along / wave_m + phase)
    x, y = lane.positions(along, sigmas)
    ahead_x, ahead_y = lane.positions(along + np.where(forward[voyage], 200.0, -200.0), sigmas)
    at_end = (along < 200.0) | (along > lane.length_m - 200.0)
    course = np.degrees(np.arctan2(ahead_x - x, ahead_y - y))
    course = np.where(at_end, 0.0, course) + rng.normal(0.0, 1.0, len(k))
    sog = np.where(leaving | arriving, slow, v) / KNOT_M_S + rng.normal(0.0, 0.15, len(k))
    draught = np.round(ship.draught_m * np.where(rng.random(count) < 0.55, 1.0, 0.72), 1)
    close = np.isfinite(near.query(np.column_stack([x, y]), distance_upper_bound=reporting.near_m)[0])
    keep = close | (k % reporting.thin == 0)
    status = FISHING if ship.service.label == "FISHING" else UNDER_WAY
    second = np.round(start[voyage] + elapsed).astype(np.int64)
    return _frame(
        second[keep], x[keep], y[keep], np.maximum(sog, 0.0)[keep], course[keep] % 360.0, draught[voyage][keep], status
    )


def _in_port(
    ship: Ship, lane: Lane, rng: np.random.Generator, arrival: Floats, stay: Floats, forward: NDArray[np.bool_],
    reporting: Reporting,
) -> pd.DataFrame:  # fmt: skip
    """Report from an hour after arrival to an hour before departure: at anchor first, then at the berth."""
    to_xy = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
    waiting_share = rng.uniform(0.0, 0.5, len(stay))
    frames = []
    for anchored in (True, False):
        begin = arrival + 3600.0 + (0.0 if anchored else 1.0) * waiting_share * stay
        end = np.where(anchored, arrival + waiting_share * stay, arrival + stay) - 3600.0
        interval = reporting.anchor_s if anchored else reporting.berth_s
        steps = np.maximum(((end - begin) / interval).astype(np.int64), 0)
        call = np.repeat(np.arange(len(stay)), steps)
        k = np.arange(len(call)) - np.repeat(np.cumsum(steps) - steps, steps)
        second = np.round(begin[call] + (k + rng.uniform(0.0, 0.05, len(k))) * interval).astype(np.int64)
        x, y = np.zeros(len(call)), np.zeros(len(call))
        riding = np.full(len(call), anchored)
        for port, here in ((lane.end, forward[call]), (lane.start, ~forward[call])):
            lon, lat = ANCHORAGES.get(port, PORTS[port]) if anchored else PORTS[port]
            port_x, port_y = to_xy.transform(lon, lat)
            x, y = np.where(here, port_x, x), np.where(here, port_y, y)
            riding |= here & (port in OPEN_WATER)
        place = rng.normal(0.0, 1.0, (2, len(stay)))[:, call] * np.where(riding, 700.0, 60.0)
        swing = rng.normal(0.0, 1.0, (2, len(call))) * np.where(riding, 60.0, 4.0)
        sog = np.abs(rng.normal(0.0, 1.0, len(call))) * np.where(riding, 0.15, 0.02)
        cog = rng.uniform(0.0, 360.0, len(call))
        draught = np.full(len(call), ship.draught_m)
        status = np.where(riding, AT_ANCHOR, MOORED)
        frames.append(_frame(second, x + place[0] + swing[0], y + place[1] + swing[1], sog, cog, draught, status))
    return pd.concat(frames, ignore_index=True)


def _frame(
    second: NDArray[np.int64],
    x: Floats,
    y: Floats,
    sog: Floats,
    cog: Floats,
    draught: Floats,
    status: int | NDArray[np.int64],
) -> pd.DataFrame:
    lon, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    heading = np.round(cog) % 360.0
    return pd.DataFrame(
        {
            "second": second, "lon": np.round(lon, 5), "lat": np.round(lat, 5), "sog_kn": np.round(sog, 1),
            "cog_deg": np.round(cog, 1) % 360.0, "heading_deg": heading.astype(np.int64), "draught_m": draught,
            "status": np.broadcast_to(status, len(second)),
        }
    )  # fmt: skip
