"""What the `ais` step made of single files, put together: near reports of whole ships in chunks, and counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from pipeline.geo import Ints
from pipeline.sources.ais.ais_file import NEAR, STATICS
from pipeline.sources.ais.fates import FATES
from pipeline.sources.ais.period import Interval, configured_period
from pipeline.sources.ais.positions import Reports
from pipeline.sources.ais.table import connect, quoted
from pipeline.store.step import StepContext


@dataclass(frozen=True)
class Positions:
    """Cleaned reports near the corridor, held by the database.

    Attributes
    ----------
    rows : dict[str, int]
        Rows by fate (``FATES``), which add up to the rows read.
    statics : DataFrame
        Distinct static reports (``tables.STATICS``) of the ships near the corridor.
    mmsi : ndarray of int64
        Those ships, ascending.
    intervals : list[Interval]
        What each source covers: its period, or its first to last position.
    """

    rows: dict[str, int]
    statics: pd.DataFrame
    mmsi: Ints
    intervals: list[Interval]
    connection: Any

    def chunks(self, size: int) -> Iterator[Reports]:
        """Give the reports in chunks of whole ships, each of about ``size`` reports or one ship."""
        counts = self.connection.execute("SELECT mmsi, count(*) FROM near GROUP BY mmsi ORDER BY mmsi").fetchnumpy()
        numbers, per_ship = (np.asarray(column, dtype=np.int64) for column in counts.values())
        chunk = (np.cumsum(per_ship) - per_ship) // size
        for index in np.unique(chunk):
            inside = numbers[chunk == index]
            found = self.connection.execute(
                "SELECT mmsi, time_us, lon, lat, coalesce(CAST(sog_kn AS DOUBLE), 'nan'::DOUBLE) AS sog FROM near "
                "WHERE mmsi BETWEEN ? AND ? ORDER BY mmsi, time_us, lon, lat, sog",
                [int(inside[0]), int(inside[-1])],
            ).fetchnumpy()
            ship = np.searchsorted(self.mmsi, np.asarray(found["mmsi"], dtype=np.int64))
            yield Reports(
                ship,
                np.asarray(found["time_us"], dtype=np.int64),
                *(np.asarray(found[name], dtype=np.float64) for name in ("lon", "lat", "sog")),
            )


@contextmanager
def open_parts(context: StepContext) -> Iterator[Positions]:
    """Put together what was made of each file."""
    near, statics = (
        ", ".join(quoted(str(part.folder / name)) for part in context.parts.values()) for name in (NEAR, STATICS)
    )
    with (
        TemporaryDirectory(prefix=".ais-", dir=context.out) as spill,
        connect(context.config.ais, spill) as connection,
    ):
        connection.execute(f"CREATE TEMP VIEW near AS SELECT * FROM read_parquet([{near}])")
        mmsi = connection.execute("SELECT DISTINCT mmsi FROM near ORDER BY mmsi").fetchnumpy()["mmsi"].astype(np.int64)
        said = connection.execute(f"SELECT * FROM read_parquet([{statics}])").fetch_df()
        rows = {fate: sum(part.facts["rows"][fate] for part in context.parts.values()) for fate in FATES}
        yield Positions(rows, said[said["mmsi"].isin(mmsi)], mmsi, _intervals(context), connection)


def _intervals(context: StepContext) -> list[Interval]:
    intervals = []
    for source in context.role("ais"):
        facts = [context.parts[source.name, path].facts for path in source.paths]
        seen = [one for one in facts if one["first_us"] is not None]
        if (period := configured_period(source)) is not None:
            intervals.append(period)
        elif seen:
            intervals.append((min(one["first_us"] for one in seen), max(one["last_us"] for one in seen)))
    return intervals
