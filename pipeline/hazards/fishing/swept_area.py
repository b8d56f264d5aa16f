"""Swept area and crossings: what fishing hours mean to a line on the seabed. Pure functions (METHODS 2.2)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from pipeline.geo import Floats

KM_PER_NAUTICAL_MILE = 1.852


def track_length_km(hours: ArrayLike, speed_kn: float) -> Floats:
    """Return the length of track fished, kilometres."""
    length: Floats = np.asarray(hours, float) * speed_kn * KM_PER_NAUTICAL_MILE
    return length


def swept_area_km2(hours: ArrayLike, width_m: float, speed_kn: float) -> Floats:
    """Return the swept area, km2: hours x width x speed (METHODS 2.2, after the ICES sfdSAR tools)."""
    swept: Floats = track_length_km(hours, speed_kn) * width_m / 1000.0
    return swept


def swept_area_ratio(area_swept_km2: ArrayLike, area_km2: ArrayLike) -> Floats:
    """Return how often a square metre is swept in the period."""
    ratio: Floats = np.asarray(area_swept_km2, float) / np.asarray(area_km2, float)
    return ratio


def subsurface_ratio(surface_ratio: ArrayLike, subsurface_pct: float) -> Floats:
    """Return the part of a swept-area ratio that penetrates the bed by 2 cm or more."""
    ratio: Floats = np.asarray(surface_ratio, float) * subsurface_pct / 100.0
    return ratio


def crossings(
    length_of_track_km: ArrayLike,
    length_of_line_km: ArrayLike,
    area_km2: ArrayLike,
    mean_abs_sine: float = 2.0 / math.pi,
) -> Floats:
    """Return the expected crossings of a line by tracks in an area (Buffon-Crofton).

    Parameters
    ----------
    length_of_track_km : array_like
        Total length of tracks in the area, km.
    length_of_line_km : array_like
        Length of the line in the area, km.
    area_km2 : array_like
        The area, km2.
    mean_abs_sine : float
        Mean of abs(sin(angle between track and line)); 2/pi where directions are isotropic.

    Returns
    -------
    ndarray
        ``mean_abs_sine * L_track * l / A`` (METHODS 2.2).
    """
    track, line = np.asarray(length_of_track_km, float), np.asarray(length_of_line_km, float)
    number: Floats = mean_abs_sine * track * line / np.asarray(area_km2, float)
    return number
