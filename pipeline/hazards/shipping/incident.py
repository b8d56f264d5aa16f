"""The probability equation of the anchor assessment (METHODS 1.2, CBRA-style after CTC835)."""

from __future__ import annotations

import numpy as np

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats
from pipeline.sources.ais.period import HOURS_PER_YEAR

KNOT_M_H = 1852.0


def strike_per_yr(
    passages_per_yr: Floats | float,
    drag_m: Floats | float,
    speed_kn: Floats | float,
    p_wd: Floats | float,
    section: ShippingSection,
) -> Floats:
    """Return strikes a year of passages over a section: P_traffic P_wd N D / (V 8760) P_incident (METHODS 1.2)."""
    exposed = np.asarray(passages_per_yr, float) * drag_m / (np.asarray(speed_kn, float) * KNOT_M_H * HOURS_PER_YEAR)
    return section.traffic_modifier * np.asarray(p_wd, float) * exposed * section.incident_per_ship_yr


def strike_per_km_yr(ship_hours_per_km2_yr: Floats, drag_m: Floats, p_wd: Floats, section: ShippingSection) -> Floats:
    """Return strikes per kilometre of cable and year from exposure (METHODS 1.10).

    Parameters
    ----------
    ship_hours_per_km2_yr : ndarray
        Ship-hours per square kilometre and year around the cable, already times the direction factor.
    drag_m, p_wd : ndarray
        Drag distance, metres, and depth modifier; broadcast against the exposure.
    section : ShippingSection
        Holds incident rate, traffic modifier, coverage factor and growth of traffic.
    """
    return strike_of_dragged(np.asarray(ship_hours_per_km2_yr, float) * drag_m, p_wd, section)


def strike_of_dragged(hours_times_drag: Floats, p_wd: Floats, section: ShippingSection) -> Floats:
    """Return strikes per kilometre and year of ships whose hours and drag are already multiplied and added up.

    Parameters
    ----------
    hours_times_drag : ndarray
        Sum over ships of ship-hours per km2 and year times drag distance in metres.
    p_wd : ndarray
        Depth modifier that all of them share.
    section : ShippingSection
        Holds incident rate, traffic modifier, coverage factor and growth of traffic.
    """
    return _per_hour(section.incident_per_ship_yr, section) * (np.asarray(hours_times_drag, float) / 1000.0) * p_wd


def accidental_per_km_yr(ship_hours_per_km2_yr: Floats, reached: Floats, section: ShippingSection) -> Floats:
    """Return strikes per kilometre and year of anchors let go under way without anybody noticing (METHODS 1.4).

    Parameters
    ----------
    ship_hours_per_km2_yr : ndarray
        As for ``strike_per_km_yr``, of ships at any speed.
    reached : ndarray
        1 where the ship floats and one side's chain reaches the bed, else 0.
    section : ShippingSection
        ``accidental_per_ship_yr`` and ``accidental_drag_m``, the same for all ships.
    """
    swept = np.asarray(ship_hours_per_km2_yr, float) * (section.accidental_drag_m / 1000.0)
    return _per_hour(section.accidental_per_ship_yr, section) * swept * reached


def _per_hour(per_ship_yr: float, section: ShippingSection) -> float:
    """Return a rate per ship-year as one per observed ship-hour, with the factors that all strikes share."""
    return per_ship_yr / HOURS_PER_YEAR * shared_factor(section)


def shared_factor(section: ShippingSection) -> float:
    """Return what all strikes by anchors are multiplied by: gaps of AIS, P_traffic, and growth of traffic."""
    return section.coverage_factor * section.traffic_modifier * growth_factor(section)


def growth_factor(section: ShippingSection) -> float:
    """Return the traffic that is decided for over that of the data."""
    return 1.0 + section.traffic_growth_pct / 100.0
