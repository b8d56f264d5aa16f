"""GEM Global Active Faults: traces with slip rates, one file for the world, of which the box is kept.

The harmonised GeoJSON of the database (Styron and Pagani 2020, https://doi.org/10.1177/8755293020944182) lies in the
repository GEMScienceTools/gem-global-active-faults: some 30 MB, 13,700 traces.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import DataError
from pipeline.fetch.ask import Ask, BrokenAnswerError, read_features
from pipeline.fetch.features import extent, meet, write_features
from pipeline.fetch.service import Asks, Service
from pipeline.fetch.wanted import Wanted
from pipeline.sources import vectors


def asks(_: Wanted, url: str, dataset: str) -> Asks:
    """Ask for the one file."""
    yield Ask(f"{url}/{dataset}.geojson", check=_check)


def _check(path: Path) -> None:
    _, features = read_features(path)
    if not features:
        raise BrokenAnswerError("the answer holds no fault at all")
    for feature in features:
        extent(feature)


def assemble(wanted: Wanted, answers: Sequence[Path], target: Path) -> str:
    """Keep the traces whose own box touches the box that is wanted, in the file's order."""
    (answer,) = answers
    _, features = read_features(answer)
    near = [feature for feature in features if (box := extent(feature)) is not None and meet(box, wanted.box)]
    if not near:
        raise DataError(
            f"the database has no active fault in the box {', '.join(map(str, wanted.box))}",
            where=f"section [fetch.{wanted.name}]",
            remedy="Widen margin_km, or take the section out: no fault is known there to this database.",
        )
    write_features(target, near)
    return ""


def read(_: Wanted, path: Path) -> None:
    """Read the file as any vector file; a fault is a line."""
    table = vectors.read_features(path, what="the faults", remedy="Fetch them again.", whole=True).table
    if not table.geom_type.isin(["LineString", "MultiLineString"]).all():
        raise DataError("a fault is not a line", where=str(path), remedy="Look the service's data set up.")


SERVICE = Service(
    title="GEM Global Active Faults: traces and slip rates",
    role="faults",
    keys={},
    url="https://raw.githubusercontent.com/GEMScienceTools/gem-global-active-faults/master/geojson",
    dataset="gem_active_faults_harmonized",
    licence="CC BY-SA 4.0 (GEM Foundation)",
    attribution="GEM Global Active Faults Database, Styron and Pagani 2020, doi:10.1177/8755293020944182",
    terms="https://github.com/GEMScienceTools/gem-global-active-faults",
    asks=asks,
    assemble=assemble,
    read=read,
)
