"""`corridor explain`: what a reviewer reads adds up to what the build published."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipeline.burial.explain import explain
from pipeline.config import Config
from tests.burial.fabricate import Corridor, bury, straight_frame, worked_case


def explained(corridor: Corridor, root: Path, kp_km: float) -> dict[str, dict[str, str]]:
    context = corridor.context(root)
    facts = {**context.facts, "burial": bury(context)}
    folders = {**context.inputs, "burial": context.out}
    found = explain(kp_km, folders, facts, Config.model_validate(corridor.config))
    json.dumps([found.sections, found.numbers], allow_nan=False)
    return {title.split(" (")[0].removesuffix(": value [unit]"): dict(lines) for title, lines in found.sections}


@pytest.fixture(scope="module")
def mud(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    return explained(worked_case(), tmp_path_factory.mktemp("explain"), 75.02)


def test_place_is_the_nearest_station(mud: dict[str, dict[str, str]]) -> None:
    assert "KP 75.000" in mud["Place"]["nearest station"]


def test_the_curve_can_be_redone_on_paper(mud: dict[str, dict[str, str]]) -> None:
    curve = mud["Anchors: strikes by depth"]
    assert curve["anchor 1020 kg"].endswith("from z = 2.416 m P = 3.755e-06")
    assert curve["RMDOL, f as it stands"].endswith("2.416 m")
    assert curve["RMDOL, P90"] == "2.416 m"


def test_limit_target_and_residual(mud: dict[str, dict[str, str]]) -> None:
    assert "= 1e-05 /km/yr" in mud["Tolerable rate"]["limit"]
    assert mud["Target depth"]["target"] == "3 m, governed by anchor"
    assert "2.416 m + tolerance 0.1 m" in mud["Target depth"]["ladder step"]
    assert mud["What remains"]["at min(target, achievable)"] == "3.755e-06 /km/yr"


def test_parameters_carry_tag_and_source(mud: dict[str, dict[str, str]]) -> None:
    lines = mud["Parameters"]
    assert lines["burial.tolerance_m"] == "0.1 [m] (E) METHODS 1.1: installation tolerance"
    assert lines["acceptance.route_strikes_per_yr"].startswith("0.001 [1/yr] (E)")


def test_ships_are_listed_for_the_team(tmp_path: Path) -> None:
    text = json.dumps(explained(worked_case(), tmp_path, 0.0))
    assert "SECRET TANKER" in text
    assert "displacement x 1000 x (1 + Ca) x V^2 / (2 eta UHC x 1000) = 10595 x 1000 x" in text


def test_where_no_strike_remains_the_period_is_infinite(tmp_path: Path) -> None:
    told = explained(Corridor(straight_frame(3.0), anchors=lambda kp: [(1020.0, 0.8, 0.0)]), tmp_path, 1.0)
    assert told["What remains"]["return period of this kilometre"] == "infinite: no strikes remain"


def test_not_assessed_is_said(tmp_path: Path) -> None:
    corridor = Corridor(straight_frame(3.0), shipping_assessed=False, fishing_assessed=False)
    told = explained(corridor, tmp_path, 1.0)
    assert told["Fishing"] == {"fishing": "not assessed"}
    assert told["Tolerable rate"]["beside it"] == "the whole route, surface-laid: - (not assessed, or none)"
    assert told["What remains"]["frequency class of one kilometre"] == "not assessed"
    assert told["What remains"]["return period of this kilometre"] == "not assessed"
    assert told["What the data are"]["fishing"].startswith("not assessed")


def test_dry_land_has_no_target(tmp_path: Path) -> None:
    dry = replace(Corridor(straight_frame(3.0)), water_depth_m=lambda kp: -1.0)
    assert explained(dry, tmp_path, 1.0)["Target depth"] == {"target": "none decided: dry land, or depth unknown"}


def test_deep_water_with_no_threat_assessed_has_no_target(tmp_path: Path) -> None:
    corridor = Corridor(straight_frame(3.0), shipping_assessed=False, fishing_assessed=False)
    told = explained(replace(corridor, water_depth_m=lambda kp: 300.0), tmp_path, 1.0)["Target depth"]
    assert told["target"].startswith("none decided: no threat is assessed")


def test_published_tables_name_no_ship(tmp_path: Path) -> None:
    context = worked_case().context(tmp_path)
    bury(context)
    for name in ("stations", "cells", "zones"):
        columns = pd.read_parquet(context.out / f"{name}.parquet").columns
        assert not {"mmsi", "name", "ship"} & set(columns)


def test_mobile_bedforms_are_told_with_what_they_ask(tmp_path: Path) -> None:
    moving = replace(worked_case(), bedform=lambda kp: "sand_wave", mobility_m=lambda kp: 1.25)
    told = explained(moving, tmp_path, 20.0)["Target depth"]
    assert told["mobility of the bed"].startswith("1.25 m: 0 m, or bedforms: sand wave")
    assert "tolerance 0.1 m + mobility 1.25 m -> 2.5 m of" in told["ladder step"]
    still = explained(worked_case(), tmp_path / "still", 20.0)["Target depth"]
    assert "not assessed" in still["mobility of the bed"]
