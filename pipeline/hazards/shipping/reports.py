"""Reports of whole ships in the order of the ship and of time: what all motion is made from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints
from pipeline.sources.ais.near_part import RECORD


@dataclass(frozen=True)
class Reports:
    """Reports of whole ships, sorted by ship and time; of equal times in the order of all that they say.

    Attributes
    ----------
    ship : ndarray of int32, shape (n,)
        Index of the ship: the rank of its MMSI.
    time_us : ndarray of int64, shape (n,)
        Microseconds since 1970 UTC.
    lon, lat : ndarray, shape (n,)
        Degrees, WGS84.
    sog_kn, heading_deg, draught_m : ndarray of float32, shape (n,)
        Reported speed over ground (knots), true heading (degrees) and draught (metres); NaN where not known.
    status : ndarray of uint8, shape (n,)
        Navigational status (ITU-R M.1371); ``near_part.NO_STATUS`` where not known.
    satellite : ndarray of uint8, shape (n,)
        1 where the report came by satellite.
    """

    ship: NDArray[np.int32]
    time_us: Ints
    lon: Floats
    lat: Floats
    sog_kn: NDArray[np.float32]
    heading_deg: NDArray[np.float32]
    draught_m: NDArray[np.float32]
    status: NDArray[np.uint8]
    satellite: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.ship)

    @classmethod
    def empty(cls, ship: NDArray[np.int32]) -> Reports:
        """Return columns to be filled beside that of ships."""
        size = len(ship)
        told = {name: np.empty(size, RECORD[name]) for name in RECORD.names or () if name != "mmsi"}
        return cls(ship, satellite=np.empty(size, np.uint8), **told)

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        """All columns, in the order of their declaration."""
        return tuple(getattr(self, item.name) for item in fields(self))
