"""Anchorages: the waters where ships have anchored, from their stops (METHODS 1.10)."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.hazards.shipping.stops import ANCHORED

ANCHORAGES = ("anchorage", "ship_hours", "stops", "ships", "kp_km", "offset_m", "geometry")


def anchorages(stops: pd.DataFrame, crs: str, buffer_m: float, kind: str = ANCHORED) -> gpd.GeoDataFrame:
    """Return the anchorages that stops make.

    Parameters
    ----------
    stops : DataFrame
        ``STOPS``, or more columns.
    crs : str
        Projected CRS of ``x_m`` and ``y_m``.
    buffer_m : float
        Around each place, metres; around one that swung further, its radius.
    kind : str
        Which stops: those of ships at anchor, or ``"moored"`` for berths.

    Returns
    -------
    GeoDataFrame
        ``ANCHORAGES`` in order of KP and place, numbered from 0: ship-hours, stops and different ships in each, and KP
        and offset of the stop nearest to the route. Places whose circles touch are one anchorage. Which anchorage a
        stop lies in, says ``anchorage_of``.
    """
    some = stops[stops["kind"] == kind].sort_values(["kp_km", "offset_m", "ship", "start_us"], kind="stable")
    if not len(some):
        return gpd.GeoDataFrame({name: [] for name in ANCHORAGES}, geometry="geometry", crs=crs)
    # Ships come back to the same places: one circle for those within a few metres, the widest of them.
    cell = np.round(some[["x_m", "y_m"]].to_numpy() / (buffer_m / 20.0)).astype(np.int64)
    radius = np.maximum(some["radius_m"].to_numpy(), buffer_m)
    widest = pd.DataFrame(
        {"col": cell[:, 0], "row": cell[:, 1], "x": some["x_m"].to_numpy(), "y": some["y_m"].to_numpy(), "r": radius}
    ).sort_values(["col", "row", "r", "x", "y"], kind="stable")
    widest = widest.drop_duplicates(["col", "row"], keep="last")
    circles = shapely.buffer(shapely.points(widest["x"], widest["y"]), widest["r"].to_numpy(), quad_segs=16)
    areas = np.asarray(shapely.get_parts(shapely.union_all(circles)))
    own = anchorage_of(some, areas)
    table = some.assign(area=own, hours=some["end_us"] - some["start_us"], away=some["offset_m"].abs())
    nearest = table.sort_values(["area", "away", "kp_km", "ship", "start_us"], kind="stable").drop_duplicates("area")
    by = table.groupby("area")
    found = gpd.GeoDataFrame(
        {
            "ship_hours": (by["hours"].sum() / HOUR_US).to_numpy(), "stops": by.size().to_numpy(),
            "ships": by["ship"].nunique().to_numpy(), "kp_km": nearest["kp_km"].to_numpy(),
            "offset_m": nearest["offset_m"].to_numpy(),
        },
        geometry=areas[nearest["area"].to_numpy()], crs=crs,
    )  # fmt: skip
    found = found.sort_values(["kp_km", "offset_m"], kind="stable", ignore_index=True)
    found.insert(0, "anchorage", np.arange(len(found)))
    return found[list(ANCHORAGES)]


def anchorage_of(stops: pd.DataFrame, areas: np.ndarray) -> np.ndarray:
    """Return the index of the area that each stop lies in or nearest to; areas do not overlap."""
    tree = shapely.STRtree(areas)
    return np.asarray(tree.nearest(shapely.points(stops["x_m"], stops["y_m"])), dtype=np.int64)
