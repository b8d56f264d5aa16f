"""Passages of the cable by station section and deadweight class: how many, how fast, which way, how deep, when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.geo import Floats, Frame
from pipeline.hazards.shipping.exposure import panel_edges_km
from pipeline.hazards.shipping.tables import SECTIONS, shaped

SEASONS = ("djf", "mam", "jja", "son")
"""Three months each, December first."""
WHOLE_YEAR = 0.98
"""A period that is shorter leaves seasons out, which then are not known."""


def section_table(crossings: pd.DataFrame, frame: Frame, order: Sequence[str], years: float) -> pd.DataFrame:
    """Return one row for each station section and class with a passage.

    Parameters
    ----------
    crossings : DataFrame
        ``station time_us speed_kn course_deg draught_m dwt_class``, one row a passage; NaN is not known.
    frame : Frame
        Route and stations.
    order : sequence of str
        Deadweight classes, smallest first.
    years : float
        What the passages cover. Seasons of less than a year are blank: they are not known.

    Returns
    -------
    DataFrame
        ``SECTIONS`` in order of station and class. ``to_right`` counts ships that cross towards the right of one who
        looks along rising KP, ``to_left`` the others; both are blank where no course is known.
    """
    kp = frame.stations["kp_km"].to_numpy()
    bearing = frame.stations["bearing_deg"].to_numpy()[crossings["station"].to_numpy()]
    sideways = np.sin(np.radians(crossings["course_deg"].to_numpy(float) - bearing))
    month = pd.to_datetime(crossings["time_us"], unit="us").dt.month.to_numpy()
    season = month % 12 // 3
    rows = pd.DataFrame(
        {
            "station": crossings["station"].to_numpy(),
            "rank": pd.Categorical(crossings["dwt_class"], list(order), ordered=True).codes,
            "speed_kn": crossings["speed_kn"].to_numpy(float),
            "draught_m": crossings["draught_m"].to_numpy(float),
            "to_right": sideways > 0.0,
            "to_left": sideways <= 0.0,
            **{name: season == number for number, name in enumerate(SEASONS)},
        }
    )
    found = rows.groupby(["station", "rank"], sort=True).agg(
        passages=("speed_kn", "size"), speed_mean_kn=("speed_kn", "mean"),
        draught_mean_m=("draught_m", "mean"), draught_max_m=("draught_m", "max"),
        **{name: (name, "sum") for name in ("to_right", "to_left", *SEASONS)},
    ).reset_index()  # fmt: skip
    edges, station = panel_edges_km(frame), found["station"].to_numpy()
    known = (found["to_right"] + found["to_left"] > 0).to_numpy()
    table = found.assign(
        kp_km=kp[station], kp_from_km=edges[station], kp_to_km=edges[station + 1],
        lon=frame.stations["lon"].to_numpy()[station], lat=frame.stations["lat"].to_numpy()[station],
        dwt_class=np.array(list(order), dtype=object)[found["rank"]],
        passages_per_yr=found["passages"] / years,
        **{f"{name}_per_yr": _blank(found[name] / years, known) for name in ("to_right", "to_left")},
        **{f"{name}_per_yr": _blank(found[name] / years, years >= WHOLE_YEAR) for name in SEASONS},
    )  # fmt: skip
    return shaped(table, SECTIONS)


def _blank(values: pd.Series, known: NDArray[np.bool_] | bool) -> Floats:
    return np.where(known, values.to_numpy(float), np.nan)
