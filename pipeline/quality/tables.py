"""Tables: their columns from the header, then every row as the step that uses them reads it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import CorridorError
from pipeline.quality.findings import Finding, finding_of, short
from pipeline.sources.tables.reading import HELPFUL, LAYOUT, NEEDED, file_names, look_over, read_header
from pipeline.sources.unpacking import Bounds
from pipeline.workspace import SourceFiles, Workspace


def check_tables(source: SourceFiles, workspace: Workspace) -> Iterator[Finding]:
    """Check the columns of every file of a table source."""
    role = source.section.role
    for path in source.paths:
        try:
            header = read_header(path, sheet=source.section.variable, bounds=Bounds.of(source.section))
            remarks = look_over(path, source.section)
        except CorridorError as error:
            yield finding_of(error, source.name, workspace)
            continue
        names = file_names(header, source.section.columns)
        lower = {name.lower(): name for name in names}
        missing = [" or ".join(choice) for choice in NEEDED[role] if not any(name in names for name in choice)]
        helpful = [name for name in HELPFUL[role] if name not in names]
        twice = sorted({name for name in header if header.count(name) > 1})
        where = (source.name, short(path, workspace), "line 1")
        for remark in remarks:
            yield Finding(remark.severity, *where[:2], remark.place, remark.message, remark.remedy, code="remark")
        if missing:
            alike = [lower[name.lower()] for name in missing if name.lower() in lower]
            hint = f" ({', '.join(alike)} differs in case)" if alike else ""
            yield Finding(
                "error", *where, f"columns are missing: {', '.join(missing)}{hint}",
                f"Give the {LAYOUT[role]} layout, or rename in columns of the source.", code="columns_missing",
            )  # fmt: skip
        if twice:
            message = f"columns stand twice: {', '.join(twice)}"
            yield Finding("error", *where, message, "Keep one of each.", code="columns_twice")
        if helpful:
            message = f"columns are missing: {', '.join(helpful)}"
            yield Finding("warning", *where, message, "Defaults stand in for them.", code="columns_helpful")
