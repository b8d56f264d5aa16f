"""Reports of ships at places in metres, and what they sailed, for the tests of motion."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from pyproj import Transformer

from pipeline.hazards.shipping.reports import Reports
from pipeline.hazards.shipping.tracks import segments, voyages
from pipeline.sources.ais.near_part import NO_STATUS
from tests.hazards.shipping_builders import AIS_DEFAULTS, CRS, straight_frame

MINUTE_US = 60_000_000
KN = 1852 / 3600


@lru_cache
def transformers():
    """To projected metres, and back."""
    return (
        Transformer.from_crs("EPSG:4326", CRS, always_xy=True),
        Transformer.from_crs(CRS, "EPSG:4326", always_xy=True),
    )


def origin():
    """Where the straight route begins, metres."""
    x, y = straight_frame().route.xy(np.array([0.0]))
    return float(x[0]), float(y[0])


def reports(
    minutes, x=0.0, y=5000.0, *, sog=9.0, ship=0, status=NO_STATUS, satellite=0, heading=np.nan, draught=np.nan
):
    """Reports at places in metres from the beginning of the straight route, in the order given."""
    minutes = np.asarray(minutes, float)
    x0, y0 = origin()
    lon, lat = transformers()[1].transform(
        x0 + np.broadcast_to(np.asarray(x, float), minutes.shape),
        y0 + np.broadcast_to(np.asarray(y, float), minutes.shape),
    )

    def column(value, kind):
        return np.broadcast_to(np.asarray(value), minutes.shape).astype(kind)

    return Reports(
        column(ship, np.int32), (minutes * MINUTE_US).astype(np.int64), np.asarray(lon), np.asarray(lat),
        column(sog, np.float32), column(heading, np.float32), column(draught, np.float32), column(status, np.uint8),
        column(satellite, np.uint8),
    )  # fmt: skip


def sail(given, section=AIS_DEFAULTS):
    """What ships sailed, and their segments."""
    sailed = voyages(given, section)
    return sailed, segments(sailed, np.flatnonzero(sailed.is_segment), transformers()[0])


def sums_table(sums, columns):
    """Sums by place and ship as a table in the order of both."""
    return pd.DataFrame(sums, columns=list(columns)).sort_values(list(columns)[:2], ignore_index=True)


def run_at(knots, minutes):
    """How far a ship has come, metres."""
    return np.asarray(minutes, float) * 60 * knots * KN
