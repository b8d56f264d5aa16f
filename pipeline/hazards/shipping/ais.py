"""The ``ais`` step: a year of AIS reports to ships, passages and ship-time beside the cable."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pyproj import Transformer

from pipeline.config.ais import AisSection
from pipeline.geo import Frame
from pipeline.hazards.shipping.beside import least_distance_m, pieces
from pipeline.hazards.shipping.cell_traffic import cell_exposure, cell_traffic
from pipeline.hazards.shipping.cut import sum_by_key
from pipeline.hazards.shipping.exposure import station_time
from pipeline.hazards.shipping.parts import Positions, open_parts
from pipeline.hazards.shipping.passages import passages
from pipeline.hazards.shipping.tables import CELL_TIME, CELL_TRAFFIC, PASSAGES, STATICS, STATION_TIME, shaped
from pipeline.hazards.shipping.tracks import segments
from pipeline.sources.ais.period import day_text, years_covered
from pipeline.sources.ais.positions import Reports
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import weakest

HOUR_US = 3.6e9
_COUNTS = ("duplicate", "jump", "used", "gaps", "splits")


@dataclass
class Gathered:
    """What the chunks add up to. Chunks hold whole ships, so no two share a ship."""

    stations: list[pd.DataFrame] = field(default_factory=list)
    cells: list[pd.DataFrame] = field(default_factory=list)
    passages: list[pd.DataFrame] = field(default_factory=list)
    moored: list[pd.DataFrame] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))


def run(context: StepContext) -> Facts:
    """Write ``statics passages exposure_stations exposure_cells anchored_stations`` (Parquet) and tell what was read.

    Raises
    ------
    DataError
        If a source cannot be read; names file and line.
    """
    section = context.config.ais
    frame = Frame.load(context.inputs["route"])
    sources = context.role("ais")
    if not sources:
        return _not_assessed(context, "no AIS source is configured")
    with open_parts(context) as positions:
        read = sum(positions.rows.values())
        context.log(
            f"{read:,} AIS rows read, {positions.rows['near']:,} of {len(positions.mmsi)} ships near the corridor"
        )
        to_xy = Transformer.from_crs("EPSG:4326", frame.grid.crs, always_xy=True)
        gathered = Gathered()
        for reports in positions.chunks(section.chunk_positions):
            _gather(reports, to_xy, frame, section, gathered)
        return _write(context, frame, positions, gathered)


def _gather(reports: Reports, to_xy: Transformer, frame: Frame, section: AisSection, gathered: Gathered) -> None:
    x, y = (np.asarray(axis) for axis in to_xy.transform(reports.lon, reports.lat))
    found, counts = segments(reports, x, y, section)
    for name in _COUNTS:
        gathered.counts[name] += getattr(counts, name)
    distance = least_distance_m(found, frame.route)
    half_swath = float(frame.cells["offset_m"].abs().max()) + frame.grid.cell_m
    in_swath = distance <= max(half_swath, section.exposure_half_width_m)
    gathered.cells.append(cell_traffic(found.where(in_swath), frame, section.direction))

    beside = distance <= section.exposure_half_width_m
    moving = found.where(beside & ~found.stationary)
    parts = pieces(moving, frame.route, section.piece_m)
    half_width = section.exposure_half_width_m
    gathered.stations.append(station_time(parts, moving, frame, half_width, section.direction))
    gathered.passages.append(passages(parts, moving, frame))
    still = found.where(beside & found.stationary)
    still_parts = pieces(still, frame.route, section.piece_m)
    gathered.moored.append(station_time(still_parts, still, frame, half_width, None))


def _write(context: StepContext, frame: Frame, positions: Positions, gathered: Gathered) -> Facts:
    section = context.config.ais
    stations, cells = _joined(gathered.stations, STATION_TIME), _joined(gathered.cells, CELL_TRAFFIC)
    moored = _joined(gathered.moored, STATION_TIME)
    if not (len(stations) or len(cells) or len(moored)):
        return {
            **_not_assessed(context, "the AIS sources hold no ship in the corridor"),
            "rows": _rows(positions, gathered),
        }
    years = years_covered(positions.intervals, ", ".join(f"sources.{s.name}" for s in context.role("ais")))
    crossings = _joined(gathered.passages, {k: v for k, v in PASSAGES.items() if k not in ("lon", "lat")})
    crossings = crossings.sort_values(["kp_km", "time_us", "ship"], kind="stable", ignore_index=True)
    lon, lat = frame.route.lonlat(crossings["kp_km"].to_numpy())
    crossings = crossings.assign(lon=lon, lat=lat)

    said = positions.statics.groupby(list(STATICS)[:-1], dropna=False)["reports"].sum().reset_index()
    shaped(said, STATICS).to_parquet(context.out / "statics.parquet", index=False)
    shaped(crossings, PASSAGES).to_parquet(context.out / "passages.parquet", index=False)
    stations.to_parquet(context.out / "exposure_stations.parquet", index=False)
    cells.to_parquet(context.out / "cell_traffic.parquet", index=False)
    cell_exposure(cells).to_parquet(context.out / "exposure_cells.parquet", index=False)
    _by_station(moored).to_parquet(context.out / "anchored_stations.parquet", index=False)

    sources = context.role("ais")
    hours, still = stations["hours_us"].sum() / HOUR_US, moored["hours_us"].sum() / HOUR_US
    per_year = len(crossings) / years
    summary = (
        f"{per_year:,.0f} passages a year over the cable by {crossings['ship'].nunique()} ships, "
        f"from {gathered.counts['used']:,} positions over {years:.2f} years"
    )
    context.log(summary)
    context.log(
        f"{still:,.0f} ship-hours at anchor or moored within {section.exposure_half_width_m:g} m: not in the strikes"
    )
    return {
        "assessed": True,
        "provenance": weakest(source.section.provenance for source in sources),
        "sources": [source.facts for source in sources],
        "summary": summary,
        "rows": _rows(positions, gathered),
        "ships": len(positions.mmsi),
        "period": [
            day_text(min(i[0] for i in positions.intervals)),
            day_text(max(i[1] for i in positions.intervals) - 1),
        ],
        "years_covered": years,
        "passages": len(crossings),
        "passages_per_yr": per_year,
        "moving_ship_hours": round(float(hours), 3),
        "anchored_ship_hours": round(float(still), 3),
        "exposure_half_width_m": section.exposure_half_width_m,
        "direction": section.direction,
        "findings": _findings(gathered, years),
    }


def _rows(positions: Positions, gathered: Gathered) -> dict[str, int]:
    """Return rows by fate; ``near`` is resolved into duplicate, jump and used."""
    fates = {fate: count for fate, count in positions.rows.items() if fate != "near"}
    fates |= {name: gathered.counts[name] for name in ("duplicate", "jump", "used")}
    return {"read": sum(positions.rows.values()), **fates}


def _findings(gathered: Gathered, years: float) -> list[str]:
    told = []
    if years < 0.98:
        told.append(f"AIS covers {years * 365:.1f} days; counts are scaled to a year and seasons are not known")
    if gathered.counts["jump"]:
        told.append(f"{gathered.counts['jump']} positions left out that a ship could only have reached by a jump")
    if gathered.counts["splits"]:
        told.append(f"{gathered.counts['splits']} tracks broken at a jump; two ships may share an MMSI")
    return told


def _joined(tables: list[pd.DataFrame], columns: dict[str, str]) -> pd.DataFrame:
    if not tables:
        return shaped(None, columns)
    table = shaped(pd.concat(tables, ignore_index=True), columns)
    return table.sort_values(list(columns)[:2], kind="stable", ignore_index=True)


def _by_station(moored: pd.DataFrame) -> pd.DataFrame:
    station, total = sum_by_key(moored["station"].to_numpy().astype(np.int64), moored["hours_us"].to_numpy())
    return pd.DataFrame({"station": station.astype(np.int32), "hours_us": total})


def _not_assessed(context: StepContext, reason: str) -> Facts:
    for name, columns in (
        ("statics", STATICS), ("passages", PASSAGES), ("exposure_stations", STATION_TIME),
        ("exposure_cells", CELL_TIME), ("cell_traffic", CELL_TRAFFIC),
        ("anchored_stations", {"station": "int32", "hours_us": "int64"}),
    ):  # fmt: skip
        shaped(None, columns).to_parquet(context.out / f"{name}.parquet", index=False)
    context.log(f"shipping is not assessed: {reason}")
    return {
        "assessed": False,
        "provenance": "",
        "sources": [source.facts for source in context.role("ais")],
        "summary": f"not assessed: {reason}",
        "findings": [],
    }
