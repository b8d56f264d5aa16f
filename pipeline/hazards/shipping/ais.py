"""The ``ais`` step: near reports of all files to ships, passages, stops, and ship-time beside and over the cable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import pandas as pd

from pipeline.config.ais import AisSection
from pipeline.geo import Frame
from pipeline.hazards.shipping.cell_traffic import cell_exposure
from pipeline.hazards.shipping.chunk_work import ChunkResult, ChunkWork
from pipeline.hazards.shipping.coverage import Coverage, remedy
from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.hazards.shipping.heard import write_heard
from pipeline.hazards.shipping.near_parts import NearParts
from pipeline.hazards.shipping.stream import Chunk, Ships, chunks
from pipeline.hazards.shipping.tables import CELL_TIME, CELL_TRAFFIC, PASSAGES, STATICS, STATION_TIME, STOPS, shaped
from pipeline.hazards.shipping.tracks import TrackCounts
from pipeline.sources.ais.losses import why_none_near
from pipeline.sources.ais.period import day_text, years_covered
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import weakest

_THREADS = 2  # chunks worked on at once; changes no result, and each holds some 100 MB
_ANCHORED_STATIONS = {"station": "int32", "hours_us": "int64"}
_CROSSINGS = {name: kind for name, kind in PASSAGES.items() if name not in ("lon", "lat")}


def run(context: StepContext) -> Facts:
    """Write ships, passages, stops and exposure, and tell what was read.

    Writes ``statics passages stops exposure_stations exposure_cells cell_traffic anchored_stations`` (Parquet), and
    ``heard_stations heard_cells`` where shipping is assessed.

    Raises
    ------
    DataError
        If the positions cover less than an hour.
    """
    if not context.role("ais"):
        return _not_assessed(context, "no AIS source is configured", {}, [])
    frame, section = Frame.load(context.inputs["route"]), context.config.ais
    parts = NearParts.of(context)
    read = sum(parts.rows.values())
    ships = Ships.of(parts.files, section)
    context.log(f"{read:,} AIS rows read, {parts.rows['near']:,} of {len(ships.mmsi):,} ships near the corridor")
    work = ChunkWork(frame, section).prepare()
    results = list(_in_threads(work, chunks(parts.files, ships, section, context.out)))
    counts = sum((result.counts for result in results), TrackCounts())
    coverage = sum((result.coverage for result in results), Coverage())
    stations = _joined([result.stations for result in results], {**STATION_TIME, "weighted_us": "int64"})
    moored = _joined([result.moored for result in results], STATION_TIME)
    cells = _joined([result.cells for result in results], CELL_TRAFFIC)
    rows = _rows(parts, counts)
    if not (len(stations) or len(cells) or len(moored)):
        reason = _why_nothing(read, parts, len(ships.mmsi), coverage, section)
        return _not_assessed(context, reason, rows, [*parts.findings, *_outside(parts), *_findings(counts, section)])
    years = years_covered(parts.intervals, ", ".join(f"sources.{s.name}" for s in context.role("ais")))
    crossings = _joined([result.passages for result in results], _CROSSINGS)
    crossings = crossings.sort_values(["kp_km", "time_us", "ship"], kind="stable", ignore_index=True)
    lon, lat = frame.route.lonlat(crossings["kp_km"].to_numpy())
    stays = _joined([result.stops for result in results], STOPS)
    tables: tuple[tuple[str, pd.DataFrame, dict[str, str]], ...] = (
        ("statics", parts.said(ships.mmsi, section), STATICS),
        ("passages", crossings.assign(lon=lon, lat=lat), PASSAGES),
        ("stops", stays, STOPS),
        ("exposure_stations", _weighted(stations), STATION_TIME),
        ("exposure_cells", cell_exposure(cells), CELL_TIME),
        ("cell_traffic", cells, CELL_TRAFFIC),
        ("anchored_stations", moored.groupby("station")["hours_us"].sum().reset_index(), _ANCHORED_STATIONS),
    )

    def write(name: str, table: pd.DataFrame, columns: dict[str, str]) -> None:
        shaped(table, columns).to_parquet(context.out / f"{name}.parquet", index=False)

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(write, *zip(*tables, strict=True)))

    unheard = write_heard(parts.files, frame, section, context.out)
    hours, still = stations["weighted_us"].sum() / HOUR_US, moored["hours_us"].sum() / HOUR_US
    per_year = len(crossings) / years
    summary = (
        f"{per_year:,.0f} passages a year over the cable by {crossings['ship'].nunique():,} ships, "
        f"from {counts.used:,} positions over {years:.2f} years"
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
        "ships": len(ships.mmsi),
        "period": [day_text(min(i[0] for i in parts.intervals)), day_text(max(i[1] for i in parts.intervals) - 1)],
        "years_covered": years,
        "passages": len(crossings),
        "passages_per_yr": per_year,
        "moving_ship_hours": round(float(hours), 3),
        "anchored_ship_hours": round(float(still), 3),
        "stops": {kind: int((stays["kind"] == kind).sum()) for kind in ("anchored", "moored")},
        "exposure_half_width_m": section.exposure_half_width_m,
        "direction": section.direction,
        "coverage": coverage.facts(),
        "findings": [
            *coverage.findings(section),
            *unheard,
            *parts.findings,
            *parts.overlaps(section),
            *_outside(parts),
            *_findings(counts, section, years),
        ],
    }


def _why_nothing(rows: int, parts: NearParts, ships: int, coverage: Coverage, section: AisSection) -> str:
    where = "lies in the corridor" if not ships else "is of a ship that came into the corridor"
    if not coverage.silent_us:
        why = f": {_why(parts.rows, sum(parts.swapped.values()))}" if not parts.rows["near"] else ""
        return f"none of the {rows:,} AIS rows {where}; that does not mean that there are no ships{why}"
    return (
        f"all ship-time in the corridor, {coverage.silent_us / HOUR_US:,.1f} hours, lies in silences and makes no "
        f"track. {remedy(section)}"
    )


def _in_threads(work: ChunkWork, todo: Iterable[Chunk]) -> Iterator[ChunkResult]:
    """Give the results of chunks in their order, a few chunks ahead."""
    waiting: list[Future[ChunkResult]] = []
    todo = iter(todo)
    with ThreadPoolExecutor(_THREADS) as pool:
        while True:
            waiting.extend(pool.submit(work.run, chunk) for chunk in islice(todo, _THREADS + 1 - len(waiting)))
            if not waiting:
                return
            yield waiting.pop(0).result()


def _rows(parts: NearParts, counts: TrackCounts) -> dict[str, int]:
    """Return rows by fate; ``near`` is resolved into duplicate, jump and used."""
    fates = {fate: count for fate, count in parts.rows.items() if fate != "near"}
    return {
        "read": sum(parts.rows.values()), **fates,
        "duplicate": counts.duplicate, "jump": counts.jump, "used": counts.used,
    }  # fmt: skip


def _outside(parts: NearParts) -> list[str]:
    return [
        f"none of the {sum(rows.values()):,} rows of source {name} lies in the corridor; that does not mean that "
        f"there are no ships: {_why(rows, parts.swapped[name])}"
        for name, rows in parts.rows_of.items()
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
        told.append(f"{counts.jump} positions left out that a ship could only have reached by a jump")
    if counts.splits:
        told.append(f"{counts.splits} tracks broken at a jump; two ships may share an MMSI")
    if counts.shared:
        told.append(
            f"{counts.shared} MMSI in two places at once for a while, taken as tracks apart: ships share a number, or "
            "clocks were wrong"
        )
    if counts.lossy:
        told.append(
            f"{counts.lossy} MMSI lost more than {section.jumps_told_pct:g} percent of their reports as jumps: their "
            "ships are counted too low. More ships share a number than are followed at once (ais.strands_followed = "
            f"{section.strands_followed}), or positions are false"
        )
    return told


def _joined(tables: list[pd.DataFrame], columns: dict[str, str]) -> pd.DataFrame:
    """Put the tables of chunks together, in the order of the first column; chunks are in the order of ships."""
    if not tables:
        return shaped(None, columns)
    table = shaped(pd.concat(tables, ignore_index=True), columns)
    return table.sort_values(next(iter(columns)), kind="stable", ignore_index=True)


def _weighted(stations: pd.DataFrame) -> pd.DataFrame:
    """Return the ship-time that strikes are made of: times the direction factor, ``STATION_TIME``."""
    some = stations[stations["weighted_us"] > 0]
    return some.assign(hours_us=some["weighted_us"]).reset_index(drop=True)


def _not_assessed(context: StepContext, reason: str, rows: dict[str, int], findings: list[str]) -> Facts:
    for name, columns in (
        ("statics", STATICS), ("passages", PASSAGES), ("stops", STOPS), ("exposure_stations", STATION_TIME),
        ("exposure_cells", CELL_TIME), ("cell_traffic", CELL_TRAFFIC), ("anchored_stations", _ANCHORED_STATIONS),
    ):  # fmt: skip
        shaped(None, columns).to_parquet(context.out / f"{name}.parquet", index=False)
    context.log(f"shipping is not assessed: {reason}")
    return {
        "assessed": False,
        "provenance": "",
        "sources": [source.facts for source in context.role("ais")],
        "summary": f"not assessed: {reason}",
        **({"rows": rows} if rows else {}),
        "findings": findings,
    }
