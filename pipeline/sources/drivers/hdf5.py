"""HDF5 containers (BAG, S-102, netCDF-4): looked into before GDAL follows what leads out of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from pipeline.errors import DataError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
"""First bytes of an HDF5 file."""
# Bathymetry needs some dozens; a container of more is not a grid, and walking it takes long.
_MOST_OBJECTS = 100_000


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open an HDF5 file that holds all its data itself.

    Raises
    ------
    DataError
        If it is damaged, or a link, an external storage or a virtual data set in it leads to another file.
    """
    try:
        with h5py.File(path, "r") as file:
            for place, why in _ways_out(file):
                raise DataError(
                    f"the file takes data from another file: {why}",
                    where=f"{path}, {place}",
                    remedy="Copy all data into one file ('h5repack', 'nccopy') and use that.",
                )
            yield file
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise DataError(
            f"the raster is damaged or is no raster: {error}",
            where=str(path),
            remedy="Copy or download it again and compare its size with the original.",
        ) from error


def _ways_out(file: Any) -> Iterator[tuple[str, str]]:
    """Give place and kind of all that leads out of a file; links are looked at and not followed."""
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
                if isinstance(item, h5py.Dataset):
                    if item.external:
                        yield here, f"cells stored in '{item.external[0][0]}'"
                    elif item.is_virtual and any(source.file_name != "." for source in item.virtual_sources()):
                        yield here, "a virtual data set"
                elif isinstance(item, h5py.Group) and number not in seen:
                    todo.append((f"{here}/", item))
                seen.add(number)
