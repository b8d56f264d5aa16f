"""Hazard curves of a source model at sites, for several site classes."""

from __future__ import annotations

import numpy as np

from pipeline.config.seismic import SeismicSection
from pipeline.geo import Floats
from pipeline.hazards.seismic.ground_motion import Branch, Site, logic_tree
from pipeline.hazards.seismic.hazard import distance_weights, rates_by_distance
from pipeline.hazards.seismic.recurrence import magnitude_bins
from pipeline.hazards.seismic.sources import PointSources

# Levels of the curves: 2 mg to 5 g, 30 to a decade and more than any model reaches.
LEVELS_G = np.geomspace(2e-3, 5.0, 52)
# Epicentral distances of the rate tables: 1 km apart near the source, wider with distance.
_DISTANCE_STEPS_KM = ((40.0, 1.0), (100.0, 2.0), (1e9, 5.0))


def hazard_curves(
    sources: list[PointSources], x_km: Floats, y_km: Floats, vs30_m_s: list[float], section: SeismicSection
) -> Floats:
    """Return exceedance rates at sites.

    Parameters
    ----------
    sources : list of PointSources
        All earthquake sources.
    x_km, y_km : ndarray, shape (n,)
        Sites, km in the corridor's CRS.
    vs30_m_s : list of float
        Site classes.
    section : SeismicSection
        Logic tree and resolution.

    Returns
    -------
    ndarray, shape (sources, classes, n, levels)
        Rates a year of exceeding ``LEVELS_G``.
    """
    distances, ln_levels = _distances(section.maximum_distance_km), np.log(LEVELS_G)
    finite = section.rupture == "finite"
    trees: dict[tuple[float, str, float], tuple[Branch, ...]] = {}
    result = np.zeros((len(sources), len(vs30_m_s), len(x_km), len(LEVELS_G)))
    for index, source in enumerate(sources):
        magnitudes, rates = magnitude_bins(
            source.rate_per_yr, source.b_value, source.mmin, source.mmax,
            bin_width=section.magnitude_bin, minimum=section.minimum_magnitude,
        )  # fmt: skip
        weights = distance_weights(source.x_km, source.y_km, source.share, x_km, y_km, distances)
        for which, vs30 in enumerate(vs30_m_s):
            table = np.zeros((len(distances), len(LEVELS_G)))
            for depth_km, weight in source.depths:
                key = (depth_km, source.mechanism, vs30)
                if key not in trees:
                    models = section.deep_models if depth_km > section.deep_below_km else section.crustal_models
                    site = Site(vs30, section.vs30_source, section.slab_region)
                    trees[key] = logic_tree(
                        models, depth_km=depth_km, mechanism=source.mechanism, site=site, finite=finite
                    )
                table += weight * rates_by_distance(
                    magnitudes, rates, distances, ln_levels, trees[key],
                    truncation=section.sigma_truncation, strikes=section.strikes if finite else 0,
                )  # fmt: skip
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
