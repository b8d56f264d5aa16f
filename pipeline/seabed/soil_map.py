"""Soil classes of maps at stations and swath cells: the best layer first, near uncertain lines the cautious side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.config.soil import SoilSection
from pipeline.geo import Ints
from pipeline.sources.rasters.layers import Layer
from pipeline.sources.soils.soil_codes import UNKNOWN, classes_of, classes_of_labels

Codes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Mapped:
    """What maps say of the soil at n places.

    Attributes
    ----------
    code : ndarray of uint8, shape (n,)
        Class code, 0 where nothing is known.
    trench : ndarray of uint8, shape (n,)
        Class that is hardest to trench of those that may be meant: other than ``code`` only near a line of polygons,
        and where files of one source contradict.
    near : ndarray of uint64, shape (n,)
        The other classes that may be meant, one bit a class in the order of ``cautious_order``.
    layer, file : ndarray of int64, shape (n,)
        Which layer gave the class (-1 none), and which of its files.
    """

    code: Codes
    trench: Codes
    near: NDArray[np.uint64]
    layer: Ints
    file: Ints


def cautious_order(soil: SoilSection) -> Codes:
    """Return the codes of all classes, the one that anchors penetrate deepest first."""
    cautious = sorted(soil.classes.values(), key=lambda c: (-c.penetration_f, c.code))
    return np.array(list(dict.fromkeys(c.code for c in cautious)), dtype=np.uint8)


def map_at(layers: Sequence[Layer], name: str, places: int, soil: SoilSection) -> Mapped:
    """Return what layers say at points (``"at stations"``, ``"at cells"``), each filling what the ones above leave."""
    return _merged([_at_points(layer, name, places, soil) for layer in layers], places)


def map_on(layers: Sequence[Layer], cells: int, cell_m: float, soil: SoilSection) -> Mapped:
    """Return what layers say of swath cells: of rasters finer than the grid the most frequent class."""
    found = []
    for layer in layers:
        if is_polygons(layer) or layer.resolution_m >= cell_m:
            found.append(_at_points(layer, "at cells", cells, soil))
        else:
            code = _most_frequent(layer, cells, soil)
            found.append(replace(_nothing(cells), code=code, trench=code))
    return _merged(found, cells)


def is_polygons(layer: Layer) -> bool:
    """Tell whether a layer is made of polygons."""
    return layer.files[0].facts.get("kind") == "polygon"


def _at_points(layer: Layer, name: str, places: int, soil: SoilSection) -> Mapped:
    """Return the cautious class of all files of a layer that tell one at a point.

    Polygons also tell those within ``boundary_m`` of it; what none holds stays unknown, however near one lies.
    """
    order = cautious_order(soil)
    rank, bit = np.zeros(256, np.int64), np.zeros(256, np.uint64)
    rank[order], bit[order] = np.arange(order.size), np.uint64(1) << np.arange(order.size, dtype=np.uint64)
    hardest = np.zeros(256)  # depth that the best tool reaches
    for item in soil.classes.values():
        hardest[item.code] = max((tool.depth_m for tool in item.tools), default=0.0)
    pairs = _pairs if is_polygons(layer) else _pixels
    index, code, inside, file = (np.concatenate(parts) for parts in zip(*pairs(layer, name, soil), strict=True))
    held = np.zeros(places, dtype=bool)
    held[index[inside & (code != UNKNOWN)]] = True
    counts = held[index] & (code != UNKNOWN)
    index, code, file = index[counts], code[counts], file[counts]
    result = _nothing(places)
    by_depth = np.lexsort((file, rank[code], index))  # the first of each point is the class that counts
    first = by_depth[np.flatnonzero(np.diff(index[by_depth], prepend=-1))]
    result.code[index[first]], result.file[index[first]] = code[first], file[first]
    by_tool = np.lexsort((rank[code], hardest[code], index))
    first = by_tool[np.flatnonzero(np.diff(index[by_tool], prepend=-1))]
    result.trench[index[first]] = code[first]
    other = code != result.code[index]
    np.bitwise_or.at(result.near, index[other], bit[code[other]])
    return result


def _pixels(layer: Layer, name: str, soil: SoilSection) -> list[tuple[Ints, Codes, NDArray[np.bool_], Ints]]:
    found = []
    for number, tile in enumerate(layer.files):
        index = tile.read(f"{name} index")
        classes = classes_of(tile.read(name), layer.section, soil)
        found.append((index, classes, np.ones(index.size, dtype=bool), np.full(index.size, number, np.int64)))
    return found


def _pairs(layer: Layer, name: str, soil: SoilSection) -> list[tuple[Ints, Codes, NDArray[np.bool_], Ints]]:
    found = []
    for number, tile in enumerate(layer.files):
        classes = classes_of_labels(tile.read("codes").tolist(), layer.section, soil, tile.facts["scheme"])
        index, label = tile.read(f"{name} index"), tile.read(f"{name} label")
        found.append((index, classes[label], tile.read(f"{name} inside"), np.full(index.size, number, np.int64)))
    return found


def _most_frequent(layer: Layer, cells: int, soil: SoilSection) -> Codes:
    """Return the most frequent class of a cell's pixels; of equally frequent ones the cautious.

    Pixels without a class count as unknown, so that a cell is not named after a corner of it.
    """
    order = cautious_order(soil)
    rank = np.zeros(256, dtype=np.int64)
    rank[order] = np.arange(order.size)
    counts = np.zeros((order.size, cells), dtype=np.int64)
    for tile in layer.files:
        classes = rank[classes_of(tile.read("count code"), layer.section, soil)]
        np.add.at(counts, (classes, tile.read("count cell")), tile.read("count"))
    most: Codes = np.where(counts.any(axis=0), order[counts.argmax(axis=0)], UNKNOWN).astype(np.uint8)
    return most


def _merged(found: Sequence[Mapped], places: int) -> Mapped:
    """Take what the best layer says that knows a class; ``layer`` becomes the index of that layer."""
    result = _nothing(places)
    for number, one in enumerate(found):
        takes = (result.code == UNKNOWN) & (one.code != UNKNOWN)
        for into, values in ((result.code, one.code), (result.trench, one.trench), (result.file, one.file)):
            into[takes] = values[takes]
        result.near[takes], result.layer[takes] = one.near[takes], number
    return result


def _nothing(places: int) -> Mapped:
    return Mapped(
        np.full(places, UNKNOWN, np.uint8), np.full(places, UNKNOWN, np.uint8), np.zeros(places, np.uint64),
        np.full(places, -1, np.int64), np.full(places, -1, np.int64),
    )  # fmt: skip
