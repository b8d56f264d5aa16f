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
from pipeline.sources.ais.losses import TYPES_REMEDY, large_loss, types_unknown, why_none_near
from pipeline.workspace import SourceFiles, Workspace


def check_ship_positions(
    source: SourceFiles, stations: Stations | None, config: Config, workspace: Workspace
) -> Iterator[Finding]:
    """Check the files of an AIS source; without a route, whether they lie near it is not asked."""
    box = None if stations is None else _box(stations, source, config)
    rows: Counter[str] = Counter()
    lacking: dict[tuple[str, ...], list[str]] = {}
    swapped, unknown = 0, Counter[str]()
    usable = True
    for path in source.paths:
        try:
            look = look_over(path, source, config.ais, box)
        except CorridorError as error:
            usable = False
            yield finding_of(error, source.name, workspace)
            continue
        rows.update(look.rows)
        swapped += look.swapped
        unknown.update(look.unknown_types)
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
    if unknown:
        yield Finding(
            "warning", source.name, files_of(source), "", types_unknown(unknown), TYPES_REMEDY, code="types_unknown"
        )
    if stations is not None and not rows["near"]:
        why = why_none_near(rows, swapped)
        yield Finding(
            "warning", source.name, files_of(source), "",
            f"no ship lies near the corridor ({why.cause}): shipping is not assessed, which does not mean that there "
            "are no ships", why.remedy, code="nothing_near",
        )  # fmt: skip
    elif (loss := large_loss(rows, config.ais)) is not None:
        yield Finding("warning", source.name, files_of(source), "", loss.cause, loss.remedy, code="reports_lost")


def _box(stations: Stations, source: SourceFiles, config: Config) -> Box:
    half = stations.half_width_m
    bounds = (
        float(stations.x_m.min()) - half, float(stations.y_m.min()) - half,
        float(stations.x_m.max()) + half, float(stations.y_m.max()) + half,
    )  # fmt: skip
    return box_around(bounds, stations.crs, config.ais, source.section.receiver)
