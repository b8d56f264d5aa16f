"""What ships near the corridor say of themselves, all files together."""

from __future__ import annotations

import pandas as pd

from pipeline.geo import Ints
from pipeline.hazards.shipping.tables import STATICS, shaped
from pipeline.sources.ais.ais_file import STATICS as STATICS_FILE
from pipeline.sources.ais.table import connect, one_file
from pipeline.store.step import StepContext


def statics(context: StepContext, mmsi: Ints) -> pd.DataFrame:
    """Return the distinct static reports of ships with their number.

    Parameters
    ----------
    context : StepContext
        Of the ``ais`` step.
    mmsi : ndarray of int64, shape (ships,)
        The ships, ascending.

    Returns
    -------
    DataFrame
        ``STATICS`` in the order of ships, in an order that no partition of reports into files changes.
    """
    keys = ", ".join(name for name in STATICS if name != "reports")
    files = [one_file(part.folder / STATICS_FILE) for part in context.parts.values()]
    with connect(context.config.ais, "", context.threads) as connection:  # a few rows a ship need no disk
        connection.register("ships", {"mmsi": mmsi})
        found = connection.execute(
            f"SELECT {keys}, sum(reports)::BIGINT AS reports FROM read_parquet($1) SEMI JOIN ships USING (mmsi) "
            "WHERE mmsi BETWEEN $2 AND $3 GROUP BY ALL ORDER BY ALL",
            [files, int(mmsi[0]), int(mmsi[-1])],
        ).fetch_df()
    return shaped(found, STATICS)
