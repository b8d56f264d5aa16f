"""What the overlap of two depth sources says of their units: values of the one are a known multiple of the other's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.config.corridor import SourceSection, WaterSection
from pipeline.config.datum import DatumSection
from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.sources.depths.datum import depth_line
from pipeline.sources.depths.datum_offset import UNITS_M
from pipeline.sources.depths.overlaps import Overlap

_METRES = {
    **UNITS_M,
    "decimetres": 0.1,
    "centimetres": 0.01,
    "millimetres": 0.001,
    "metres with the other sign": -1.0,
    "feet with the other sign": -UNITS_M["feet"],
}
"""What a value is then multiplied with."""


@dataclass(frozen=True)
class OtherUnit:
    """What the values of a file seem to be instead of metres.

    Attributes
    ----------
    name : str
        The unit.
    metres : float
        Its length: what the values are to be multiplied with.
    ratio : float
        Median of its values over those expected.
    spread : float
        Median deviation from the ratio, as a share of it.
    slope : float
        Change of its values per change of those expected (least squares); NaN where depths do not vary.
    places : int
        Places compared.
    """

    name: str
    metres: float
    ratio: float
    spread: float
    slope: float
    places: int

    def remedy(self, file: str, source: str, other: str) -> str:
        """Return what can be done, as one types it; ``file`` is one file of the source."""
        return (
            f"Ask for the unit. Convert every file: {multiplied(file, self.metres)} (a text file: multiply the column)"
            + (", or turn values of the source to the other of elevation_m and depth_m" if self.metres < 0 else "")
            + f". If '{other}' is the wrong one, take [sources.{other}] out of corridor.toml; to go on without this "
            f"one, take out [sources.{source}]."
        )


def multiplied(file: str, factor: float) -> str:
    """Return the command that multiplies the values of a raster file, as one types it."""
    stem, _, suffix = file.rpartition(".")
    return f'gdal_calc.py -A "{file}" --outfile="{stem}_mended.{suffix}" --calc="A*{factor:g}"'


def other_unit(
    depth_m: Floats, expected_m: Floats, section: SourceSection, water: WaterSection, tolerance: float
) -> OtherUnit | None:
    """Return the unit that a source's values seem to be in, if that is not metres.

    Parameters
    ----------
    depth_m, expected_m : ndarray, shape (n,)
        Water depth from the source, and from another that is believed; no NaN.
    section : SourceSection
        Of the source: values are compared as its file holds them, for a datum added afterwards bends the ratio.
    water : WaterSection
        Levels.
    tolerance : float
        How near to a known ratio counts, as a share of it.
    """
    factor, shift = depth_line(section, water)
    values, expected = (depth_m - shift) / factor, (expected_m - shift) / factor
    values, expected = values[expected != 0.0], expected[expected != 0.0]
    if not values.size:
        return None
    ratio = float(np.median(values / expected))
    for name, metres in _METRES.items():
        if abs(ratio * metres - 1.0) <= tolerance:
            spread = float(np.median(np.abs(values / expected - ratio))) / abs(ratio)
            varies = float(np.var(expected))
            slope = (
                float(np.mean((values - values.mean()) * (expected - expected.mean()))) / varies if varies else np.nan
            )
            return OtherUnit(name, metres, ratio, spread, slope, values.size)
    return None


def refuse_other_unit(overlap: Overlap, water: WaterSection, limits: DatumSection) -> None:
    """Refuse two sources of which one is without doubt in another unit than metres.

    Raises
    ------
    DataError
        If values are a known multiple of the other's nearly everywhere, and grow with depth by the same multiple.
    """
    sides = ((overlap.one, overlap.depth_m), (overlap.other, overlap.other_depth_m))
    for (one, depth), (base, expected) in (sides, sides[::-1]):
        deep = expected >= limits.unit_min_depth_m
        found = other_unit(depth[deep], expected[deep], one.layer.section, water, limits.unit_tolerance)
        if found is not None and _is_sure(found, limits):
            raise DataError(
                f"{one.words} gives values that are {found.ratio:.2f} times those of {base.words} at the same "
                f"{found.places} places (scatter {found.spread:.1%}), as if they were {found.name} and not metres",
                where=one.where,
                remedy=found.remedy(one.file_name, one.layer.name, base.layer.name),
            )


def _is_sure(found: OtherUnit, limits: DatumSection) -> bool:
    """Tell strong evidence: many places, little scatter, and a slope that a wrong datum or chance would not have."""
    return (
        found.places >= limits.unit_places
        and found.spread <= limits.unit_spread
        and abs(found.slope * found.metres - 1.0) <= limits.unit_slope_tolerance
    )
