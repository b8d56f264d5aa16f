"""What each audience may read. The public's map is made from what this module lets through, and from nothing else.

A cable is critical infrastructure: who wants to harm it looks for the places where it lies bare, shallow or undecided.
The public gets the waters that it crosses, how much of it is buried how deep, and what that rests on; never a position
better than ``[map] public_step_km``, and no result with a place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.ndimage import uniform_filter

from pipeline.config.publish import Audience
from pipeline.geo import Floats, Route
from pipeline.mapping import words
from pipeline.mapping.layers import Layer
from pipeline.mapping.messages import say

_BEND_SHARE: Final = 0.25
"""Of the step: bends smaller than this go before vertices move, which takes at most 1/sqrt(2) of it."""
_TOTALS: Final = (
    "route_length_km", "strike_per_yr_surface_laid", "strike_per_yr_as_trenchable", "dol_km", "undecided_km",
    "not_assessed",
)  # fmt: skip
"""Totals of the route that tell of no place. How often it is struck is told as tools can bury it: the rate at target
depth alone would look better than what is built, and the two together would tell the shortfall."""


@dataclass(frozen=True)
class Marking:
    """What every page says about its readers.

    Attributes
    ----------
    audience : {"team", "public"}
        Who they are.
    title : str
        In a word or two.
    note : str
        What follows from it.
    """

    audience: Audience
    title: str
    note: str


def marking(audience: Audience, step_km: float) -> Marking:
    """Return the marking of a page.

    Parameters
    ----------
    audience : {"team", "public"}
        Its readers.
    step_km : float
        How far positions of the public's map may be off, km.
    """
    if audience == "team":
        return Marking(
            "team",
            say("For the project team"),
            say(
                "This holds exact positions and the places where the cable is weakest: do not pass it on to the public."
            ),
        )
    return Marking(
        "public",
        say("For the public"),
        say(
            "Positions are generalised: the cable lies within {n} km of the line. Left out on purpose: where the cable "
            "lies how deep, how often it is endangered at which place, and where its protection falls short.",
            n=step_km,
        ),
    )


def generalised(route: Route, step_km: float) -> Route:
    """Return a coarse route: few vertices, each at a corner of a square lattice.

    No place of the route lies farther than a step from it. Bends of a quarter of a step go first (Douglas and Peucker
    1973), and what is left moves by at most half the diagonal of a lattice square; together 0.96 of a step.

    Parameters
    ----------
    route : Route
        The route.
    step_km : float
        Side of the squares, km in the projected CRS.

    Returns
    -------
    Route
        At least two positions; a route shorter than the step may have two that are a step apart.
    """
    step_m = 1000.0 * step_km
    _, x, y = route.vertices
    slim = shapely.LineString(np.column_stack([x, y])).simplify(_BEND_SHARE * step_m, preserve_topology=False)
    corners = np.round(shapely.get_coordinates(slim) / step_m) * step_m
    fresh = np.concatenate([[True], (np.diff(corners, axis=0) != 0.0).any(axis=1)])
    corners = corners[fresh]
    if len(corners) == 1:
        corners = np.vstack([corners, corners + np.array([step_m, 0.0])])
    lon, lat = Transformer.from_crs(route.crs, "EPSG:4326", always_xy=True).transform(corners[:, 0], corners[:, 1])
    return Route(np.round(lon, 5), np.round(lat, 5), route.crs)


def public_totals(totals: Mapping[str, Any]) -> dict[str, Any]:
    """Return the totals of the route that the public may read: lengths to whole kilometres, rates to one digit."""
    told = {name: totals[name] for name in _TOTALS if name in totals}
    for name in ("route_length_km", "undecided_km"):
        if told.get(name) is not None:
            told[name] = float(round(told[name]))
    for name in ("strike_per_yr_surface_laid", "strike_per_yr_as_trenchable"):
        if told.get(name) is not None:
            told[name] = float(f"{told[name]:.0e}")
    if "dol_km" in told:
        told["dol_km"] = {depth: float(round(km)) for depth, km in (told["dol_km"] or {}).items()}
    return told


def public_rows(totals: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return ``public_totals`` as labels and texts."""
    surface, built = totals.get("strike_per_yr_surface_laid"), totals.get("strike_per_yr_as_trenchable")
    period_yr = None if words.blank(built) or not built else 1.0 / float(built)
    rows: list[tuple[str, str]] = [
        (say("Route length"), words.quantity(totals.get("route_length_km"), "km", 0)),
        (say("Strikes if laid on the seabed"), words.rate(surface)),
        (say("Strikes as tools can bury it"), words.rate(built)),
        (say("Return period, as tools can bury it"), words.years(period_yr, built)),
    ]
    if totals.get("undecided_km"):
        rows.append((say("No depth decided"), words.quantity(totals["undecided_km"], "km", 0)))
    return rows


