"""P(strike) as a function of depth at stations and in cells, and the scenario that is told beside the totals."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from pydantic import ValidationError

from pipeline.burial.by_depth import depth_grid_m
from pipeline.config.burial import BurialSection
from tests.burial.fabricate import Corridor, bury, straight_frame, worked_case


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    context = worked_case().context(tmp_path_factory.mktemp("t17"))
    return context.out, bury(context)


def test_the_grid_holds_the_seabed_and_the_ladder() -> None:
    burial = BurialSection(ladder_m=(0.6, 1.3), strike_depths_m=(0.5, 1.3))
    assert depth_grid_m(burial) == [0.0, 0.5, 0.6, 1.3]
    with pytest.raises(ValidationError, match="ascend"):
        BurialSection(strike_depths_m=(1.0, 0.5))


@pytest.mark.parametrize(
    ("soil", "depth", "strike"),
    [
        ("sand", 0.0, 1.8995e-5), ("sand", 0.6, 1.8995e-5), ("sand", 0.75, 1.889e-6), ("sand", 1.0, 0.0),
        ("mud", 0.0, 4.1237e-5), ("mud", 2.25, 4.1237e-5), ("mud", 2.5, 3.7553e-6), ("mud", 3.0, 3.7553e-6),
        ("mud", 3.5, 0.0),
    ],
)  # fmt: skip
def test_t17_at_every_depth(worked: tuple[Path, dict], soil: str, depth: float, strike: float) -> None:
    """METHODS 8: 2,000 DWT dig 0.7248 m in sand and 2.4159 m in mud; what is left is the 7,000 DWT tankers."""
    table = pd.read_parquet(worked[0] / "strike_by_depth.parquet")
    part = table["kp_km"].between(2, 49) if soil == "sand" else table["kp_km"].between(51, 98)
    rows = table[part & (table["depth_m"] == depth)]
    assert len(rows) > 400
    np.testing.assert_allclose(rows["anchor_strike_at_depth_per_km_yr"], strike, rtol=5e-3)
    np.testing.assert_allclose(rows["strike_at_depth_per_km_yr"], strike, rtol=5e-3)
    np.testing.assert_allclose(rows["return_period_yr"], 1 / strike if strike else np.nan, rtol=5e-3)
    np.testing.assert_allclose(rows["accidental_strike_at_depth_per_km_yr"], strike / 8, rtol=5e-3)


def test_deeper_is_never_riskier_and_the_surface_is_that_of_the_stations(worked: tuple[Path, dict]) -> None:
    table = pd.read_parquet(worked[0] / "strike_by_depth.parquet")
    curves = table.pivot(index="station", columns="depth_m", values="strike_at_depth_per_km_yr")
    assert (curves.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    surface = pd.read_parquet(worked[0] / "stations.parquet")["surface_strike_per_km_yr"]
    assert curves[0.0].to_numpy() == pytest.approx(surface.to_numpy())


def test_cells_have_a_band_for_each_depth_of_the_ladder(worked: tuple[Path, dict]) -> None:
    with rasterio.open(worked[0] / "strike_by_depth.tif") as source:
        assert source.descriptions == tuple(
            f"anchor_strike_at_{z}_m_per_km_yr" for z in ("0.6", "1", "1.5", "2", "2.5", "3")
        )
        assert set(source.units) == {"1/km/yr"}
        assert source.tags()["provenance"] == "synthetic"
        bands = source.read(masked=True)
    assert np.unique(bands[1].compressed()) == pytest.approx([0.0, 4.1237e-5], rel=5e-3)
    assert np.unique(bands[5].compressed()) == pytest.approx([0.0, 3.7553e-6], rel=5e-3)
    assert (np.diff(bands.filled(0.0), axis=0) <= 0).all()


def test_accidental_release_is_told_beside_the_totals(worked: tuple[Path, dict]) -> None:
    out, facts = worked
    told = facts["scenarios"]["accidental_release"]
    totals = json.loads((out / "totals.json").read_text())
    assert told["strike_per_yr_surface_laid"] == pytest.approx(totals["strike_per_yr_surface_laid"] / 8)
    assert told["strike_per_yr_as_trenchable"] == pytest.approx(totals["strike_per_yr_as_trenchable"] / 8)
    assert told["strike_per_yr_at_target"] <= told["strike_per_yr_surface_laid"]
    assert "not in the totals" in told["text"]
    assert totals["strike_per_yr_surface_laid"] == pytest.approx(3.0116e-3, rel=5e-3)


def test_what_is_not_assessed_is_blank_at_every_depth(tmp_path: Path) -> None:
    corridor = Corridor(straight_frame(4.0), water_depth_m=lambda kp: -1.0 if kp < 1 else 30.0,
                        fishing=lambda kp: (1e-6, 0.2, 0.5), shipping_assessed=False)  # fmt: skip
    context = replace(corridor).context(tmp_path)
    facts = bury(context)
    table = pd.read_parquet(context.out / "strike_by_depth.parquet")
    assert table["anchor_strike_at_depth_per_km_yr"].isna().all()
    assert table["accidental_strike_at_depth_per_km_yr"].isna().all()
    assert table.loc[table["kp_km"] < 1, "strike_at_depth_per_km_yr"].isna().all()
    sea = table[(table["kp_km"] > 1) & (table["depth_m"] == 0.0)]
    assert (sea["strike_at_depth_per_km_yr"] == 1e-6).all()
    assert facts["scenarios"]["accidental_release"]["strike_per_yr_surface_laid"] is None
