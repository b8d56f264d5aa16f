"""Ship registries: every row as the build reads it, file by file, then all files of a source against each other."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.quality.findings import Finding, finding_of, short
from pipeline.sources.ships.registry import read_file, read_registry
from pipeline.workspace import SourceFiles, Workspace


def check_registry(source: SourceFiles, config: Config, workspace: Workspace) -> Iterator[Finding]:
    """Check the files of a ship registry; how its values agree with AIS is told by the build."""
    usable = True
    for path in source.paths:
        try:
            rows, remarks = read_file(path, source.section, config.shipping)
        except CorridorError as error:
            usable = False
            yield finding_of(error, source.name, workspace)
            continue
        file = short(path, workspace)
        for text in remarks:
            yield Finding("warning", source.name, file, "line 1", text, "", code="remark")
        message = f"{len(rows)} ships, {rows['imo'].notna().sum()} by IMO number"
        yield Finding("note", source.name, file, "", message, "", code="coverage")
    if usable:
        try:
            read_registry([source], config.shipping)
        except CorridorError as error:
            yield finding_of(error, source.name, workspace)
