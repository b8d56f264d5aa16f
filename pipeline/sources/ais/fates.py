"""What can become of a report, and what the judge of reports goes by; its rules are in ``fates_kernels``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.config.ais import AisSection
from pipeline.geo import Ints
from pipeline.sources.ais.box import Box
from pipeline.sources.ais.period import Interval
from pipeline.sources.ais.times import END_US, FIRST_US

FATES = (
    "damaged_message", "other_message", "static_message", "no_time", "no_position", "invalid_mmsi", "not_a_ship",
    "too_fast", "outside_period", "outside_corridor", "near",
)  # fmt: skip
"""What a row, or a message of NMEA, can come to. They add up to what was read."""
SHIP_FATES = ("too_fast", "outside_period", "outside_corridor", "near")
"""Rows of ships, wherever they are."""
SHIP_MMSI = (100_000_000, 999_999_999)
"""No ship has a number outside of these; not all inside are a ship's."""


class Rules(NamedTuple):
    """What the rules of a source compare rows with.

    Attributes
    ----------
    earliest_us, latest_us : int
        No report is before the one, nor at or after the other; microseconds since 1970 UTC, as all times here.
    first_us, end_us : int
        What the source covers, its end excluded.
    no_ship : ndarray of int64, shape (n,)
        Numbers that are no ship's.
    max_sog_kn, unknown_sog_kn : float
        Greatest speed, and the one that means that it is not available.
    west, south, east, north, step_deg : float
        See ``Box``.
    cells : ndarray of bool, shape (rows, cols)
        See ``Box``.
    """

    earliest_us: int
    latest_us: int
    first_us: int
    end_us: int
    no_ship: Ints
    max_sog_kn: float
    unknown_sog_kn: float
    west: float
    south: float
    east: float
    north: float
    step_deg: float
    cells: NDArray[np.bool_]


def rules_of(box: Box, section: AisSection, period: Interval | None) -> Rules:
    """Return what rows are compared with.

    Parameters
    ----------
    box : Box
        What is outside of it is not near.
    section : AisSection
        Greatest speed, and numbers that are no ship's.
    period : tuple of int, optional
        What the source covers; all times without it.
    """
    first_us, end_us = (FIRST_US, END_US) if period is None else period
    return Rules(
        earliest_us=FIRST_US, latest_us=END_US, first_us=first_us, end_us=end_us,
        no_ship=np.array(section.placeholder_mmsi, np.int64),
        max_sog_kn=section.max_sog_kn, unknown_sog_kn=section.unknown_sog_kn,
        west=box.west, south=box.south, east=box.east, north=box.north, step_deg=box.step_deg, cells=box.cells,
    )  # fmt: skip
