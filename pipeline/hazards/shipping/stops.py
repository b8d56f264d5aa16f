"""Stops: where, when and how ships anchored or moored near the route (METHODS 1.10)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pyproj import Transformer

from pipeline.config.ais import AisSection
from pipeline.geo import Route
from pipeline.hazards.shipping.coarse import Coarse
from pipeline.hazards.shipping.located import locate
from pipeline.hazards.shipping.tables import STOPS, shaped
from pipeline.hazards.shipping.tracks import Voyages

ANCHORED, MOORED = "anchored", "moored"
_RADIUS_SHARE = 0.95  # of the reports of a stop; the rest may be errors of position


def stops(sailed: Voyages, route: Route, coarse: Coarse, section: AisSection, to_xy: Transformer) -> pd.DataFrame:
    """Return the stops within ``stop_reach_m`` of the route.

    Returns
    -------
    DataFrame
        ``STOPS`` in order of ship and start. The place is the median of the reports, the radius holds 95 percent of
        them. A stop is moored if more reports say moored than at anchor; all others are at anchor. No table of
        berths is read and status is set by hand: what is not known counts as routine anchoring, which is cautious.
    """
    from pipeline.hazards.shipping.stop_kernels import far_away, places

    reports, first, last = sailed.reports, sailed.stop_first, sailed.stop_last
    far = np.empty(len(first), np.bool_)
    far_away(
        sailed.order, reports.lon, reports.lat, first, last, section.stop_reach_m, coarse.west_deg, coarse.south_deg,
        coarse.step_deg, coarse.least_m, coarse.metres_per_m, far,
    )  # fmt: skip
    first, last = first[~far], last[~far]
    found, said = np.empty((len(first), 3)), np.zeros((len(first), 2), np.int64)
    places(sailed.order, reports.lon, reports.lat, reports.status, first, last, _RADIUS_SHARE, found, said)
    lon, lat, radius = found.T.copy()
    x, y = (np.asarray(axis) for axis in to_xy.transform(lon, lat))
    place = locate(route, x, y)
    anchored = said[:, 0] >= said[:, 1]
    table = pd.DataFrame(
        {
            "ship": reports.ship[sailed.order[first]], "start_us": reports.time_us[sailed.order[first]],
            "end_us": reports.time_us[sailed.order[last]], "x_m": x, "y_m": y, "lon": lon, "lat": lat,
            "radius_m": radius, "reports": last - first + 1, "kind": np.where(anchored, ANCHORED, MOORED),
            "kp_km": np.round(place.kp_km, 6), "offset_m": place.offset_m,
        }
    )  # fmt: skip
    table = table[np.abs(place.offset_m) <= section.stop_reach_m]
    return shaped(table.sort_values(["ship", "start_us"], kind="stable", ignore_index=True), STOPS)
