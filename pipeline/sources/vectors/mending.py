"""What is wrong with single features: mended where nothing is lost by it, else set aside with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.sources.remarks import Remark, features

Shapes = NDArray[Any]
"""Geometries; None where a feature was set aside."""

# A ring that touches itself keeps its area when it is mended; one that crosses itself does not, and then nobody
# knows which side was meant.
_SAME_AREA = 0.01


@dataclass
class Mended:
    """Features after mending.

    Attributes
    ----------
    shapes : ndarray of Geometry, shape (n,)
        Flat (two axes), valid, not empty; None where ``reasons`` says why.
    reasons : dict of int to str
        Feature, numbered from 1, to what is wrong with it.
    remarks : list of Remark
        What was mended.
    """

    shapes: Shapes
    reasons: dict[int, str]
    remarks: list[Remark] = field(default_factory=list)

    def drop(self, bad: NDArray[np.bool_], reason: str) -> None:
        """Set features aside."""
        for index in np.flatnonzero(bad & (self.shapes != None)).tolist():  # noqa: E711
            self.reasons[index + 1] = reason
            self.shapes[index] = None

    def told(self, changed: NDArray[np.bool_], message: str) -> None:
        """Note that features were changed without loss."""
        numbers = (np.flatnonzero(changed) + 1).tolist()
        if numbers:
            self.remarks.append(Remark("note", features(numbers), message))


def mend(shapes: Shapes, reasons: dict[int, str], *, areas: bool, as_is: bool = False) -> Mended:
    """Look at each geometry.

    Parameters
    ----------
    shapes : ndarray of Geometry or None, shape (n,)
        As read.
    reasons : dict of int to str
        Why some are None.
    areas : bool
        Whether only areas are wanted; else lines and points may stay as well.
    as_is : bool, optional
        Whether an invalid outline is set aside, however little mending would change.
    """
    result = Mended(shapes.copy(), dict(reasons))
    result.drop(shapely.is_empty(result.shapes), "its geometry is empty")
    high = shapely.has_z(result.shapes) | shapely.has_m(result.shapes)
    result.shapes = shapely.force_2d(result.shapes)
    result.told(high, "heights and measures are left out")
    result.drop(_without_numbers(result.shapes), "its coordinates are not all numbers")
    with np.errstate(over="ignore", invalid="ignore"):  # damaged coordinates may be huge; where they lie is asked later
        result.drop(_no_length(result.shapes), "its line has no length")
        if areas:
            _keep_areas(result)
        _mend_rings(result, as_is=as_is)
    return result


def _without_numbers(shapes: Shapes) -> NDArray[np.bool_]:
    place, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = np.zeros(len(shapes), dtype=bool)
    bad[owner[~np.isfinite(place).all(axis=1)]] = True
    return bad


def _no_length(shapes: Shapes) -> NDArray[np.bool_]:
    return np.asarray((shapely.get_dimensions(shapes) == 1) & (shapely.length(shapes) == 0.0))


def _keep_areas(result: Mended) -> None:
    """Take areas out of collections, and set aside what is none."""
    kinds = shapely.get_type_id(result.shapes)
    mixed = kinds == shapely.GeometryType.GEOMETRYCOLLECTION
    for index in np.flatnonzero(mixed).tolist():
        parts = [part for part in _flattened(result.shapes[index]) if part.geom_type == "Polygon"]
        if parts:
            result.shapes[index] = shapely.multipolygons(parts) if parts[1:] else parts[0]
    split = mixed & (shapely.get_dimensions(result.shapes) == 2)
    split &= shapely.get_type_id(result.shapes) != shapely.GeometryType.GEOMETRYCOLLECTION
    result.told(split, "of a collection of geometries the areas are taken")
    kinds = shapely.get_type_id(result.shapes)
    for kind in np.unique(kinds):
        if kind not in (-1, shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON):
            name = shapely.GeometryType(kind).name.capitalize()
            result.drop(kinds == kind, f"it is a {name}, not an area")


def _flattened(shape: Any) -> list[Any]:
    parts: list[Any] = shapely.get_parts(shape).tolist()
    if parts == [shape]:
        return parts
    return [inner for part in parts for inner in _flattened(part)]


def _mend_rings(result: Mended, *, as_is: bool) -> None:
    """Mend invalid areas where the area stays what it was."""
    two = shapely.get_dimensions(result.shapes) == 2
    broken = two & ~shapely.is_valid(result.shapes)
    for index in np.flatnonzero(broken).tolist():
        shape = result.shapes[index]
        why = shapely.is_valid_reason(shape)
        mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
        before, after = float(shapely.area(shape)), float(shapely.area(mended))
        one = np.zeros(len(result.shapes), dtype=bool)
        one[index] = True
        if as_is or abs(after - before) > _SAME_AREA * max(before, after):
            result.drop(
                one, f"its outline is invalid ({why})" + ("" if as_is else ", and mending would change its area")
            )
            continue
        result.shapes[index] = mended
        result.remarks.append(
            Remark("warning", features([index + 1]), f"an invalid outline was mended: {why}", "Mend it in the file.")
        )
    result.drop(two & (shapely.area(result.shapes) == 0.0), "its outline encloses no area")
