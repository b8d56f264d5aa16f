"""Files beside an input that are part of it, though no pattern names them: a Shapefile's table, a world file."""

from __future__ import annotations

from pathlib import Path

# Suffixes in place of the input's own (roads.shp: roads.dbf), and after it (dem.tif: dem.tif.aux.xml).
_INSTEAD = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".tif": (".tfw", ".prj"),
    ".tiff": (".tfw", ".prj"),
    ".asc": (".prj",),
}
_AFTER = (".aux.xml", ".msk", ".ovr", "-wal", "-journal")


def side_files(path: Path) -> tuple[Path, ...]:
    """Return the files beside an input that readers take with it, in a fixed order."""
    instead = [path.with_suffix(suffix) for suffix in _INSTEAD.get(path.suffix.lower(), ())]
    after = [path.with_name(path.name + suffix) for suffix in _AFTER]
    return tuple(side for side in (*instead, *after) if side.is_file())
