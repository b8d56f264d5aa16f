"""METHODS 8, T17 and T16, end to end through the step; and what the step says of missing data."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

from pipeline.burial.tables import STATION_COLUMNS, STATION_EXTRAS
from pipeline.errors import DataError
from tests.burial.fabricate import NAN, Corridor, bury, straight_frame, worked_case

AWAY_FROM_THE_BOUNDARY = 1.0


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    context = worked_case().context(tmp_path_factory.mktemp("t17"))
    return context.out, bury(context)


def _build(corridor: Corridor, root: Path) -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    context = corridor.context(root)
    facts = bury(context)
    return pd.read_parquet(context.out / "stations.parquet"), pd.read_parquet(context.out / "zones.parquet"), facts


class TestWorkedCase:
    def test_stations_have_the_contract_columns_in_order(self, worked: tuple[Path, dict]) -> None:
        stations = pd.read_parquet(worked[0] / "stations.parquet")
        assert tuple(stations.columns) == STATION_COLUMNS + STATION_EXTRAS

    @pytest.mark.parametrize(
        ("soil", "surface", "rmdol", "target", "residual"),
        [("sand", 1.8995e-5, 0.7248, 1.0, 0.0), ("mud", 4.1237e-5, 2.4159, 3.0, 3.7553e-6)],
    )
    def test_numbers_by_soil(
        self, worked: tuple[Path, dict], soil: str, surface: float, rmdol: float, target: float, residual: float
    ) -> None:
        stations = pd.read_parquet(worked[0] / "stations.parquet")
        part = stations[(stations["soil_class"] == soil) & ((stations["kp_km"] - 50).abs() > AWAY_FROM_THE_BOUNDARY)]
        np.testing.assert_allclose(part["surface_strike_per_km_yr"], surface, rtol=5e-3)
        for percentile in (10, 50, 90):
            np.testing.assert_allclose(part[f"required_dol_p{percentile}_m"], rmdol, rtol=5e-3)
        assert (part["target_dol_m"] == target).all()
        np.testing.assert_allclose(part["residual_strike_per_km_yr"], residual, rtol=5e-3)
        assert (part["governing"] == "anchor").all()

    def test_route_totals(self, worked: tuple[Path, dict]) -> None:
        totals = json.loads((worked[0] / "totals.json").read_text())
        assert totals["route_length_km"] == pytest.approx(100.0, abs=1e-6)
        assert totals["strike_per_yr_surface_laid"] == pytest.approx(3.0116e-3, rel=5e-3)
        assert totals["strike_per_yr_as_trenchable"] == pytest.approx(1.8777e-4, rel=5e-3)
        assert totals["dol_km"] == {"1": pytest.approx(50.0, abs=0.1), "3": pytest.approx(50.0, abs=0.1)}
        assert totals["not_assessed"] == []
        assert worked[1]["totals"] == totals
        assert worked[1]["provenance"] == "synthetic"

    def test_return_period_is_that_of_a_kilometre(self, worked: tuple[Path, dict]) -> None:
        stations = pd.read_parquet(worked[0] / "stations.parquet")
        assert stations.loc[stations["kp_km"] < 49, "return_period_yr"].isna().all()
        deep = stations.loc[stations["kp_km"] > 51, "return_period_yr"]
        np.testing.assert_allclose(deep, 1 / 3.7553e-6, rtol=5e-3)

    def test_two_zones_cut_at_a_multiple_of_fifty_metres(self, worked: tuple[Path, dict]) -> None:
        zones = pd.read_parquet(worked[0] / "zones.parquet")
        assert zones["target_dol_m"].tolist() == [1.0, 3.0]
        assert zones["kp_to_km"].iloc[0] == zones["kp_from_km"].iloc[1] == pytest.approx(49.95, abs=0.051)
        assert zones["soil"].tolist() == ["sand 100 %", "mud 100 %"]

    def test_raster_bands_and_lineage(self, worked: tuple[Path, dict]) -> None:
        with rasterio.open(worked[0] / "burial_depth.tif") as source:
            names = ("required_dol_p10_m", "required_dol_p50_m", "required_dol_p90_m", "target_dol_m")
            assert source.descriptions == names
            assert source.tags()["provenance"] == "synthetic"
            assert source.units == ("m",) * 4
            target = source.read(4, masked=True)
            assert set(np.unique(target.compressed()).tolist()) == {1.0, 3.0}

    def test_cells_agree_with_stations(self, worked: tuple[Path, dict]) -> None:
        cells = pd.read_parquet(worked[0] / "cells.parquet")
        sand = cells[cells["soil_class"] == "sand"]
        np.testing.assert_allclose(sand["required_dol_p90_m"], 0.7248, rtol=5e-3)

    def test_same_bytes_again(self, worked: tuple[Path, dict], tmp_path: Path) -> None:
        context = worked_case().context(tmp_path)
        bury(context)
        for name in ("stations.parquet", "cells.parquet", "zones.parquet", "totals.json", "burial_depth.tif"):
            assert (context.out / name).read_bytes() == (worked[0] / name).read_bytes(), name


def _short(**changes: object) -> Corridor:
    base = Corridor(straight_frame(6.0), anchors=lambda kp: [(1020.0, 0.8, 1e-5)], fishing=lambda kp: (1e-6, 0.2, 0.5))
    return replace(base, **changes)


class TestHonesty:
    def test_shipping_not_assessed_is_blank_and_fishing_decides(self, tmp_path: Path) -> None:
        stations, _, facts = _build(_short(shipping_assessed=False), tmp_path)
        assert stations["anchor_strike_per_km_yr"].isna().all()
        assert stations["required_dol_anchor_m"].isna().all()
        assert (stations["required_dol_p90_m"] == 0.5).all()
        assert (stations["target_dol_m"] == 0.6).all()
        assert (stations["governing"] == "fishing").all()
        assert facts["totals"]["not_assessed"] == ["ais"]
        assert facts["totals"]["global_bound"]["inside"] is None
        assert facts["totals"]["strike_per_yr_at_target"] == 0.0
        assert "anchors are not assessed" in facts["totals"]["warnings"][0]

    def test_fishing_not_assessed_is_said_beside_the_totals(self, tmp_path: Path) -> None:
        _, _, facts = _build(_short(fishing_assessed=False), tmp_path)
        assert facts["totals"]["not_assessed"] == ["fishing_effort"]
        assert "fishing is not assessed" in facts["totals"]["warnings"][0]

    def test_neither_assessed_leaves_the_minimum(self, tmp_path: Path) -> None:
        stations, zones, facts = _build(_short(shipping_assessed=False, fishing_assessed=False), tmp_path)
        assert stations[["required_dol_p10_m", "required_dol_p90_m", "residual_strike_per_km_yr"]].isna().all().all()
        assert (stations["target_dol_m"] == 0.6).all()
        assert (stations["governing"] == "minimum").all()
        assert zones["residual_strike_per_yr"].isna().all()
        assert (zones["frequency_category"] == 0).all()
        assert facts["totals"]["strike_per_yr_surface_laid"] is None
        assert facts["totals"]["strike_per_yr_at_target"] is None
        assert facts["totals"]["warnings"] == []

    def test_deep_water_with_neither_assessed_is_undecided_and_not_surface_laid(self, tmp_path: Path) -> None:
        blind = _short(shipping_assessed=False, fishing_assessed=False, water_depth_m=lambda kp: 300.0)
        stations, zones, facts = _build(blind, tmp_path)
        assert stations[["target_dol_m", "deficit_m", "target_strike_per_km_yr"]].isna().all().all()
        assert set(stations["protection"]) == {""}
        assert zones["target_dol_m"].isna().all()
        assert facts["totals"]["undecided_km"] == pytest.approx(6.0)
        assert facts["totals"]["dol_km"] == {}
        assert facts["undecided_stations"] == len(stations)
        assert "no threat is assessed" in facts["summary"]

    def test_dry_land_is_blank_but_tiled_by_zones(self, tmp_path: Path) -> None:
        stations, zones, facts = _build(_short(water_depth_m=lambda kp: -2.0 if kp < 2.0 else 15.0), tmp_path)
        dry = stations[stations["kp_km"] < 2.0]
        columns = ["required_dol_p90_m", "target_dol_m", "achievable_dol_m", "deficit_m", "return_period_yr", "bpi"]
        assert dry[columns].isna().all().all()
        assert (dry["governing"] == "").all()
        assert (dry["protection"] == "").all()
        assert (dry["cable_type"] == "").all()
        assert np.isnan(zones["target_dol_m"].iloc[0])
        assert zones["kp_to_km"].iloc[0] == pytest.approx(1.95)
        assert facts["undecided_stations"] == 20
        assert facts["totals"]["undecided_km"] == pytest.approx(1.95)

    def test_unknown_soil_is_never_sand(self, tmp_path: Path) -> None:
        busy = _short(anchors=lambda kp: [(1020.0, 0.8, 1e-3)])
        unknown, _, _ = _build(replace(busy, soil_class=lambda kp: "unknown"), tmp_path / "a")
        sand, _, _ = _build(busy, tmp_path / "b")
        assert (unknown["required_dol_p90_m"] > sand["required_dol_p90_m"]).all()
        assert (unknown["achievable_dol_m"] < sand["achievable_dol_m"]).all()

    def test_earthquakes_never_deepen(self, tmp_path: Path) -> None:
        calm, _, _ = _build(_short(), tmp_path / "a")
        shaken, zones, _ = _build(_short(slope_class="high"), tmp_path / "b")
        assert (calm["target_dol_m"] == shaken["target_dol_m"]).all()
        assert shaken["geohazard_note"].str.contains("not depth").all()
        assert zones["geohazard_note"].str.contains("not depth").all()
        assert (calm["geohazard_note"] == "").all()

    def test_a_step_with_other_stations_is_refused(self, tmp_path: Path) -> None:
        context = _short().context(tmp_path)
        path = context.inputs["terrain"] / "stations.parquet"
        pd.read_parquet(path).iloc[:-1].to_parquet(path)
        with pytest.raises(DataError, match="other stations than the route"):
            bury(context)

    def test_a_missing_column_is_named(self, tmp_path: Path) -> None:
        context = _short().context(tmp_path)
        path = context.inputs["fishing"] / "cells.parquet"
        pd.read_parquet(path).drop(columns="gear_penetration_m").to_parquet(path)
        with pytest.raises(DataError, match="gear_penetration_m"):
            bury(context)


class TestPelagicGear:
    def test_needs_burial_once_its_rate_passes_the_limit(self, tmp_path: Path) -> None:
        quiet, _, _ = _build(_short(anchors=lambda kp: [], fishing=lambda kp: (1e-6, 0.1, 0.0)), tmp_path / "a")
        busy, _, _ = _build(_short(anchors=lambda kp: [], fishing=lambda kp: (1e-3, 0.1, 0.0)), tmp_path / "b")
        assert (quiet["required_dol_p90_m"] == 0).all()
        assert (busy["required_dol_p90_m"] == 0.5).all()
        assert (busy["residual_strike_per_km_yr"] == 0).all()


class TestPublishedCase:
    """T05: the shape of a published study, whose inputs are not public."""

    @pytest.mark.parametrize("soil", ["sand", "muddy_sand"])
    def test_floor_and_growth_with_return_period(self, tmp_path: Path, soil: str) -> None:
        mixed = [(660.0, 0.697, 3e-4), (1290.0, 0.871, 1e-4), (2280.0, 1.053, 3e-5), (3300.0, 1.191, 1e-5)]
        required = []
        for index, return_period in enumerate((100, 2500, 25000, 250000)):
            corridor = _short(
                soil_class=lambda kp: soil, anchors=lambda kp: mixed, fishing=lambda kp: (1e-6, 0.3, 0.6),
                config={"acceptance": {"route_strikes_per_yr": 6.0 / return_period}, "uncertainty": {"draws": 200}},
            )  # fmt: skip
            stations, _, _ = _build(corridor, tmp_path / str(index))
            required.append(float(stations["required_dol_p50_m"].median()))
        assert min(required) == 0.6
        assert required == sorted(required)
        assert 0.5 <= required[-1] <= 1.5


def test_global_bound_warns_outside_a_factor_of_ten(tmp_path: Path) -> None:
    _, _, inside = _build(_short(anchors=lambda kp: [(1020.0, 0.8, 8e-5)]), tmp_path / "a")
    _, _, outside = _build(
        _short(anchors=lambda kp: [(1020.0, 0.8, 1e-7)], fishing=lambda kp: (0, 0, 0)), tmp_path / "b"
    )
    assert inside["totals"]["global_bound"]["inside"] is True
    assert inside["totals"]["warnings"] == []
    assert "outside" in outside["totals"]["warnings"][0]


def test_nan_slope_takes_no_plough(tmp_path: Path) -> None:
    stations, _, _ = _build(_short(soil_class=lambda kp: "coarse", slope_deg=lambda kp: NAN), tmp_path)
    assert (stations["tool"] == "jet").all()
