"""Files beside an input that readers take with it, though no pattern names them: a table, a header, a world file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

# What these formats hold is in the one file; others have headers, tables and world files under the same name.
_ALONE = frozenset({
    ".csv", ".fgb", ".geojson", ".gz", ".html", ".json", ".kml", ".kmz", ".md", ".nc", ".parquet", ".pdf", ".tsv",
    ".txt", ".xlsm", ".xlsx", ".zip",
})  # fmt: skip
_DATABASES = frozenset({".gpkg", ".sqlite"})
_SHAPEFILE = frozenset({".shx", ".dbf", ".prj", ".qpj", ".cpg", ".cst", ".qix", ".sbn", ".sbx", ".shp"})
_INPUTS = _ALONE | _DATABASES | {".shp"}


class SideFiles:
    """Finds the files beside inputs; looks into each folder once."""

    def __init__(self) -> None:
        self._by_stem = cache(_by_stem)

    def of(self, path: Path) -> tuple[Path, ...]:
        """Return the files beside an input that belong to it, in the order of their names.

        These are files of the same name but for the suffix (``dem.bil``: ``dem.hdr``), in any case of letters, and
        those that add to all of it (``dem.tif``: ``dem.tif.aux.xml``). Of what may be an input itself, such as a CSV
        of the same name, none is taken. A database has its journals beside it (``soil.gpkg-wal``), which hold changes,
        and an index of them (``-shm``), which holds none.
        """
        suffix = path.suffix.lower()
        if suffix in _ALONE:
            return ()
        folder = self._by_stem(path.parent)
        same = () if suffix in _DATABASES else folder.get(path.stem.lower(), ())
        if suffix == ".shp":
            same = [item for item in same if item.suffix.lower() in _SHAPEFILE]
        name = path.name.lower()
        added = (*folder.get(name, ()), *folder.get(f"{name}.aux", ()))
        beside = {item for item in (*same, *added) if item != path and item.suffix.lower() not in _INPUTS}
        return tuple(sorted(beside))


def _by_stem(folder: Path) -> dict[str, list[Path]]:
    """Return the files of a folder by their name without the last suffix, in lower case."""
    found: dict[str, list[Path]] = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        name = path.name.lower()
        of_sqlite = name.removesuffix("-wal").removesuffix("-journal")
        if path.is_file() and not name.endswith("-shm"):
            found.setdefault(of_sqlite if of_sqlite != name else path.stem.lower(), []).append(path)
    return found
