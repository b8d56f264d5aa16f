"""Vector sources: whether they open, name a CRS and hold anything, and what their reader set aside or mended."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import CorridorError
from pipeline.quality.findings import Finding, finding_of, short
from pipeline.sources.vectors.catalogue import VECTOR_SUFFIXES
from pipeline.sources.vectors.survey import look_over, probe
from pipeline.workspace import SourceFiles, Workspace


def check_vectors(source: SourceFiles, workspace: Workspace) -> Iterator[Finding]:
    """Read vector sources (tables of other roles are left to the step that reads them)."""
    for path in source.paths:
        if path.suffix.lower() not in VECTOR_SUFFIXES:
            continue
        file = short(path, workspace)
        try:
            if probe(path, source.section).features == 0:
                yield Finding("warning", source.name, file, "", "the file holds no features", "", code="no_features")
                continue
            for remark in look_over(path, source.section):
                yield Finding(
                    remark.severity, source.name, file, remark.place, remark.message, remark.remedy, code="remark"
                )
        except CorridorError as error:
            yield finding_of(error, source.name, workspace)
