"""From effort on the grid to contacts, strikes and the depth that keeps clear of gear. Pure functions (METHODS 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, uniform_filter

from pipeline.config.fishing import FishingSection, Gear
from pipeline.geo import Floats

Mask = NDArray[np.bool_]


def contact_share(gear: Gear, water_depth_m: Floats) -> Floats:
    """Return the share of a gear's effort that touches the bottom at water depths; 0 where there is no water."""
    limits = np.array([limit for limit, _ in gear.contact_probability])
    shares = np.array([share for _, share in gear.contact_probability])
    depth = np.nan_to_num(np.asarray(water_depth_m, float), nan=-1.0)
    band = np.minimum(np.searchsorted(limits, depth, side="left"), len(shares) - 1)
    return np.where(depth > 0.0, shares[band], 0.0)


def window_cells(smoothing_km: float, cell_m: float) -> int:
    """Return the odd number of cells whose square comes nearest to the smoothing length."""
    return 2 * int(smoothing_km * 1000.0 / cell_m / 2.0) + 1


def smooth(values: Floats, wet: Mask, window: int) -> Floats:
    """Return the mean over wet cells of a square window: rates near the shore are not diluted by land."""
    weight = uniform_filter(wet.astype(float), window, mode="constant")
    total = uniform_filter(np.where(wet, values, 0.0), window, mode="constant")
    # Running sums leave rounding noise: zero effort must be exactly zero.
    reached = maximum_filter(wet & (values > 0.0), window, mode="constant")
    return np.where(reached & (weight > 0.0), np.maximum(total, 0.0) / np.maximum(weight, 1e-12), 0.0)


@dataclass(frozen=True)
class Field:
    """Fishing on the analysis grid, smoothed; arrays of the grid's shape, gears in order of their names.

    Attributes
    ----------
    gears : tuple of str
        Names of the gears with effort here.
    contacts_per_km_yr : mapping
        Gear -> contacts with a surface-laid cable.
    touching : mapping
        Gear -> bottom-contact effort lies within the smoothing window.
    """

    gears: tuple[str, ...]
    contacts_per_km_yr: Mapping[str, Floats]
    touching: Mapping[str, Mask]

    def at(self, row: NDArray[np.int64], col: NDArray[np.int64]) -> Field:
        """Return the field at cells."""
        return Field(
            self.gears,
            {gear: self.contacts_per_km_yr[gear][row, col] for gear in self.gears},
            {gear: self.touching[gear][row, col] for gear in self.gears},
        )


def contact_field(
    crossings_per_km_yr: Mapping[str, Floats], water_depth_m: Floats, cell_m: float, section: FishingSection
) -> Field:
    """Return contacts per kilometre of cable and year on the grid.

    Parameters
    ----------
    crossings_per_km_yr : mapping
        Gear -> crossings of a kilometre of cable a year, shape of the grid.
    water_depth_m : ndarray
        Depth of the cells; the depth where gear is used decides whether it touches the bottom.
    cell_m : float
        Side of a cell.
    section : FishingSection
        Gears and smoothing.
    """
    wet = np.nan_to_num(water_depth_m, nan=-1.0) > 0.0
    window = window_cells(section.smoothing_km, cell_m)
    contacts, touching = {}, {}
    for name in sorted(crossings_per_km_yr):
        share = contact_share(section.gears[name], water_depth_m)
        contacts[name] = smooth(crossings_per_km_yr[name] * share, wet, window)
        bottom = wet & (crossings_per_km_yr[name] > 0.0) & (share >= section.bottom_contact_from)
        touching[name] = maximum_filter(bottom, window, mode="constant")
    return Field(tuple(sorted(crossings_per_km_yr)), contacts, touching)


@dataclass(frozen=True)
class Threat:
    """What fishing does to a surface-laid cable at places, and how deep it must lie; NaN on land or unknown depth."""

    strike_per_km_yr: Floats
    contacts_per_km_yr: Floats
    gear_penetration_m: Floats
    required_dol_m: Floats


def threat(field: Field, water_depth_m: Floats, mud: Mask, section: FishingSection) -> Threat:
    """Return strikes, contacts, gear penetration and required depth of lowering at places.

    Parameters
    ----------
    field : Field
        Contacts at the places, by gear.
    water_depth_m : ndarray, shape (n,)
        Depth of the places.
    mud : ndarray of bool, shape (n,)
        The place takes the mud column of the penetration table.
    section : FishingSection
        Gears, damage probability and floors.

    Returns
    -------
    Threat
        Required depth is ``penetration_factor`` x penetration, at least ``minimum_dol_m``, where bottom-contact or
        unknown gear is used or boats without AIS are likely; 0 where nothing but pelagic gear was found. Whether
        accidental contacts of pelagic gear exceed the tolerable rate is the burial decision's to judge (METHODS 2.2).
    """
    depth = np.asarray(water_depth_m, float)
    contacts, penetration, from_bottom = np.zeros(depth.shape), np.zeros(depth.shape), np.zeros(depth.shape)
    floor = np.zeros(depth.shape, dtype=bool)
    for name in field.gears:
        gear = section.gears[name]
        reach = np.where(mud, gear.penetration_mud_m, gear.penetration_sand_m)
        here, touching = field.contacts_per_km_yr[name], field.touching[name]
        contacts += here
        penetration = np.where(here > 0.0, np.maximum(penetration, reach), penetration)
        floor |= touching
        from_bottom = np.where(touching, np.maximum(from_bottom, reach), from_bottom)
    inshore = depth <= section.inshore_to_water_depth_m
    small_boat = np.where(mud, section.inshore_penetration_mud_m, section.inshore_penetration_sand_m)
    contacts = np.where(inshore, np.maximum(contacts, section.inshore_contacts_per_km_yr), contacts)
    penetration = np.where(inshore, np.maximum(penetration, small_boat), penetration)
    reach = np.where(inshore, np.maximum(from_bottom, small_boat), from_bottom)
    needed = np.maximum(section.penetration_factor * reach, section.minimum_dol_m)
    required = np.where(floor | inshore, needed, 0.0)
    blank = ~(np.nan_to_num(depth, nan=-1.0) > 0.0)
    return Threat(
        *(
            np.where(blank, np.nan, values)
            for values in (contacts * section.damage_probability, contacts, penetration, required)
        )
    )
