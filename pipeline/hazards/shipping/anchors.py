"""Displacement to equipment number to anchor, chain and fluke (METHODS 1.5)."""

from __future__ import annotations

import numpy as np

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats


def equipment_number(displacement_t: Floats, section: ShippingSection) -> Floats:
    """Return EN = k displacement^(2/3), with displacement in tonnes (METHODS 1.5)."""
    return section.equipment_number_k * np.asarray(displacement_t, float) ** (2.0 / 3.0)


def anchor_kg(number: Floats, section: ShippingSection) -> Floats:
    """Return the mass of one bower anchor, kg.

    Parameters
    ----------
    number : ndarray
        Equipment number. Below the table its first row holds; above it the last mass grows in proportion, for the
        table itself is nearly a straight line there.
    section : ShippingSection
        Holds the step table, IACS UR A1.
    """
    number = np.asarray(number, float)
    table = np.array(section.anchor_table, float)
    row = np.searchsorted(table[:, 1], number, side="left")
    within = table[np.minimum(row, len(table) - 1), 2]
    beyond = np.rint(table[-1, 2] * number / table[-1, 1])
    return np.asarray(np.where(row == len(table), beyond, within), float)


def chain_m(number: Floats, section: ShippingSection) -> Floats:
    """Return the total chain of both sides, metres; beyond the table its last row holds."""
    table = np.array(section.chain_table, float)
    row = np.searchsorted(table[:, 0], np.asarray(number, float), side="left")
    return np.asarray(table[np.minimum(row, len(table) - 1), 1], float)


def fluke_length_m(mass_kg: Floats, section: ShippingSection) -> Floats:
    """Return the fluke length of a stockless anchor: 0.80 (m/1000)^(1/3) metres (METHODS 1.5)."""
    return section.fluke_length_at_1t_m * np.cbrt(np.asarray(mass_kg, float) / 1000.0)
