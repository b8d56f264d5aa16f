"""Raster sources in the order in which they are believed: priority, then provenance, then resolution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.config.corridor import PROVENANCE_ORDER, SourceSection
from pipeline.geo import Floats, Ints
from pipeline.sources.rasters.raster_file import SAME_RESOLUTION
from pipeline.sources.rasters.tile import Tile
from pipeline.workspace import SourceFiles

TileOf = Callable[[SourceFiles, Path], Tile]
"""Gives what one file of a source gives."""


@dataclass(frozen=True)
class Layer:
    """Files of one source with one resolution, believed alike.

    Attributes
    ----------
    source : int
        Index of the source in the list that the layers were made from.
    name : str
        Name of the source.
    section : SourceSection
        What the configuration says of it.
    files : tuple of Tile
        What its files give, in path order.
    resolution_m : float
        The longest pixel side among them, metres.
    """

    source: int
    name: str
    section: SourceSection
    files: tuple[Tile, ...]
    resolution_m: float


def layers_of(sources: Sequence[SourceFiles], tile_of: TileOf) -> tuple[Layer, ...]:
    """Return layers of what every file of the sources gives, best first.

    Parameters
    ----------
    sources : sequence of SourceFiles
        Sources of one role.
    tile_of : callable
        Gives what a file gives and refuses what its role cannot use.

    Raises
    ------
    DataError
        If a file cannot be used.
    """
    layers: list[Layer] = []
    for index, source in enumerate(sources):
        tiles = [tile_of(source, path) for path in source.paths]
        groups: list[list[Tile]] = []
        for tile in sorted(tiles, key=lambda tile: (tile.resolution_m, tile.path)):
            if groups and tile.resolution_m <= SAME_RESOLUTION * groups[-1][0].resolution_m:
                groups[-1].append(tile)
            else:
                groups.append([tile])
        for group in groups:
            by_path = tuple(sorted(group, key=lambda tile: tile.path))
            layers.append(Layer(index, source.name, source.section, by_path, max(tile.resolution_m for tile in group)))
    return tuple(sorted(layers, key=rank))


def remarks_of(layers: Sequence[Layer], sources: Sequence[SourceFiles]) -> list[str]:
    """Return what files gave cause to remark (see ``RasterFile``), each with the file's name in the workspace."""
    return [
        f"{sources[layer.source].name_of(tile.path)}: {remark}"
        for layer in layers
        for tile in layer.files
        for remark in tile.facts.get("remarks", ())
    ]


def rank(layer: Layer) -> tuple[int, int, float, str]:
    """Return the sort key of layers: priority, provenance, resolution, name; best first."""
    section = layer.section
    return (-section.priority, PROVENANCE_ORDER.index(section.provenance), layer.resolution_m, layer.name)


def file_kp_km(
    layers: Sequence[Layer], sources: Sequence[SourceFiles], layer: Ints, file: Ints, kp_km: Floats
) -> dict[str, list[list[float]]]:
    """Return where along the route each file gave the value.

    Parameters
    ----------
    layers, sources : sequence
        As in ``layers_of``.
    layer, file : ndarray of int64, shape (stations,)
        Index of the layer that gave a station's value (-1 where none did), and of the file in it.
    kp_km : ndarray, shape (stations,)
        Kilometre posts.

    Returns
    -------
    dict of list
        By the file's name in the workspace: first and last KP of every run of stations, rounded to metres.
    """
    names = [sources[item.source].name_of(tile.path) for item in layers for tile in item.files]
    first = np.cumsum([0, *(len(item.files) for item in layers)])
    number = np.where(layer < 0, -1, first[layer] + file)
    starts = np.flatnonzero(np.diff(number, prepend=-2))
    found: dict[str, list[list[float]]] = {}
    for start, end in zip(starts.tolist(), [*(starts[1:] - 1).tolist(), number.size - 1], strict=True):
        if number[start] >= 0:
            run = [round(float(kp_km[start]), 3), round(float(kp_km[end]), 3)]
            found.setdefault(names[number[start]], []).append(run)
    return found
