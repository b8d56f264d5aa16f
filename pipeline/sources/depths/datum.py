"""Vertical datum and sign: every depth raster becomes bed elevation on Baltic 1977 (METHODS 7.1)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pipeline.config.corridor import SourceSection, WaterSection
from pipeline.errors import DataError
from pipeline.geo import Floats

Values = Literal["elevation_m", "depth_m"]
VerticalDatum = Literal["msl", "baltic77", "caspian28", "surface"]

CASPIAN_DATUM_M = -28.0
"""Zero of the Caspian vertical datum on Baltic 1977, metres: the definition of EPSG:5611 and EPSG:5706."""
AIOC95_M = -26.3
"""Zero of the AIOC95 datum of the Azeri fields (EPSG:5797, 5734): 1.7 m above the Caspian one. Only recognised."""

LOWEST_M, HIGHEST_M = -11_100.0, 9_000.0
"""No ground on Earth is lower than the Challenger Deep (-10,935 m) or higher than Everest (8,849 m)."""

# What a vertical CRS inside a file means in the words of the configuration. 5714 and 5715 are mean sea level.
_VERTICAL_CRS: dict[int, tuple[Values, VerticalDatum]] = {
    5705: ("elevation_m", "baltic77"),
    5612: ("depth_m", "baltic77"),
    5611: ("elevation_m", "caspian28"),
    5706: ("depth_m", "caspian28"),
    5714: ("elevation_m", "msl"),
    5715: ("depth_m", "msl"),
}
_METRE = {"", "m", "metre", "metres", "meter", "meters"}


def bed_baltic77_m(values: Floats, kind: Values, datum: VerticalDatum, water: WaterSection) -> Floats:
    """Return bed elevation on Baltic 1977.

    Parameters
    ----------
    values : ndarray
        Heights (positive up) or depths (positive down) of one source, metres.
    kind : {"elevation_m", "depth_m"}
        Which of the two they are.
    datum : {"msl", "baltic77", "caspian28", "surface"}
        The plane they are measured from; ``surface`` is today's water level, ``[water] surface_m``.
    water : WaterSection
        Levels.

    Returns
    -------
    ndarray
        Metres on Baltic 1977, positive up, shape of ``values``.
    """
    return (values if kind == "elevation_m" else -values) + plane_m(datum, water)


def plane_m(datum: VerticalDatum, water: WaterSection) -> float:
    """Return the height of a datum's zero on Baltic 1977, metres."""
    return {
        "msl": water.msl_to_baltic77_m,
        "baltic77": 0.0,
        "caspian28": CASPIAN_DATUM_M,
        "surface": water.surface_m,
    }[datum]


def water_depth_m(bed_m: Floats, surface_m: float) -> Floats:
    """Return water depth, positive down and negative on land: surface minus bed, both on Baltic 1977 (METHODS 7.1)."""
    return surface_m - bed_m


def depth_line(section: SourceSection, water: WaterSection) -> tuple[float, float]:
    """Return ``factor`` and ``shift`` that turn values of a source into water depth: factor times value plus shift."""
    assert section.values is not None  # the configuration refuses a bathymetry source without them
    assert section.vertical_datum is not None
    bed = bed_baltic77_m(np.array([0.0, 1.0]), section.values, section.vertical_datum, water)
    shift, next_one = water_depth_m(bed, water.surface_m).tolist()
    return next_one - shift, shift


def refuse_contradiction(section: SourceSection, *, vertical_epsg: int | None, unit: str, where: str) -> None:
    """Compare what a file says of its heights with the configuration.

    Raises
    ------
    DataError
        If the file's vertical CRS or unit contradicts ``values`` and ``vertical_datum``.
    """
    if unit.strip().lower() not in _METRE:
        raise DataError(
            f"the file says that its values are in '{unit}', and the configuration says {section.values}, metres",
            where=where,
            remedy="Convert the file to metres (gdal_calc.py or gdal_translate -scale), or mend its unit.",
        )
    stated = _VERTICAL_CRS.get(vertical_epsg or 0)
    if stated and stated != (section.values, section.vertical_datum):
        raise DataError(
            f"the file's vertical reference EPSG:{vertical_epsg} means {stated[0]} on {stated[1]}, and the "
            f"configuration says {section.values} on {section.vertical_datum}",
            where=where,
            remedy=f'Set values = "{stated[0]}" and vertical_datum = "{stated[1]}", or mend the file.',
        )


def refuse_other_sign(section: SourceSection, stated: str, *, where: str) -> None:
    """Compare which way a file says that its values go with the configuration.

    Parameters
    ----------
    section : SourceSection
        The file's source.
    stated : {"elevation_m", "depth_m", ""}
        What the file's format, its metadata or its header says.
    where : str
        The file.

    Raises
    ------
    DataError
        If they differ.
    """
    if stated and stated != section.values:
        raise DataError(
            f"the file says that its values are {stated}, and the configuration says {section.values}",
            where=where,
            remedy=f'Set values = "{stated}" in its source, or export the file again.',
        )
