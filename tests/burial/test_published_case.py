"""T05: the published CBRA of a coastal cable (Haenam to Jeju), whose inputs are not published, as a band."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.config import Config
from pipeline.config.shipping import ShippingSection
from pipeline.hazards.shipping.ships import fleet
from pipeline.hazards.shipping.station_strikes import station_strikes
from pipeline.hazards.shipping.threat import Threat
from tests.burial.fabricate import NO_SPREAD, Corridor, bury, straight_frame

FISHING_FLOOR_M = 0.6
FRAME = straight_frame(10.0, station_m=250.0)


def coastal_fleet() -> pd.DataFrame:
    """Coasters, ferries, tankers, tugs and fishing boats of a busy coast, 20 to 190 m long."""
    rng = np.random.default_rng(12)
    length = np.concatenate([rng.uniform(20, 60, 60), rng.uniform(60, 120, 50), rng.uniform(120, 190, 10)])
    kind = np.concatenate([rng.choice([30.0, 52.0], 60), rng.choice([70.0, 80.0, 60.0], 60)])
    particulars = pd.DataFrame(
        {
            "mmsi": 999000001 + np.arange(120), "name": "", "vessel_type": kind, "length_m": length,
            "beam_m": length / np.where(kind < 60, 4.1, 7.0),
            "reported_draught_m": length / np.where(kind < 60, 12, 20),
        }
    )  # fmt: skip
    # A coast outside the Caspian: its ceiling on deadweight does not hold there.
    return fleet(particulars, ShippingSection(max_dwt_t=80000.0, max_displacement_t=110000.0))


@pytest.fixture(scope="module")
def anchors(tmp_path_factory: pytest.TempPathFactory) -> dict[float, list[tuple[float, float, float]]]:
    """Anchor strikes of the fleet in 40 m of water over sand, by kilometre post: 12,000 passages a year on 10 km."""
    ships = coastal_fleet()
    hours_us = int(12000 / len(ships) / len(FRAME.stations) * (2.0 / (9 * 1.852)) * 3.6e9)
    time = FRAME.stations[["station"]].merge(ships[["ship"]], how="cross").assign(hours_us=hours_us)
    path = tmp_path_factory.mktemp("t05") / "exposure_stations.parquet"
    time.to_parquet(path, index=False)
    n = len(FRAME.stations)
    threat = Threat.of(ships, Config().soil, Config().shipping)
    found = station_strikes(FRAME, ships, path, threat, np.full(n, 40.0), np.zeros(n, int), 1.0, 1000.0).by_anchor
    at = FRAME.stations["kp_km"].to_numpy()
    return {
        at[station]: list(rows[["anchor_kg", "fluke_length_m", "strike_per_km_yr"]].itertuples(index=False, name=None))
        for station, rows in found.groupby("station")
    }


def required_m(anchors: dict[float, list[tuple[float, float, float]]], years: float, root: Path) -> np.ndarray:
    corridor = Corridor(
        FRAME,
        anchors=lambda kp: anchors.get(kp, []),
        fishing=lambda kp: (1e-6, 0.3, FISHING_FLOOR_M),
        config={
            "acceptance": {"route_strikes_per_yr": 1.0 / years}, "burial": {"minimum_target_dol_m": []},
            "uncertainty": NO_SPREAD,
        },
    )  # fmt: skip
    context = corridor.context(root)
    bury(context)
    return pd.read_parquet(context.out / "stations.parquet")["required_dol_p90_m"].to_numpy()


def test_t05_a_mixed_coastal_fleet_on_firm_soil(
    anchors: dict[float, list[tuple[float, float, float]]], tmp_path: Path
) -> None:
    """2,500 years gave 0.60 to 0.74 m there, 25,000 years 0.60 to 1.40 m, both on a fishing floor of 0.6 m."""
    depths = [required_m(anchors, years, tmp_path / f"{years:g}") for years in (25.0, 2500.0, 25000.0)]
    for shorter, longer in itertools.pairwise(depths):
        assert (longer >= shorter).all()
    assert (depths[0] == FISHING_FLOOR_M).all()
    assert (depths[2] > depths[0]).all()
    assert all(((depth >= 0.5) & (depth <= 1.5)).all() for depth in depths)
