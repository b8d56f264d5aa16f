"""Hazard curves of a source model at sites, for several site classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.config.seismic import SeismicSection
from pipeline.geo import Floats
from pipeline.hazards.seismic.ground_motion import Site, logic_tree
from pipeline.hazards.seismic.hazard import distance_weights, rates_by_distance
from pipeline.hazards.seismic.recurrence import magnitude_bins
from pipeline.hazards.seismic.sources import PointSources

# Levels of the curves: 2 mg to 5 g, 30 to a decade and more than any model reaches.
LEVELS_G = np.geomspace(2e-3, 5.0, 52)
# Epicentral distances of the rate tables: 1 km apart near the source, wider with distance.
_DISTANCE_STEPS_KM = ((40.0, 1.0), (100.0, 2.0), (1e9, 5.0))


class RateTables:
    """How often sources make levels exceeded at a distance from them, by site class; made when first asked for.

    Parameters
    ----------
    vs30_m_s : sequence of float
        Site classes.
    section : SeismicSection
        Logic tree and resolution.

    Attributes
    ----------
    distances_km : ndarray, shape (distances,)
        Epicentral distances of the tables; sources beyond the last one add nothing.
    """

    def __init__(self, vs30_m_s: Sequence[float], section: SeismicSection) -> None:
        self.vs30_m_s = tuple(vs30_m_s)
        self.distances_km = _distances(section.maximum_distance_km)
        self._section = section
        self._made: dict[PointSources, Floats] = {}

    def of(self, source: PointSources) -> Floats:
        """Return rates a year of exceeding ``LEVELS_G``, shape (classes, distances, levels)."""
        if source not in self._made:
            self._made[source] = self._make(source)
        return self._made[source]

    def _make(self, source: PointSources) -> Floats:
        section, ln_levels = self._section, np.log(LEVELS_G)
        finite = section.rupture == "finite"
        magnitudes, rates = magnitude_bins(
            source.rate_per_yr, source.b_value, source.mmin, source.mmax,
            bin_width=section.magnitude_bin, minimum=section.minimum_magnitude,
        )  # fmt: skip
        tables = np.zeros((len(self.vs30_m_s), len(self.distances_km), len(LEVELS_G)))
        for which, vs30 in enumerate(self.vs30_m_s):
            site = Site(vs30, section.vs30_source, section.slab_region)
            for depth_km, weight in source.depths:
                models = section.deep_models if depth_km > section.deep_below_km else section.crustal_models
                tree = logic_tree(models, depth_km=depth_km, mechanism=source.mechanism, site=site, finite=finite)
                tables[which] += weight * rates_by_distance(
                    magnitudes, rates, self.distances_km, ln_levels, tree,
                    truncation=section.sigma_truncation, strikes=section.strikes if finite else 0,
                )  # fmt: skip
        return tables


def hazard_curves(tables: RateTables, sources: Sequence[PointSources], x_km: Floats, y_km: Floats) -> Floats:
    """Return exceedance rates at sites.

    Parameters
    ----------
    tables : RateTables
        Site classes and rates by distance.
    sources : sequence of PointSources
        All earthquake sources.
    x_km, y_km : ndarray, shape (n,)
        Sites, km in the corridor's CRS.

    Returns
    -------
    ndarray, shape (sources, classes, n, levels)
        Rates a year of exceeding ``LEVELS_G``. No digit depends on which sites are asked for together.
    """
    result = np.zeros((len(sources), len(tables.vs30_m_s), len(x_km), len(LEVELS_G)))
    for index, source in enumerate(sources):
        weights = distance_weights(source.x_km, source.y_km, source.share, x_km, y_km, tables.distances_km)
        if not weights.any():
            continue  # out of reach: its tables need not be made
        for which, table in enumerate(tables.of(source)):
            # Not a matrix product: that adds in an order that depends on the number of threads and of sites.
            for share, rate in zip(weights.T, table, strict=True):
                result[index, which] += share[:, None] * rate
    return result


def _distances(maximum_km: float) -> Floats:
    nodes, at = [0.0], 0.0
    for limit, step in _DISTANCE_STEPS_KM:
        while at < min(limit, maximum_km):
            at = min(at + step, maximum_km)
            nodes.append(at)
    return np.array(nodes)
