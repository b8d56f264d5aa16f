"""Anchorages as they are published: areas with ship-hours and classes, and no ship."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pipeline.hazards.shipping.anchorages import anchorage_of, anchorages
from pipeline.hazards.shipping.stops import ANCHORED

COLUMNS = {
    "anchorage": "int64", "kp_km": "float64", "offset_m": "float64", "area_km2": "float64",
    "ship_hours_per_yr": "float64", "stops_per_yr": "float64", "ships": "int64", "dwt_class_mostly": "str",
    "dwt_class_largest": "str",
}  # fmt: skip
_WGS84, _DECIMALS = "EPSG:4326", 7


def classed_anchorages(
    stops: pd.DataFrame, crs: str, buffer_m: float, order: list[str], years: float
) -> gpd.GeoDataFrame:
    """Return anchorages with the deadweight classes that lie there.

    Parameters
    ----------
    stops : DataFrame
        ``STOPS`` and ``dwt_class``.
    crs : str
        Projected CRS of their places.
    buffer_m : float
        Around each place, metres.
    order : list of str
        Classes, smallest first.
    years : float
        What the stops cover.

    Returns
    -------
    GeoDataFrame
        ``COLUMNS`` and areas in WGS84, in order of KP. Of classes with equal hours the larger is told.
    """
    found = anchorages(stops, crs, buffer_m)
    areas = found.geometry.to_numpy()
    if not len(found):
        return no_anchorages()
    own = stops[stops["kind"] == ANCHORED]
    rank = pd.Categorical(own["dwt_class"], order).codes
    hours_us = np.zeros((len(found), len(order)), np.int64)
    np.add.at(hours_us, (anchorage_of(own, areas), rank), (own["end_us"] - own["start_us"]).to_numpy())
    last = len(order) - 1
    mostly, largest = last - hours_us[:, ::-1].argmax(axis=1), last - (hours_us[:, ::-1] > 0).argmax(axis=1)
    label = np.array(order, dtype=object)
    table = found.assign(
        area_km2=shapely.area(areas) / 1e6,
        ship_hours_per_yr=found["ship_hours"] / years,
        stops_per_yr=found["stops"] / years,
        dwt_class_mostly=label[mostly],
        dwt_class_largest=label[largest],
    ).to_crs(_WGS84)
    table.geometry = shapely.set_precision(table.geometry.to_numpy(), 10.0**-_DECIMALS)
    return table[[*COLUMNS, "geometry"]].astype(COLUMNS)


def no_anchorages() -> gpd.GeoDataFrame:
    """Return the table without rows."""
    empty = {name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()}
    return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=_WGS84))
