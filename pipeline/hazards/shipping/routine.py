"""Routine anchoring: ships that drop anchor near the cable because they mean to (METHODS 1.10)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy.spatial import KDTree

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats, Ints
from pipeline.hazards.shipping.anchor_rates import AnchorRates
from pipeline.hazards.shipping.incident import shared_factor

_COLUMNS = ["ship", "x_m", "y_m", "kind"]
_BLOCK = 4096  # stops asked about at once; no digit depends on it
BUFFON = 2.0 / np.pi
"""Mean of |sin| over all directions: a line of length D that lies any way crosses a line n D 2/pi times per length."""


@dataclass(frozen=True, eq=False)
class Anchorings:
    """Ships that lay at anchor.

    Attributes
    ----------
    ship : ndarray of int, shape (n,)
        Who.
    xy_m : ndarray, shape (n, 2)
        Where, in the frame's projection.
    years : float
        In how long a time.
    """

    ship: Ints
    xy_m: Floats
    years: float

    @classmethod
    def read(cls, path: Path, years: float) -> Anchorings:
        """Read the stops of the ``ais`` step that were at anchor; those at a berth drop none."""
        stops = pq.read_table(path, columns=_COLUMNS).to_pandas()
        stops = stops[stops["kind"] == "anchored"]
        return cls(stops["ship"].to_numpy(np.int64), stops[["x_m", "y_m"]].to_numpy(float), years)


def anchorings_near(anchorings: Anchorings, places: Floats, radius_m: float) -> tuple[Ints, Ints]:
    """Return every pair of a place and an anchoring within a radius of it: place, index of the anchoring."""
    at: list[Ints] = [np.zeros(0, np.int64)]
    which: list[Ints] = [np.zeros(0, np.int64)]
    tree = KDTree(places)
    for start in range(0, len(anchorings.ship), _BLOCK):
        block = anchorings.xy_m[start : start + _BLOCK]
        near = [np.asarray(found, dtype=np.int64) for found in tree.query_ball_point(block, radius_m)]
        at.extend(near)
        which.append(start + np.repeat(np.arange(len(near)), [len(found) for found in near]))
    return np.concatenate(at), np.concatenate(which)


def routine_per_km_yr(anchorings: Floats, fluke_length_m: Floats, years: float, section: ShippingSection) -> Floats:
    """Return strikes per kilometre and year of anchors that are dropped and dragged in around a place.

    Parameters
    ----------
    anchorings : ndarray
        How many within ``routine_radius_m``.
    fluke_length_m : ndarray
        Of the anchor.
    years : float
        In how long a time.
    section : ShippingSection
        Radius, length that an anchor is dragged to set, and share of anchorings that a chart does not prevent.

    Notes
    -----
    n D 2/pi, n the anchorings per km2 and year and D the drag to set in km: the expected crossings of a line by pieces
    of length D that lie in any direction (Buffon). P_wd is 1: she did anchor there.
    """
    per_km2_yr = np.asarray(anchorings, float) / (np.pi * (section.routine_radius_m / 1000.0) ** 2) / years
    set_km = section.routine_set_fluke_lengths * np.asarray(fluke_length_m, float) / 1000.0
    return section.routine_disregard * shared_factor(section) * per_km2_yr * set_km * BUFFON


def add_routine(
    rates: AnchorRates,
    anchorings: Anchorings,
    ships: pd.DataFrame,
    places: Floats,
    depth_m: Floats,
    section: ShippingSection,
) -> None:
    """Add routine anchoring to strikes by anchor size, and tell it apart in its own column too.

    Parameters
    ----------
    rates : AnchorRates
        Takes ``strike_per_km_yr`` and ``routine_strike_per_km_yr``.
    anchorings : Anchorings
        Ships at anchor.
    ships : DataFrame
        The fleet.
    places : ndarray, shape (places, 2)
        Coordinates in the frame's projection.
    depth_m : ndarray, shape (places,)
        Water depth; nothing is added where it is not above zero.
    section : ShippingSection
        See ``routine_per_km_yr``.
    """
    at, which = anchorings_near(anchorings, places, section.routine_radius_m)
    wet = depth_m[at] > 0.0
    size = rates.size_of(ships)[anchorings.ship[which[wet]]]
    # Whole counts by place and size, so that the order of stops changes no digit.
    pair, count = np.unique(at[wet] * len(rates.anchors) + size, return_counts=True)
    at, size = np.divmod(pair, len(rates.anchors))
    fluke = rates.anchors["fluke_length_m"].to_numpy(float)[size]
    rate = routine_per_km_yr(count.astype(float), fluke, anchorings.years, section)
    rates.add_sizes(at, size, strike_per_km_yr=rate, routine_strike_per_km_yr=rate)
