"""Which deadweight classes pass at every station, and what each of them adds there: for those who ask why, no ship."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Frame
from pipeline.hazards.shipping.exposure import panel_edges_km
from pipeline.hazards.shipping.smoothing import along_route
from pipeline.hazards.shipping.tables import STATION_CLASSES, shaped


def station_classes(
    frame: Frame,
    ships: pd.DataFrame,
    strikes: pd.DataFrame,
    crossings: pd.DataFrame | None,
    order: Sequence[str],
    smoothing_km: float,
    years: float,
) -> pd.DataFrame:
    """Return one row for each station and class that passes or strikes there.

    Parameters
    ----------
    frame : Frame
        Stations.
    ships : DataFrame
        The fleet: ``dwt_class anchor_kg``; row i is ship i.
    strikes : DataFrame, shape (stations, classes)
        Strikes per kilometre and year of each class, without routine anchoring.
    crossings : DataFrame or None
        ``station ship``, one row a passage; None where no tracks tell of any.
    order : sequence of str
        Classes, smallest first.
    smoothing_km : float
        Passages are smoothed like the exposure.
    years : float
        What the passages cover.

    Returns
    -------
    DataFrame
        ``STATION_CLASSES`` in order of station and class; ``passages_per_km_yr`` is blank without tracks, and
        ``anchor_kg_max`` is the heaviest anchor of the class in this fleet.
    """
    rates = strikes.reindex(columns=list(order), fill_value=0.0).to_numpy(float)
    passages = np.full(rates.shape, np.nan)
    if crossings is not None:
        passages = _smoothed(frame, ships, crossings, order, smoothing_km) / years
    station, rank = np.nonzero((rates > 0.0) | (passages > 0.0))
    heaviest = ships.groupby("dwt_class")["anchor_kg"].max().reindex(list(order)).to_numpy(float)
    table = {
        "station": station, "dwt_class": np.array(list(order), dtype=object)[rank],
        "passages_per_km_yr": passages[station, rank], "strike_per_km_yr": rates[station, rank],
        "anchor_kg_max": heaviest[rank],
    }  # fmt: skip
    return shaped(pd.DataFrame(table), STATION_CLASSES)


def _smoothed(
    frame: Frame, ships: pd.DataFrame, crossings: pd.DataFrame, order: Sequence[str], smoothing_km: float
) -> Floats:
    edges = panel_edges_km(frame)
    rank = pd.Categorical(ships["dwt_class"], list(order)).codes.astype(np.int64)[crossings["ship"].to_numpy()]
    counts = np.zeros((len(edges) - 1, len(order)))
    np.add.at(counts, (crossings["station"].to_numpy(), rank), 1.0)
    return np.asarray(along_route(edges, smoothing_km) @ counts) / np.diff(edges)[:, None]
