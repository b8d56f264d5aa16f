"""Reports of whole ships, as tracks are made from them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.geo import Floats, Ints


@dataclass(frozen=True)
class Reports:
    """Reports of whole ships, sorted by ship, time and then place.

    Attributes
    ----------
    ship : ndarray of int64, shape (n,)
        Index of the ship: the rank of its MMSI.
    time_us : ndarray of int64, shape (n,)
        Microseconds since 1970 UTC.
    lon, lat : ndarray, shape (n,)
        Degrees, WGS84.
    sog_kn : ndarray, shape (n,)
        Reported speed over ground, knots; NaN where not available.
    """

    ship: Ints
    time_us: Ints
    lon: Floats
    lat: Floats
    sog_kn: Floats
