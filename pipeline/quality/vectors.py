"""Vector sources: whether they open, name a CRS and hold anything."""

from __future__ import annotations

from collections.abc import Iterator

import fiona
from fiona.errors import FionaError

from pipeline.errors import DataError
from pipeline.quality.findings import Finding, finding_of, short
from pipeline.workspace import SourceFiles, Workspace

_NO_VECTORS = {".csv", ".tsv", ".txt", ".tif", ".xlsx", ".parquet"}


def check_vectors(source: SourceFiles, workspace: Workspace) -> Iterator[Finding]:
    """Open vector sources (tables of other roles are left to the step that reads them)."""
    for path in source.paths:
        if path.suffix.lower() in _NO_VECTORS:
            continue
        try:
            with fiona.open(str(path), allow_unsupported_drivers=path.suffix.lower() == ".kml") as collection:
                count, crs = len(collection), collection.crs
        except FionaError as error:
            problem = DataError(
                f"the file cannot be read: {error}", where=str(path), remedy="Open it in QGIS and save it again."
            )
            yield finding_of(problem, source.name, workspace)
            continue
        where = (source.name, short(path, workspace), "")
        if not crs and source.section.crs is None:
            yield Finding(
                "error", *where, "the file names no coordinate reference system",
                'State it with crs = "EPSG:..." in its source.', code="no_crs",
            )  # fmt: skip
        elif count == 0:
            yield Finding("warning", *where, "the file holds no features", "", code="no_features")
