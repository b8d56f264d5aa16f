"""Strengths whose size betrays another unit: kPa against MPa and Pa, percent against fractions."""

from __future__ import annotations

import numpy as np

from pipeline.config.soil import SoilSection
from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.sources.rasters.tile import Tile

_PER_MPA = 1000.0


def other_unit(tile: Tile, soil: SoilSection) -> str | None:
    """Return what is suspicious about the size of a profile's strengths, naming both units; None where nothing is.

    Parameters
    ----------
    tile : Tile
        Of ``soil_samples.read_samples``; anything else is not suspicious.
    soil : SoilSection
        With ``plausible_su_kpa``.
    """
    if tile.facts.get("kind") != "cpt":
        return None
    ids, su, dr = (tile.read(name) for name in ("id", "su", "dr"))
    for profile in np.unique(ids).tolist():
        own = ids == profile
        cause = _other_unit(su[own & ~np.isnan(su)], dr[own & ~np.isnan(dr)], soil)
        if cause:
            return f"the profile '{profile}' {cause}"
    return None


def _other_unit(su: Floats, dr: Floats, soil: SoilSection) -> str | None:
    low, high = soil.plausible_su_kpa
    median, most = float(np.median(su)) if su.size else low, float(dr.max(initial=0.0))
    if median < low:
        return (
            f"has a median su_kpa of {median:g} kPa, and no soil is so weak; "
            f"in MPa it would be {median * _PER_MPA:g} kPa"
        )
    if median > high:
        return (
            f"has a median su_kpa of {median:g} kPa, and no soil is so strong; "
            f"in Pa it would be {median / _PER_MPA:g} kPa, or it is cone resistance"
        )
    if 0.0 < most <= 1.0:
        return f"has a dr_pct of at most {most:g} percent; as a fraction it would be {100.0 * most:g} percent"
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
