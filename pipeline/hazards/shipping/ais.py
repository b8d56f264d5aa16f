"""The ``ais`` step: near reports of all files to ships, passages, stops, and ship-time beside and over the cable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.ais import AisSection
from pipeline.geo import Frame, Ints
from pipeline.hazards.shipping.ais_block import CELLS, HEARD, STATIONS
from pipeline.hazards.shipping.coverage import Coverage, remedy
from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.hazards.shipping.heard import write_heard
from pipeline.hazards.shipping.near_parts import FilesTold
from pipeline.hazards.shipping.noted import counted
from pipeline.hazards.shipping.place_sums import in_order_of_places, pieces_of, write_sums
from pipeline.hazards.shipping.tables import CELL_TRAFFIC, CROSSINGS, PASSAGES, STATICS, STATION_TIME, STOPS, shaped
from pipeline.hazards.shipping.tracks import TrackCounts
from pipeline.sources.ais.losses import why_none_near
from pipeline.sources.ais.period import day_text, years_covered
from pipeline.store.step import Facts, FilePart, StepContext
from pipeline.workspace import weakest


def run(context: StepContext) -> Facts:
    """Put the blocks of ships together and tell what was read.

    Writes ``statics passages stops exposure_stations cell_traffic`` (Parquet), and ``heard_stations heard_cells`` where
    shipping is assessed. Sums by cell and by station, which grow with ships and places, are put together in bounded
    memory; particulars, passages and stops are held whole: some hundred megabytes of five billion positions.

    Raises
    ------
    DataError
        If the positions cover less than an hour.
    """
    if not context.role("ais"):
        return _not_assessed(context, "no AIS source is configured", {}, [])
    frame, section = Frame.load(context.inputs["route"]), context.config.ais
    files, blocks = FilesTold.of(context), [block.facts for block in context.blocks]
    read, ships = sum(files.rows.values()), sum(block["ships"] for block in blocks)
    context.log(f"{read:,} AIS rows read, {files.rows['near']:,} of {counted(ships, 'ship')} near the corridor")
    counts = sum((TrackCounts(**block["counts"]) for block in blocks), TrackCounts())
    coverage = sum((Coverage(**block["coverage"]) for block in blocks), Coverage())
    hours, still = (sum(block[name] for block in blocks) / HOUR_US for name in ("moving_us", "still_us"))
    rows = _rows(files, counts)
    if not (any(block["places"] for block in blocks) or still):
        reason = _why_nothing(read, files, ships, coverage, section)
        return _not_assessed(context, reason, rows, [*files.findings, *_outside(files), *_findings(counts, section)])
    years = years_covered(files.intervals, ", ".join(f"sources.{s.name}" for s in context.role("ais")))
    crossings = _joined(context.blocks, "passages", CROSSINGS)
    crossings = crossings.sort_values(["kp_km", "time_us", "ship"], kind="stable", ignore_index=True)
    lon, lat = frame.route.lonlat(crossings["kp_km"].to_numpy())
    stays = _joined(context.blocks, "stops", STOPS)
    writing: tuple[Callable[[], object], ...] = (
        partial(_write_cells, context),
        partial(_write_stations, context),
        partial(_write, context.out, "statics", _joined(context.blocks, "statics", STATICS)),
        partial(_write, context.out, "passages", shaped(crossings.assign(lon=lon, lat=lat), PASSAGES)),
        partial(_write, context.out, "stops", stays),
    )
    heard = np.concatenate([np.load(block.folder / HEARD, allow_pickle=False) for block in context.blocks])
    with ThreadPoolExecutor(context.threads) as pool:
        made = [pool.submit(write) for write in writing]
        unheard = pool.submit(write_heard, np.unique(heard), frame, section, context.out).result()
        for one in made:
            one.result()
    per_year = len(crossings) / years
    summary = (
        f"{per_year:,.0f} passages a year over the cable by {counted(crossings['ship'].nunique(), 'ship')}, "
        f"from {counted(counts.used, 'position')} over {years:.2f} years"
    )
    context.log(summary)
    context.log(
        f"{still:,.0f} ship-hours at anchor or moored within {section.exposure_half_width_m:g} m: not in the exposure; "
        "anchors dropped near the cable count as routine anchoring"
    )
    return {
        "assessed": True,
        "provenance": weakest(source.section.provenance for source in context.role("ais")),
        "sources": [source.facts for source in context.role("ais")],
        "summary": summary,
        "rows": rows,
        "ships": ships,
        "period": [day_text(min(i[0] for i in files.intervals)), day_text(max(i[1] for i in files.intervals) - 1)],
        "years_covered": years,
        "passages": len(crossings),
        "passages_per_yr": per_year,
        "moving_ship_hours": round(hours, 3),
        "anchored_ship_hours": round(still, 3),
        "stops": {kind: int((stays["kind"] == kind).sum()) for kind in ("anchored", "moored")},
        "exposure_half_width_m": section.exposure_half_width_m,
        "direction": section.direction,
        "coverage": coverage.facts(),
        "findings": [
            *coverage.findings(section),
            *unheard,
            *files.findings,
            *files.overlaps(section),
            *_outside(files),
            *_findings(counts, section, years),
        ],
    }


def _why_nothing(rows: int, files: FilesTold, ships: int, coverage: Coverage, section: AisSection) -> str:
    where = "lies in the corridor" if not ships else "is of a ship that came into the corridor"
    if not coverage.silent_us:
        why = f": {_why(files.rows, sum(files.swapped.values()))}" if not files.rows["near"] else ""
        return f"none of the {rows:,} AIS rows {where}; that does not mean that there are no ships{why}"
    return (
        f"all ship-time in the corridor, {coverage.silent_us / HOUR_US:,.1f} hours, lies in silences and makes no "
        f"track. {remedy(section)}"
    )


def _rows(files: FilesTold, counts: TrackCounts) -> dict[str, int]:
    """Return rows by fate; ``near`` is resolved into duplicate, jump and used."""
    fates = {fate: count for fate, count in files.rows.items() if fate != "near"}
    return {
        "read": sum(files.rows.values()), **fates,
        "duplicate": counts.duplicate, "jump": counts.jump, "used": counts.used,
    }  # fmt: skip


def _outside(files: FilesTold) -> list[str]:
    return [
        f"none of the {sum(rows.values()):,} rows of source {name} lies in the corridor; that does not mean that "
        f"there are no ships: {_why(rows, files.swapped[name])}"
        for name, rows in files.rows_of.items()
        if not rows["near"]
    ]


def _why(rows: Mapping[str, int], swapped: int) -> str:
    why = why_none_near(rows, swapped)
    return f"{why.cause}. {why.remedy.rstrip('.')}"


def _findings(counts: TrackCounts, section: AisSection, years: float = 1.0) -> list[str]:
    told = []
    if years < 0.98:
        told.append(f"AIS covers {years * 365:.1f} days; counts are scaled to a year and seasons are not known")
    if counts.jump:
        told.append(f"{counted(counts.jump, 'position')} left out that a ship could only have reached by a jump")
    if counts.splits:
        told.append(f"{counted(counts.splits, 'track')} broken at a jump; two ships may share an MMSI")
    if counts.shared:
        told.append(
            f"{counts.shared:,} MMSI in two places at once for a while, taken as tracks apart: ships share a number, "
            "or clocks were wrong"
        )
    if counts.lossy:
        ships = "its ship is" if counts.lossy == 1 else "their ships are"
        told.append(
            f"{counts.lossy:,} MMSI lost more than {section.jumps_told_pct:g} percent of "
            f"{'its' if counts.lossy == 1 else 'their'} reports as jumps: {ships} counted too low. More ships share a "
            f"number than are followed at once (ais.strands_followed = {section.strands_followed}), or positions are "
            "false"
        )
    return told


def _joined(blocks: Sequence[FilePart], name: str, columns: dict[str, str]) -> pd.DataFrame:
    """Return a table of all blocks, which come in the order of ships."""
    return shaped(pd.concat([pd.read_parquet(block.folder / f"{name}.parquet") for block in blocks]), columns)


def _write(folder: Path, name: str, table: pd.DataFrame) -> None:
    table.to_parquet(folder / f"{name}.parquet", index=False)


def _sums(context: StepContext, name: str, columns: int) -> Iterator[Ints]:
    pieces = [
        piece
        for block in context.blocks
        for piece in pieces_of(block.folder, name, columns, block.facts["pieces"][name])
    ]
    return in_order_of_places(pieces, context.threads)


def _write_cells(context: StepContext) -> None:
    write_sums(context.out / "cell_traffic.parquet", _sums(context, CELLS, len(CELL_TRAFFIC)), CELL_TRAFFIC)


def _write_stations(context: StepContext) -> None:
    """Write the ship-time that strikes are made of: times the direction factor."""
    weighted = (sums[sums[:, 3] > 0][:, [0, 1, 3]] for sums in _sums(context, STATIONS, 4))
    write_sums(context.out / "exposure_stations.parquet", weighted, STATION_TIME)


def _not_assessed(context: StepContext, reason: str, rows: dict[str, int], findings: list[str]) -> Facts:
    for name, columns in (
        ("statics", STATICS), ("passages", PASSAGES), ("stops", STOPS), ("exposure_stations", STATION_TIME),
        ("cell_traffic", CELL_TRAFFIC),
    ):  # fmt: skip
        _write(context.out, name, shaped(None, columns))
    context.log(f"shipping is not assessed: {reason}")
    return {
        "assessed": False,
        "provenance": "",
        "sources": [source.facts for source in context.role("ais")],
        "summary": f"not assessed: {reason}",
        **({"rows": rows} if rows else {}),
        "findings": findings,
    }
