"""Hazard by blocks of nodes: what can be computed anywhere and in any order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from pipeline.geo import Floats
from pipeline.hazards.seismic.assessment import Assessment
from pipeline.hazards.seismic.curves import LEVELS_G, RateTables, hazard_curves
from pipeline.hazards.seismic.hazard import return_level
from pipeline.store import Facts, FilePart, StepContext

RETURN_PERIODS_YR = (475.0, 2475.0)
_MOTION, _RATES = "pga_g.npy", "rates_per_yr.npy"
_TOGETHER = 256  # nodes whose curves are held at once


def sizes(context: StepContext) -> Sequence[float]:
    """Return, for each node along the route, how many points of sources lie in its reach; nothing without sources."""
    made = Assessment.of(context)
    if not made.found.points:
        return ()
    at = np.column_stack([made.nodes.x_km, made.nodes.y_km])[made.order]
    pairs = np.zeros(len(at))
    for source in made.found.points:
        points = cKDTree(np.column_stack([source.x_km, source.y_km]))
        pairs += points.query_ball_point(at, made.section.maximum_distance_km, return_length=True)
    return [float(count) for count in pairs]


def run(context: StepContext) -> Facts:
    """Write the ground motion of a block of nodes, and how often each source brings what is exceeded at them."""
    made = Assessment.of(context)
    tables = RateTables(made.vs30_m_s, made.section)
    rock = made.vs30_m_s.index(made.section.rock_vs30_m_s)
    first, end = context.block
    motion: list[Floats] = []
    rates: list[Floats] = []
    for start in range(first, end, _TOGETHER):
        nodes = made.order[start : min(start + _TOGETHER, end)]
        curves = hazard_curves(tables, made.found.points, made.nodes.x_km[nodes], made.nodes.y_km[nodes])
        pga_g = _motion_g(curves.sum(axis=0))
        level = np.maximum(np.searchsorted(LEVELS_G, pga_g[:, 0, rock]) - 1, 0)
        motion.append(pga_g)
        rates.append(curves[:, rock, np.arange(len(nodes)), level].T)
    np.save(context.out / _MOTION, np.concatenate(motion))
    np.save(context.out / _RATES, np.concatenate(rates))
    return {}


def joined(blocks: Sequence[FilePart], made: Assessment) -> tuple[Floats, Floats]:
    """Put blocks together.

    Returns
    -------
    pga_g : ndarray, shape (nodes, return periods, site classes)
        Peak ground acceleration, g.
    rates_per_yr : ndarray, shape (nodes, sources)
        How often each source makes the acceleration of 475 years on rock exceeded, at the level of the curves below it.
    """
    return _joined(blocks, _MOTION, made), _joined(blocks, _RATES, made)


def _joined(blocks: Sequence[FilePart], name: str, made: Assessment) -> Floats:
    along = np.concatenate([np.load(Path(part.folder) / name) for part in blocks])
    result = np.empty_like(along)
    result[made.order] = along
    return result


def _motion_g(rates_per_yr: Floats) -> Floats:
    """Return the accelerations of the return periods from curves by site class, shape (nodes, periods, classes)."""
    return np.stack(
        [
            np.stack([return_level(LEVELS_G, curve, period) for period in RETURN_PERIODS_YR], axis=1)
            for curve in rates_per_yr
        ],
        axis=2,
    )
