"""Earthquake sources as points with rates, whether they come from zones or from a smoothed catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from pipeline.config.seismic import SeismicSection
from pipeline.geo import Floats, Grid
from pipeline.hazards.seismic.decluster import mainshocks
from pipeline.hazards.seismic.recurrence import complete_since, weichert
from pipeline.hazards.seismic.smoothing import smooth_rates
from pipeline.hazards.seismic.zones import Zone

_CATALOGUE_STEP_KM = 10.0


@dataclass(frozen=True, eq=False)
class PointSources:
    """Point sources that share one recurrence law.

    Attributes
    ----------
    name : str
        For people.
    x_km, y_km : ndarray, shape (n,)
        Place in the corridor's projected CRS, kilometres.
    share : ndarray, shape (n,)
        Part of the rate at each point; adds up to 1.
    rate_per_yr, b_value, mmin, mmax : float
        Truncated Gutenberg-Richter law of all points together.
    depths : tuple of (km, weight)
        Depth branches.
    mechanism : str
        ``SS``, ``RV``, ``NM`` or ``U``.
    """

    name: str
    x_km: Floats
    y_km: Floats
    share: Floats
    rate_per_yr: float
    b_value: float
    mmin: float
    mmax: float
    depths: tuple[tuple[float, float], ...]
    mechanism: str

    def scaled(self, factor: float) -> PointSources:
        """Return the sources with all rates times a factor."""
        return PointSources(**{**vars(self), "rate_per_yr": self.rate_per_yr * factor})


def from_zone(zone: Zone, crs: str, spacing_km: float) -> PointSources:
    """Return a zone as equal points on a square grid; a zone smaller than the grid is one point."""
    outline = gpd.GeoSeries([shapely.segmentize(zone.polygon, 0.1)], crs="EPSG:4326").to_crs(crs).iloc[0]
    west, south, east, north = np.array(outline.bounds) / 1000.0
    x, y = np.meshgrid(_centres(west, east, spacing_km), _centres(south, north, spacing_km))
    inside = shapely.contains_xy(outline, x.ravel() * 1000.0, y.ravel() * 1000.0)
    x_km, y_km = x.ravel()[inside], y.ravel()[inside]
    if not len(x_km):
        point = outline.representative_point()
        x_km, y_km = np.array([point.x / 1000.0]), np.array([point.y / 1000.0])
    return PointSources(
        zone.name, x_km, y_km, np.full(len(x_km), 1.0 / len(x_km)), zone.rate_per_yr, zone.b_value, zone.mmin,
        zone.mmax, tuple(zip(zone.depths_km, zone.depth_weights, strict=True)), zone.mechanism,
    )  # fmt: skip


def _centres(low: float, high: float, step: float) -> Floats:
    return np.asarray(np.arange(np.floor(low / step), np.ceil(high / step)) * step + step / 2.0, float)


def from_catalogue(
    events: pd.DataFrame, grid: Grid, section: SeismicSection, last_year: float
) -> tuple[PointSources | None, dict[str, Any]]:
    """Return smoothed seismicity and what was made of the catalogue.

    Parameters
    ----------
    events : DataFrame
        As ``read_catalogue`` returns them.
    grid : Grid
        The analysis grid; events within ``maximum_distance_km`` of it count.
    section : SeismicSection
        Completeness, declustering, smoothing and b.
    last_year : float
        End of the observation, decimal year.

    Returns
    -------
    tuple
        Sources (None where no complete mainshock lies in reach) and counts for the facts.
    """
    x, y = Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True).transform(
        events["lon_deg"].to_numpy(float), events["lat_deg"].to_numpy(float)
    )
    west, south, east, north = (value / 1000.0 for value in grid.bounds)
    reach = section.maximum_distance_km
    px, py = np.asarray(x) / 1000.0, np.asarray(y) / 1000.0
    # Far events project to infinity: they fail the comparison, as they should.
    near = (px >= west - reach) & (px <= east + reach) & (py >= south - reach) & (py <= north + reach)
    mw, year = events["mw"].to_numpy(float), events["year"].to_numpy(float)
    main = mainshocks(*(events[key].to_numpy(float) for key in ("time_s", "lon_deg", "lat_deg", "mw")))
    main = main if section.decluster else np.ones(len(events), dtype=bool)
    since = complete_since(mw, section.completeness)
    smallest = max(section.minimum_magnitude, min(limit for limit, _ in section.completeness))
    used = near & main & (year >= since) & (mw >= smallest - 1e-9)
    counts: dict[str, Any] = {
        "events_read": len(events), "events_in_reach": int(near.sum()), "mainshocks_in_reach": int((near & main).sum()),
        "events_complete": int(used.sum()), "b_value": None, "rate_per_yr": None,
    }  # fmt: skip
    if not used.any():
        return None, counts
    magnitudes, years = mw[used], last_year - since[used]
    rate, b_value, fitted = _recurrence(magnitudes, years, smallest, section, last_year)
    mmax = max(float(mw[near].max()) + section.mmax_margin, section.mmax_floor)
    counts |= {"b_value": round(b_value, 4), "b_fitted": fitted, "rate_per_yr": rate, "mmin": smallest, "mmax": mmax}
    step = _CATALOGUE_STEP_KM
    cx, cy = np.meshgrid(_centres(west - reach, east + reach, step), _centres(south - reach, north + reach, step))
    counted = np.zeros(cx.shape)
    col = np.clip(np.floor(px[used] / step).astype(int) - int(np.floor(cx[0, 0] / step)), 0, cx.shape[1] - 1)
    row = np.clip(np.floor(py[used] / step).astype(int) - int(np.floor(cy[0, 0] / step)), 0, cx.shape[0] - 1)
    np.add.at(counted, (row, col), 1.0 / years)
    smoothed = smooth_rates(cx, cy, counted, section.smoothing_km)
    share = (smoothed / smoothed.sum()).ravel()
    sources = PointSources(
        "smoothed catalogue", cx.ravel(), cy.ravel(), share, rate, b_value, smallest, mmax,
        section.catalogue_depths_km, "U",
    )  # fmt: skip
    return sources, counts


def _recurrence(
    magnitudes: Floats, years: Floats, smallest: float, section: SeismicSection, last_year: float
) -> tuple[float, float, bool]:
    """Return rate from the smallest magnitude up, b, and whether b was fitted (else it is the default).

    Magnitudes count at the centres of their bins, as Weichert's formula has them: a catalogue rounded to tenths states
    the lower ends, half a bin below, which would raise b by some 14 percent.
    """
    width = section.catalogue_bin
    index = np.floor((magnitudes - smallest) / width + 1e-6).clip(min=0.0)
    bins = np.asarray(smallest + width * (np.arange(int(index.max()) + 1) + 0.5), np.float64)
    magnitudes = bins[index.astype(np.int64)]
    bin_years = last_year - complete_since(bins, section.completeness)
    if len(magnitudes) >= section.events_for_b:
        try:
            b_value, rate = weichert(magnitudes, bins, bin_years)
        except ValueError:
            pass  # magnitudes do not bound b: the default stands, and the facts say so
        else:
            return rate, b_value, True
    weight = 10.0 ** (-section.default_b * (bins - bins[0]))
    rate = len(magnitudes) * float(weight.sum()) / float(np.sum(bin_years * weight))
    return rate, section.default_b, False
