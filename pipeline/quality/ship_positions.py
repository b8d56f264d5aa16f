"""AIS: every file of a source as the build reads it, and whether any of it lies near the corridor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.quality.findings import Finding, files_of, finding_of, short
from pipeline.quality.route import Stations
from pipeline.sources.ais.ais_file import look_over
from pipeline.sources.ais.box import Box, box_around
from pipeline.workspace import SourceFiles, Workspace


def check_ship_positions(
    source: SourceFiles, stations: Stations | None, config: Config, workspace: Workspace
) -> Iterator[Finding]:
    """Check the files of an AIS source; without a route, whether they lie near it is not asked."""
    box = None if stations is None else _box(stations, source, config)
    rows: Counter[str] = Counter()
    lacking: dict[tuple[str, ...], list[str]] = {}
    usable = True
    for path in source.paths:
        try:
            look = look_over(path, source, config.ais, box)
        except CorridorError as error:
            usable = False
            yield finding_of(error, source.name, workspace)
            continue
        rows.update(look.rows)
        for text in look.findings:
            yield Finding(
                "warning", source.name, short(path, workspace), "", text, "Copy the file again.", code="remark"
            )
        if look.missing:
            lacking.setdefault(look.missing, []).append(short(path, workspace))
    for names, files in lacking.items():
        message = f"columns are missing: {', '.join(names)}"
        file = files[0] + (f" and {len(files) - 1} more" if len(files) > 1 else "")
        yield Finding(
            "warning", source.name, file, "line 1", message, "Defaults stand in for them.", code="columns_helpful"
        )
    if not usable:
        return
    told = ", ".join(f"{count:,} {fate.replace('_', ' ')}" for fate, count in rows.items() if count)
    yield Finding(
        "note",
        source.name,
        files_of(source),
        "",
        f"{rows.total():,} rows of AIS: {told or 'none'}",
        "",
        code="coverage",
    )
    if stations is not None and not rows["near"]:
        yield Finding(
            "warning", source.name, files_of(source), "",
            "no ship lies near the corridor: shipping is not assessed, which does not mean that there are no ships",
            "Get positions of the corridor's own waters, or check crs and route.", code="nothing_near",
        )  # fmt: skip


def _box(stations: Stations, source: SourceFiles, config: Config) -> Box:
    half = stations.half_width_m
    bounds = (
        float(stations.x_m.min()) - half, float(stations.y_m.min()) - half,
        float(stations.x_m.max()) + half, float(stations.y_m.max()) + half,
    )  # fmt: skip
    return box_around(bounds, stations.crs, config.ais, source.section.receiver)
