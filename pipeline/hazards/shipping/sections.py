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
WAYS = ("right", "left")
"""Towards which hand of one who looks along rising KP a ship crosses."""
WHOLE_YEAR = 0.98
"""A period that is shorter leaves seasons out, which then are not known."""
_UNIT = 1e9
"""Parts of sine and cosine of one: whole numbers add up to the same in any order."""


def section_table(crossings: pd.DataFrame, frame: Frame, order: Sequence[str], years: float) -> pd.DataFrame:
    """Return one row for each station section and class with a passage.

    Parameters
    ----------
    crossings : DataFrame
        ``station time_us speed_kn course_deg heading_deg draught_m dwt_class``, one row a passage; NaN is not known.
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
        looks along rising KP, ``to_left`` the others; both are blank where no course is known. ``course_right_deg`` and
        so on are circular means of the true courses and headings of the ships of either way, blank where none is known.
    """
    kp = frame.stations["kp_km"].to_numpy()
    bearing = frame.stations["bearing_deg"].to_numpy()[crossings["station"].to_numpy()]
    sideways = np.sin(np.radians(crossings["course_deg"].to_numpy(float) - bearing))
    season = season_index(crossings["time_us"])
    of_way = dict(zip(WAYS, (sideways > 0.0, sideways <= 0.0), strict=True))
    rows = pd.DataFrame(
        {
            "station": crossings["station"].to_numpy(),
            "rank": pd.Categorical(crossings["dwt_class"], list(order), ordered=True).codes,
            "speed_kn": crossings["speed_kn"].to_numpy(float),
            "draught_m": crossings["draught_m"].to_numpy(float),
            **{f"to_{way}": own for way, own in of_way.items()},
            **_parts_of_unit(crossings, of_way),
            **{name: season == number for number, name in enumerate(SEASONS)},
        }
    )
    found = rows.groupby(["station", "rank"], sort=True).agg(
        passages=("speed_kn", "size"), speed_mean_kn=("speed_kn", "mean"),
        draught_mean_m=("draught_m", "mean"), draught_max_m=("draught_m", "max"),
        **{name: (name, "sum") for name in rows.columns if name.startswith(("to_", "sin_", "cos_", *SEASONS))},
    ).reset_index()  # fmt: skip
    edges, station = panel_edges_km(frame), found["station"].to_numpy()
    known = (found["to_right"] + found["to_left"] > 0).to_numpy()
    table = found.assign(
        kp_km=kp[station], kp_from_km=edges[station], kp_to_km=edges[station + 1],
        lon=frame.stations["lon"].to_numpy()[station], lat=frame.stations["lat"].to_numpy()[station],
        dwt_class=np.array(list(order), dtype=object)[found["rank"]],
        passages_per_yr=found["passages"] / years,
        **{f"to_{way}_per_yr": _blank(found[f"to_{way}"] / years, known) for way in WAYS},
        **{f"{name}_{way}_deg": _mean_deg(found, f"{name}_{way}") for name in ("course", "heading") for way in WAYS},
        **{f"{name}_per_yr": _blank(found[name] / years, years >= WHOLE_YEAR) for name in SEASONS},
    )  # fmt: skip
    return shaped(table, SECTIONS)


def season_index(time_us: pd.Series) -> NDArray[np.int64]:
    """Return which of ``SEASONS`` each time (microseconds UTC) falls in."""
    month = pd.to_datetime(time_us, unit="us").dt.month.to_numpy(np.int64)
    return np.asarray(month % 12 // 3)


def _parts_of_unit(crossings: pd.DataFrame, of_way: dict[str, NDArray[np.bool_]]) -> dict[str, NDArray[np.int64]]:
    """Return sines and cosines of courses and headings by way, in parts of ``_UNIT``; 0 for what is not known."""
    parts = {}
    for name in ("course", "heading"):
        angle = np.radians(crossings[f"{name}_deg"].to_numpy(float))
        for way, own in of_way.items():
            for function in (np.sin, np.cos):
                value = np.where(own & np.isfinite(angle), function(angle), 0.0)
                parts[f"{function.__name__}_{name}_{way}"] = np.rint(value * _UNIT).astype(np.int64)
    return parts


def _mean_deg(found: pd.DataFrame, name: str) -> Floats:
    """Return circular means, degrees from north, 0 to 360; NaN where nothing is known or all cancels out."""
    east, north = found[f"sin_{name}"].to_numpy(float), found[f"cos_{name}"].to_numpy(float)
    some = np.hypot(east, north) > found["passages"].to_numpy(float)  # more than what rounding leaves
    return np.where(some, np.degrees(np.arctan2(east, north)) % 360.0, np.nan)


def _blank(values: pd.Series, known: NDArray[np.bool_] | bool) -> Floats:
    return np.where(known, values.to_numpy(float), np.nan)