def public_layers(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers as the public may read of them: what they rest on, without the steps' words about places."""
    return tuple(
        replace(layer, summary="", sources=tuple(replace(source, files=()) for source in layer.sources))
        for layer in layers
    )


def coarse_depth(depth_m: Floats, transform: Affine, step_km: float) -> tuple[Floats, Affine]:
    """Return depths in which nothing smaller than a step is seen, neither by their values nor by where they end.

    A square of the lattice of ``generalised`` has depths where all of it is known, else none. The edges of the picture
    lie on the lattice too, since those of the raster follow the outermost stations.

    Parameters
    ----------
    depth_m : ndarray, shape (rows, cols)
        Water depth, NaN where unknown.
    transform : Affine
        Of its square pixels, m.
    step_km : float
        Side of the squares that a cell is the mean of, twice over, km.

    Returns
    -------
    ndarray, Affine
        Depths, and the transform of their pixels.
    """
    step_m, cell_m = 1000.0 * step_km, float(transform.a)
    size = max(1, round(step_m / cell_m))
    known = np.isfinite(depth_m)
    total, weight = np.where(known, depth_m, 0.0), known.astype(float)
    for _ in range(2):
        total, weight = (uniform_filter(values, size, mode="constant") for values in (total, weight))
    blurred = np.where(known, total / np.where(known, weight, 1.0), np.nan)
    blurred[~_in_whole_squares(known, transform, step_m)] = np.nan
    left = round((-transform.c % step_m) / cell_m)
    top = round((transform.f % step_m) / cell_m)
    rows = round(((depth_m.shape[0] - top) * cell_m // step_m) * step_m / cell_m)
    cols = round(((depth_m.shape[1] - left) * cell_m // step_m) * step_m / cell_m)
    return blurred[top : top + rows, left : left + cols], Affine(
        cell_m, 0.0, transform.c + left * cell_m, 0.0, -cell_m, transform.f - top * cell_m
    )


def _in_whole_squares(known: NDArray[np.bool_], transform: Affine, step_m: float) -> NDArray[np.bool_]:
    """Return which pixels lie in a square of the lattice of which every pixel is known."""
    rows, cols = known.shape
    cell_m = float(transform.a)
    row = np.floor((transform.f - (np.arange(rows) + 0.5) * cell_m) / step_m)
    col = np.floor((transform.c + (np.arange(cols) + 0.5) * cell_m) / step_m)
    (first_row, of_row), (first_col, of_col) = (_runs(places) for places in (row, col))
    whole = np.logical_and.reduceat(np.logical_and.reduceat(known, first_row, axis=0), first_col, axis=1)
    return np.asarray(whole[np.ix_(of_row, of_col)])


def _runs(places: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where runs of equal values begin, and the run that each value is in."""
    fresh = np.concatenate([[True], np.diff(places) != 0.0])
    return np.flatnonzero(fresh), np.cumsum(fresh) - 1
