"""What the banner says, and what is read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import DataError
from pipeline.mapping.inputs import deepest_need, read_inputs
from pipeline.mapping.layers import make_banner, overall, read_layers
from pipeline.mapping.panels import data_as_of, length_bars
from pipeline.mapping.ramps import TargetPalette
from pipeline.mapping.view import soil_names, station_data

from .builder import build, default_facts, source


def test_the_banner_names_every_layer_that_is_synthetic_or_modelled() -> None:
    layers = read_layers(default_facts())
    banner = make_banner(layers, [])
    assert banner.synthetic == (
        "water depth (in part: survey swath)", "seabed soil", "ship tracks", "fishing strikes",
    )  # fmt: skip
    assert banner.modelled == ("earthquake shaking",)
    assert banner.not_assessed == ()
    assert overall(layers) == "synthetic"


def test_a_derived_layer_is_named_where_its_base_does_not_say_it() -> None:
    facts = default_facts()
    facts["ais"]["provenance"], facts["ais"]["sources"] = "public", [source("ais", "ais", "public")]
    assert "anchor strikes" in make_banner(read_layers(facts), []).synthetic


def test_what_has_no_data_is_named_once() -> None:
    facts = default_facts()
    for step in ("ais", "shipping", "fishing"):
        facts[step] = {"assessed": False, "provenance": "", "sources": [], "summary": "no source"}
    banner = make_banner(read_layers(facts), ["ais", "fishing_effort"])
    assert banner.not_assessed == ("anchor strikes", "fishing strikes")
    assert "ship tracks" not in banner.synthetic


def test_surveyed_and_public_layers_raise_no_flag() -> None:
    told = {"assessed": True, "provenance": "survey", "sources": [source("x", "soil", "survey")], "summary": ""}
    layers = read_layers({"soil": told})
    assert make_banner(layers, []) == make_banner((), [])
    assert overall(layers) == "survey"


def test_a_thinned_profile_keeps_the_deepest_need_of_every_block() -> None:
    rng = np.random.default_rng(1)
    need = rng.random(1000)
    need[10:20] = np.nan
    table = pd.DataFrame({"kp_km": np.arange(1000.0), "required_dol_p90_m": need, "target_dol_m": 1.0})
    thin = deepest_need(table, 100)
    assert len(thin) <= 103
    assert thin["required_dol_p90_m"].max() == np.nanmax(need)
    assert thin["kp_km"].is_monotonic_increasing
    assert thin["kp_km"].iloc[[0, -1]].tolist() == [0.0, 999.0]
    assert deepest_need(table, 1000) is table


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    context = build(tmp_path)
    path = context.inputs["burial"] / "stations.parquet"
    pd.read_parquet(path).drop(columns="lon").to_parquet(path)
    with pytest.raises(DataError, match="lacks the columns lon"):
        read_inputs(context)


def test_totals_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    context = build(tmp_path)
    (context.inputs["burial"] / "totals.json").write_text("{")
    with pytest.raises(DataError, match=r"totals\.json"):
        read_inputs(context)


def test_landings_without_a_name_are_called_by_their_side(tmp_path: Path) -> None:
    context = build(tmp_path)
    path = context.inputs["route"] / "rpl.parquet"
    table = pd.read_parquet(path)
    table["event"] = None
    table.to_parquet(path)
    assert read_inputs(context).landings == ("western landing", "eastern landing")


def test_the_date_of_the_data(tmp_path: Path) -> None:
    section = build(tmp_path).config.map
    assert data_as_of(section, [{"period": ["2024-01-01", "2025-12-31T23:59:59"]}, {"period": []}, {}]) == "2025-12-31"
    assert data_as_of(section, [{}]) == ""
    assert data_as_of(section.model_copy(update={"data_as_of": "2026-02-03"}), [{"period": ["a", "b"]}]) == "2026-02-03"


def test_kilometres_are_listed_from_shallow_to_deep() -> None:
    bars = length_bars({"dol_km": {"3": 10.0, "0.6": 20.0, "0": 40.0}, "undecided_km": 5.0}, TargetPalette((0.6, 3.0)))
    assert [(bar.label.replace("\u00a0", " "), bar.km, bar.share) for bar in bars] == [
        ("none", 40.0, 1.0), ("0.6 m", 20.0, 0.5), ("3 m", 10.0, 0.25), ("not assessed", 5.0, 0.125),
    ]  # fmt: skip
    assert length_bars({}, TargetPalette((1.0,))) == []


def test_blanks_of_stations_are_null_in_numbers_and_words(tmp_path: Path) -> None:
    context = build(tmp_path, assessed={"shipping": False})
    inputs = read_inputs(context)
    inputs.stations.loc[3, "soil_class"] = None
    data = station_data(inputs.stations, context.config.soil)
    assert set(data["columns"]["anchor_strike_per_km_yr"]) == {None}
    assert data["columns"]["soil_class"][3] is None
    level = data["columns"]["soil_class"][4]
    assert data["levels"]["soil_class"][level] == "sand"
    json.dumps(data["columns"]["water_depth_m"], allow_nan=False)


def test_soil_by_code_and_by_name_is_the_same(tmp_path: Path) -> None:
    soil = build(tmp_path).config.soil
    assert soil_names(pd.Series([4, 1, 99, np.nan]), soil).tolist() == ["sand", "mud", None, None]
    assert soil_names(pd.Series(["sand", "mud"]), soil).tolist() == ["sand", "mud"]
