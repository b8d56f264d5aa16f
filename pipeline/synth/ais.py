"""Synthetic AIS: a year of positions over the whole sea, in the MarineCadastre CSV layout, with the usual dirt."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from scipy.spatial import cKDTree

from pipeline.geo import Route
from pipeline.synth.fleet import SERVICES, Service, Ship, fleet
from pipeline.synth.lanes import lane
from pipeline.synth.voyages import Reporting, ship_positions
from pipeline.workspace import atomic_path

COLUMNS = (
    "MMSI", "BaseDateTime", "LAT", "LON", "SOG", "COG", "Heading", "VesselName", "IMO", "CallSign", "VesselType",
    "Status", "Length", "Width", "Draft", "Cargo",
)  # fmt: skip
"""The MarineCadastre layout."""


def positions(
    route: Route, *, seed: int, days: int = 365, services: tuple[Service, ...] = SERVICES,
    reporting: Reporting | None = None,
) -> tuple[pd.DataFrame, list[Ship]]:  # fmt: skip
    """Return all reports of the period and the ships.

    Parameters
    ----------
    route : Route
        The cable route: ships report more often near it.
    seed : int
        Seed.
    days : int
        Length of the period.
    services : tuple of Service
        Who sails.
    reporting : Reporting, optional
        How often they report.

    Returns
    -------
    tuple of DataFrame and list of Ship
        Reports in time order with a column ``ship`` (index into the list), and the ships.
    """
    ships = fleet(seed, services)
    kp = np.arange(0.0, route.length_km, 2.0)
    near = cKDTree(np.column_stack(route.xy(kp)))
    lanes = {service.lane: lane(service.lane) for service in services}
    frames = []
    for index, ship in enumerate(ships):
        reports = ship_positions(
            ship, lanes[ship.service.lane], near, seed=seed, period_s=days * 86400.0,
            reporting=reporting or Reporting(),
        )  # fmt: skip
        reports.insert(0, "ship", np.int32(index))
        frames.append(reports)
    table = pd.concat(frames, ignore_index=True)
    order = np.lexsort([table["ship"].to_numpy(), table["second"].to_numpy()])
    return table.iloc[order].reset_index(drop=True), ships


def dirty(table: pd.DataFrame, *, seed: int, per_million: int = 150) -> pd.DataFrame:
    """Return the reports with faults that real receivers produce, so that cleaning is put to work.

    Parameters
    ----------
    table : DataFrame
        From ``positions``.
    seed : int
        Seed.
    per_million : int
        Rows of each fault in a million, at least one.

    Returns
    -------
    DataFrame
        The reports, some of them repeated: as position sentinels (91, 181), as speed sentinel (102.3), as exact
        duplicates, as jumps of some degrees, as a wrong MMSI (column ``wrong_mmsi``).
    """
    rng = np.random.default_rng([seed, 2])
    count = max(1, len(table) * per_million // 1_000_000)
    table = table.assign(wrong_mmsi=False)

    def some() -> pd.DataFrame:
        return table.iloc[np.sort(rng.choice(len(table), count, replace=False))].copy()

    lost = some().assign(lat=91.0, lon=181.0)
    mute = some().assign(sog_kn=102.3, cog_deg=360.0, heading_deg=511)
    twice = some()
    jump = some()
    jump["lat"] = (jump["lat"] + rng.uniform(1.5, 3.0, count)).round(5)
    jump["second"] += 30
    foreign = some().assign(wrong_mmsi=True)
    return pd.concat([table, lost, mute, twice, jump, foreign]).sort_values(
        ["second", "ship"], kind="stable", ignore_index=True
    )


def marine_cadastre(table: pd.DataFrame, ships: list[Ship], start: datetime) -> pa.Table:
    """Return reports as a table in the MarineCadastre layout.

    Parameters
    ----------
    table : DataFrame
        From ``positions`` or ``dirty``.
    ships : list of Ship
        The ships.
    start : datetime
        Start of the period, UTC.
    """
    index = pa.array(table["ship"].to_numpy())

    def of_ship(values: list[object], kind: pa.DataType) -> pa.Array:
        return pa.array(values, kind).take(index)

    mmsi = of_ship([ship.mmsi for ship in ships], pa.int64())
    if "wrong_mmsi" in table:
        mmsi = pc.if_else(pa.array(table["wrong_mmsi"].to_numpy()), pa.scalar(1193046, pa.int64()), mmsi)
    moment = pa.array(table["second"].to_numpy() + int((start - datetime(1970, 1, 1)).total_seconds()), pa.int64())
    kind = [ship.service.ais_type for ship in ships]
    blank = pa.nulls(len(table), pa.string())
    columns = [
        mmsi,
        pc.strftime(moment.cast(pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%S"),
        pa.array(table["lat"].to_numpy()), pa.array(table["lon"].to_numpy()), pa.array(table["sog_kn"].to_numpy()),
        pa.array(table["cog_deg"].to_numpy()), pa.array(table["heading_deg"].to_numpy()),
        of_ship([ship.name for ship in ships], pa.string()),
        blank, blank,
        of_ship(list(kind), pa.int64()),
        pa.array(table["status"].to_numpy()),
        of_ship([ship.length_m or None for ship in ships], pa.int64()),
        of_ship([ship.beam_m or None for ship in ships], pa.int64()),
        pa.array(table["draught_m"].to_numpy()),
        of_ship(list(kind), pa.int64()),
    ]  # fmt: skip
    return pa.Table.from_arrays(columns, names=list(COLUMNS))


def write_ais(
    folder: Path, route: Route, *, seed: int, year: int = 2025, days: int = 365,
    services: tuple[Service, ...] = SERVICES, reporting: Reporting | None = None,
) -> int:  # fmt: skip
    """Write one CSV a month, ``ais_synthetic_YYYY_MM.csv``.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    WriteError
        If a file cannot be written.
    """
    start = datetime(year, 1, 1)
    table, ships = positions(route, seed=seed, days=days, services=services, reporting=reporting)
    table = dirty(table, seed=seed)
    table = table[table["second"] < days * 86400]
    months = [datetime(year, month, 1) for month in range(1, 13)] + [datetime(year + 1, 1, 1)]
    edges = np.searchsorted(table["second"].to_numpy(), [(month - start).total_seconds() for month in months])
    for month, first, last in zip(months[:-1], edges[:-1], edges[1:], strict=True):
        if first == last:
            continue
        part = marine_cadastre(table.iloc[first:last], ships, start)
        with atomic_path(folder / f"ais_synthetic_{year}_{month:%m}.csv") as temporary, temporary.open("wb") as file:
            file.write((",".join(COLUMNS) + "\n").encode())
            csv.write_csv(part, file, csv.WriteOptions(include_header=False, quoting_style="none"))
    return len(table)
