"""Raster sources in the order in which they are believed: priority, then provenance, then resolution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.corridor import PROVENANCE_ORDER, SourceSection
from pipeline.sources.rasters import RasterFile
from pipeline.workspace import SourceFiles

# Files of one source whose pixels differ by no more than this are one layer: tiles of one survey across a projection.
_SAME_RESOLUTION = 1.2


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
    files : tuple of RasterFile
        Its files in path order.
    resolution_m : float
        The longest pixel side among them, metres.
    """

    source: int
    name: str
    section: SourceSection
    files: tuple[RasterFile, ...]
    resolution_m: float


def layers_of(
    sources: Sequence[SourceFiles], open_file: Callable[[Path, SourceSection], RasterFile]
) -> tuple[Layer, ...]:
    """Open every file of the sources and return layers, best first.

    Parameters
    ----------
    sources : sequence of SourceFiles
        Sources of one role.
    open_file : callable
        Opens a file and refuses what its role cannot use.

    Raises
    ------
    DataError
        If a file cannot be used.
    """
    layers: list[Layer] = []
    for index, source in enumerate(sources):
        files = [open_file(path, source.section) for path in source.paths]
        groups: list[list[RasterFile]] = []
        for file in sorted(files, key=lambda file: (file.resolution_m, file.path)):
            if groups and file.resolution_m <= _SAME_RESOLUTION * groups[-1][0].resolution_m:
                groups[-1].append(file)
            else:
                groups.append([file])
        for group in groups:
            by_path = tuple(sorted(group, key=lambda file: file.path))
            layers.append(Layer(index, source.name, source.section, by_path, max(file.resolution_m for file in group)))
    return tuple(sorted(layers, key=rank))


def rank(layer: Layer) -> tuple[int, int, float, str]:
    """Return the sort key of layers: priority, provenance, resolution, name; best first."""
    section = layer.section
    return (-section.priority, PROVENANCE_ORDER.index(section.provenance), layer.resolution_m, layer.name)
