"""Strengths whose size betrays another unit: kPa against MPa and Pa, percent against fractions."""

from __future__ import annotations

import numpy as np

from pipeline.config.soil import SoilSection
from pipeline.errors import DataError
from pipeline.sources.tile import Tile

_PER_MPA = 1000.0


def other_unit(tile: Tile, soil: SoilSection) -> str | None:
    """Return what is suspicious about the size of a file's strengths, naming both units; None where nothing is.

    Parameters
    ----------
    tile : Tile
        Of ``soil_samples.read_samples``; anything else is not suspicious.
    soil : SoilSection
        With ``plausible_su_kpa``.
    """
    if tile.facts.get("kind") != "cpt":
        return None
    su, dr = (values[~np.isnan(values)] for values in (tile.read("su"), tile.read("dr")))
    low, high = soil.plausible_su_kpa
    if su.size:
        median = float(np.median(su))
        if median < low:
            return (
                f"su_kpa has a median of {median:g} kPa, and no soil is so weak; "
                f"in MPa it would be {median * _PER_MPA:g} kPa"
            )
        if median > high:
            return (
                f"su_kpa has a median of {median:g} kPa, and no soil is so strong; in Pa it would be "
                f"{median / _PER_MPA:g} kPa, or it is cone resistance"
            )
    most = float(dr.max(initial=0.0))
    if 0.0 < most <= 1.0:
        return f"dr_pct is at most {most:g} percent; as a fraction it would be {100.0 * most:g} percent"
    return None


def refuse_other_units(tile: Tile, soil: SoilSection) -> None:
    """Refuse strengths of another unit.

    Raises
    ------
    DataError
        Naming both units.
    """
    cause = other_unit(tile, soil)
    if cause:
        raise DataError(
            cause,
            where=str(tile.path),
            remedy="Give su in kPa and Dr in percent, or widen plausible_su_kpa under [soil] if they are right.",
        )
