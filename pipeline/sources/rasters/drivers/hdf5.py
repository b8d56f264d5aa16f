"""HDF5 containers (BAG, S-102, netCDF-4): looked into before GDAL follows what leads out of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py

from pipeline.errors import DataError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
"""First bytes of an HDF5 file."""
# Bathymetry needs some dozens; a container of more is not a grid, and walking it takes long.
_MOST_OBJECTS = 100_000
# What h5py raises where a file contradicts itself.
_DAMAGE = (
    OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, MemoryError,
)  # fmt: skip


def objects_in(path: Path) -> frozenset[str]:
    """Return the paths of all groups and data sets of an HDF5 file that holds all its data itself.

    Raises
    ------
    DataError
        If it is damaged, or a link, an external storage or a virtual data set in it leads to another file.
    """
    found: set[str] = set()
    try:
        with h5py.File(path, "r") as file:
            for place, way_out in _walk(file):
                if way_out:
                    raise DataError(
                        f"the file takes data from another file: {way_out}",
                        where=f"{path}, {place}",
                        remedy="Copy all data into one file ('h5repack', 'nccopy') and use that.",
                    )
                found.add(place.strip("/"))
    except _DAMAGE as error:
        raise DataError(
            f"the raster is damaged or is no raster: {error}",
            where=str(path),
            remedy="Copy or download it again and compare its size with the original.",
        ) from error
    return frozenset(found)


def _walk(file: Any) -> Iterator[tuple[str, str]]:
    """Give the place of each object, and how it leads out of the file; links are looked at and not followed."""
    todo: list[tuple[str, Any]] = [("/", file["/"])]
    seen: set[int] = set()
    while todo and len(seen) <= _MOST_OBJECTS:
        place, group = todo.pop()
        for name in group:
            link, here = group.get(name, getlink=True), f"{place}{name}"
            if isinstance(link, h5py.ExternalLink):
                yield here, f"a link to '{link.filename}'"
            elif isinstance(link, h5py.HardLink):
                item = group[name]
                number = h5py.h5o.get_info(item.id).addr
                if isinstance(item, h5py.Group) and number not in seen:
                    todo.append((f"{here}/", item))
                seen.add(number)
                yield here, _way_out(item)


def _way_out(item: Any) -> str:
    if isinstance(item, h5py.Dataset):
        if item.external:
            return f"cells stored in '{item.external[0][0]}'"
        if item.is_virtual and any(source.file_name != "." for source in item.virtual_sources()):
            return "a virtual data set"
    return ""
