"""The one judge of reports, compiled: what becomes of every row, and in which order the rules are asked (METHODS 1.10).

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints

if TYPE_CHECKING:
    from pipeline.sources.ais.fates import Rules

(
    DAMAGED_MESSAGE, OTHER_MESSAGE, STATIC_MESSAGE, NO_TIME, NO_POSITION, INVALID_MMSI, NOT_A_SHIP, TOO_FAST,
    OUTSIDE_PERIOD, OUTSIDE_CORRIDOR, NEAR,
) = range(11)  # fmt: skip
"""Places in ``fates.FATES``."""
STATION, PARTICULARS_ONLY = 1, 2
"""Kinds of a row, beside 0: of no ship; by its kind without a place."""
# Rules are written into the loop that asks them (inline): calls with all that they compare take twice the time.
_DAY_US = 86_400_000_000
_HALF_STEP_KN = 0.05  # SOG is sent in tenths of a knot; "not available" may arrive as 102.30000305
_MOST = 1e6  # no speed and no draught is larger


@njit(nogil=True, inline="always")
def _is_country(digits: int) -> bool:
    """Say whether three digits are an ITU maritime identification in use."""
    return 201 <= digits <= 775


@njit(nogil=True, inline="always")
def _is_near(lat: float, lon: float, rules: Rules) -> bool:
    if not (rules.south <= lat <= rules.north and rules.west <= lon <= rules.east):
        return False
    row, col = int((lat - rules.south) / rules.step_deg), int((lon - rules.west) / rules.step_deg)
    return bool(rules.cells[row, col])


@njit(nogil=True, inline="always")
def _fate(time_us: int, mmsi: int, lat: float, lon: float, sog_kn: float, kind: int, rules: Rules) -> int:
    """Return the first rule that a row breaks; a speed that is not available is NaN."""
    if kind == PARTICULARS_ONLY:
        return STATIC_MESSAGE
    if time_us < rules.earliest_us or time_us >= rules.latest_us:
        return NO_TIME
    if not (abs(lat) <= 90.0 and abs(lon) <= 180.0) or (lat == 0.0 and lon == 0.0):
        return NO_POSITION
    if kind == STATION:
        return NOT_A_SHIP
    for number in rules.no_ship:
        if mmsi == number:
            return INVALID_MMSI
    if mmsi <= 0 or mmsi > 999_999_999:
        return INVALID_MMSI
    if mmsi < 100_000_000:
        return NOT_A_SHIP if _is_country(mmsi // 10_000) or _is_country(mmsi // 100_000) else INVALID_MMSI
    head, country = mmsi // 1_000_000, mmsi // 1000 % 1000
    if (
        head in (970, 972, 974)
        or (head == 111 and _is_country(country))
        or (head // 10 == 99 and _is_country(mmsi // 10_000 % 1000))
    ):
        return NOT_A_SHIP
    if sog_kn > rules.max_sog_kn:
        return TOO_FAST
    if time_us < rules.first_us or time_us >= rules.end_us:
        return OUTSIDE_PERIOD
    return NEAR if _is_near(lat, lon, rules) else OUTSIDE_CORRIDOR


@njit(cache=True, nogil=True)
def judge(
    time_us: Ints,
    mmsi: Ints,
    lat: Floats,
    lon: Floats,
    sog_kn: Floats,
    heading_deg: Floats,
    draught_m: Floats,
    status: NDArray[np.uint8],
    kind: NDArray[np.uint8],
    begin: int,
    rules: Rules,
    rows: Ints,
    days: Ints,
    swapped: Ints,
    near: NDArray[Any],
    kept: int,
    keep: bool,
) -> tuple[int, int]:
    """Judge rows from ``begin`` on, until ``near`` is full; return the first that is left, and how many are kept.

    What is not known is NaN, and 0 as a time and as a number. Adds to ``rows`` by fate; to ``days`` from the first in
    which there can be reports, rows of ships, their first and last time, shape (3, days); to ``swapped`` rows that were
    near if latitude and longitude were exchanged.
    """
    first_day = rules.earliest_us // _DAY_US
    for i in range(begin, len(mmsi)):
        sog = sog_kn[i]
        if not (0.0 <= sog < _MOST) or abs(sog - rules.unknown_sog_kn) < _HALF_STEP_KN:
            sog = np.nan
        fate = _fate(time_us[i], mmsi[i], lat[i], lon[i], sog, kind[i], rules)
        if fate == NEAR and keep:
            if kept == len(near):
                return i, kept
            heading, draught = heading_deg[i], draught_m[i]
            record = near[kept]
            record["time_us"], record["mmsi"] = time_us[i], mmsi[i]
            record["lon"], record["lat"] = lon[i], lat[i]
            record["sog_kn"], record["status"] = sog, status[i]
            record["heading_deg"] = heading if 0.0 <= heading < 360.0 else np.nan
            record["draught_m"] = draught if 0.0 < draught < _MOST else np.nan
            kept += 1
        rows[fate] += 1
        if rules.west <= lat[i] <= rules.east and rules.south <= lon[i] <= rules.north:
            swapped[0] += 1
        if fate >= TOO_FAST:
            day = time_us[i] // _DAY_US - first_day
            days[0, day] += 1
            days[1, day] = min(days[1, day], time_us[i])
            days[2, day] = max(days[2, day], time_us[i])
    return len(mmsi), kept
