"""Samples take precedence near them and nowhere else; their say never grows with distance; no order changes a thing."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.geo import read_band
from pipeline.seabed import soil
from pipeline.seabed.ground import STRENGTHS
from pipeline.seabed.profiles import Reading
from pipeline.seabed.samples import Reach, Sample, weight
from pipeline.seabed.soil_layers import ENDS
from pipeline.seabed.spread import percentiles_near
from pipeline.sources.rasters.raster_file import transformer
from pipeline.workspace import SourceFiles
from tests.seabed.seabed_step import run_step, small_frame, source
from tests.sources.rasters_on_disk import write_raster

SOIL = Config().soil
FRAME = small_frame()  # 11.1 km northward, a station every 250 m
X0, Y0 = (float(FRAME.stations[name].iloc[0]) for name in ("x_m", "y_m"))
UP_M = FRAME.stations["y_m"].to_numpy() - Y0
NAN = float("nan")


def at(up_m: float, east_m: float = 0.0) -> str:
    lon, lat = transformer(FRAME.grid.crs, "EPSG:4326").transform(X0 + east_m, Y0 + up_m)
    return f"{lon:.9f},{lat:.9f}"


def grabs(path: Path, *rows: tuple[str, str, str]) -> SourceFiles:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("id,lon,lat,soil\n" + "".join(f"{name},{place},{what}\n" for name, place, what in rows))
    return source(path.stem, path, role="soil_samples", provenance="survey")


def cpts(path: Path, *profiles: tuple[str, str, list[tuple[float, float]]], kind: str = "su_kpa") -> SourceFiles:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"{name},{place},{z},{value}\n" for name, place, readings in profiles for z, value in readings]
    path.write_text(f"id,lon,lat,depth_m,{kind}\n" + "".join(rows))
    return source(path.stem, path, role="soil_samples", provenance="survey")


def column(value: float, from_m: float = 0.0) -> list[tuple[float, float]]:
    """Return readings of one strength every half metre, down to below all layers."""
    return [(float(depth), value) for depth in np.arange(from_m, 6.1, 0.5)]


def bore(path: Path, *layers: tuple[float, float, str]) -> SourceFiles:
    """Write a borehole at the middle of the route, described layer by layer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"V1,{at(5000.0)},{top},{bottom},{what}\n" for top, bottom, what in layers)
    path.write_text(f"id,lon,lat,top_m,bottom_m,soil\n{rows}")
    return source("bore", path, role="soil_samples", provenance="survey")


def at_bore(stations: pd.DataFrame) -> pd.Series:
    return stations.iloc[int(np.abs(UP_M - 5000.0).argmin())]


def mapped(folder: Path, code: int = 1) -> SourceFiles:
    folder.mkdir(parents=True, exist_ok=True)
    whole = Affine(1000.0, 0.0, X0 - 10_000, 0.0, -1000.0, Y0 + 15_000)
    return source(
        "map", write_raster(folder / "soil.tif", np.full((20, 20), code, np.uint8), transform=whole), role="soil"
    )


def run(folder: Path, *sources: SourceFiles, **config: Any) -> tuple[Path, dict[str, Any], pd.DataFrame]:
    out, facts = run_step("soil", soil.run, folder, FRAME, *sources, config={"soil": config})
    return out, facts, pd.read_parquet(out / "stations.parquet")


def test_a_grab_sample_names_the_soil_within_its_length_and_no_farther(tmp_path: Path) -> None:
    sample = grabs(tmp_path / "g.csv", ("G1", at(5000.0), "sand"))
    out, facts, stations = run(tmp_path, mapped(tmp_path), sample, correlation_length_grab_m=600.0)
    near = np.abs(UP_M - 5000.0) <= 600.0
    assert 4 <= near.sum() <= 5
    assert stations["soil_class"].tolist() == np.where(near, "sand", "mud").tolist()
    assert stations["soil_kind"].tolist() == np.where(near, "grab", "raster").tolist()
    assert stations["soil_source"].tolist() == np.where(near, "g", "map").tolist()
    assert stations["soil_confidence"].tolist() == np.where(near, "A", "C").tolist()
    assert stations["soil_sample_m"][near].to_numpy() == pytest.approx(np.abs(UP_M[near] - 5000.0), abs=0.01)
    assert np.isnan(stations["layered_f"]).all()  # a class has its own factor
    far = np.hypot(FRAME.cells["x_m"] - X0, FRAME.cells["y_m"] - Y0 - 5000.0)
    codes = read_band(out / "soil_class.tif")[FRAME.cells["row"], FRAME.cells["col"]]
    clear = np.abs(far - 600.0) > 0.01
    assert codes[clear].tolist() == np.where(far <= 600.0, 4, 1)[clear].tolist()
    told = facts["file_kp_km"][str(tmp_path / "g.csv")]
    assert told == [[pytest.approx(UP_M[near][0] / 1000.0, abs=0.01), pytest.approx(UP_M[near][-1] / 1000.0, abs=0.01)]]


def test_a_profile_gives_strength_layers_and_factor_near_it(tmp_path: Path) -> None:
    profile = cpts(tmp_path / "c.csv", ("C1", at(5000.0), column(30.0)))
    out, _, stations = run(tmp_path, mapped(tmp_path), profile)
    near = np.abs(UP_M - 5000.0) <= 500.0
    assert set(stations["soil_class"]) == {"mud"}  # the map's class stays: clay is measured, and mud is clay
    graded = 1.5 + (np.log(30.0) - np.log(28.28)) / (np.log(54.77) - np.log(28.28)) * (0.9 - 1.5)
    assert stations["layered_f"][near].to_numpy() == pytest.approx(graded, rel=1e-4)
    assert np.isnan(stations["layered_f"][~near]).all()
    assert stations["su_p50_kpa"].to_numpy() == pytest.approx(np.where(near, 30.0, 6.0))
    layers = pd.read_parquet(out / "soil_layers.parquet")
    assert (layers.groupby("station")["bottom_m"].max() == 5.0).all()
    assert (layers.groupby("station")["top_m"].min() == 0.0).all()
    far = layers[layers["station"] == 0]
    assert far[["su_p10_top_kpa", "su_p50_top_kpa", "su_p90_top_kpa"]].to_numpy().tolist() == [[2.0, 6.0, 15.0]]
    assert far[[f"su_p{p}_bottom_kpa" for p in (10, 50, 90)]].to_numpy().tolist() == [[11.5, 15.5, 24.5]]
    assert set(layers["layer_source"]) == {"class", "measured"}
    assert set(ENDS) <= set(layers.columns)


def test_a_strength_is_no_better_known_than_the_class_that_it_leans_on(tmp_path: Path) -> None:
    profile = cpts(tmp_path / "c.csv", ("C1", at(5000.0), column(30.0)))
    seen = {}
    for name, code in (("mud", 1), ("sand", 4)):
        modelled = mapped(tmp_path / name, code)
        modelled = source("map", *modelled.paths, role="soil", provenance="modelled")
        _, facts, stations = run(tmp_path / name, modelled, profile)
        row = stations.iloc[int(np.abs(UP_M - 5000.0).argmin())]
        seen[name] = (row["soil_class"], row["soil_source"], row["soil_provenance"], row["soil_confidence"])
        assert facts["provenance"] == "modelled"
    # On a map of mud the class is the map's; on a map of sand the profile itself says that it is clay.
    assert seen == {"mud": ("mud", "c", "modelled", "C"), "sand": ("sandy_mud", "c", "survey", "A")}


def test_a_sample_outside_the_crs_is_told_and_harms_nothing(tmp_path: Path) -> None:
    # UTM gives no place a quarter of the world away; both are told, and neither as the other's twin.
    rows = [("near", at(5000.0), "sand"), ("lost", "-39.0,0.0", "mud"), ("gone", "141.0,0.0", "rock")]
    _, facts, stations = run(tmp_path, mapped(tmp_path, 4), grabs(tmp_path / "g.csv", *rows))
    assert set(stations["soil_sample"]) == {"near", ""}
    assert any("gone (elsewhere on Earth), lost (elsewhere on Earth)" in line for line in facts["findings"])
    assert not [line for line in facts["findings"] if "contradict" in line]


def test_the_spread_widens_from_the_profiles_own_to_that_of_the_class(tmp_path: Path) -> None:
    profile = cpts(tmp_path / "c.csv", ("C1", at(float(UP_M[20])), column(30.0)))
    _, _, stations = run(tmp_path, mapped(tmp_path), profile, correlation_length_cpt_m=1000.5)
    spread = (np.log(stations["su_p90_kpa"]) - np.log(stations["su_p10_kpa"])).to_numpy()[20:25]
    own = 2 * 1.2815515655 * np.sqrt(np.log1p(0.2**2))
    assert spread[0] == pytest.approx(own, rel=1e-6)
    assert (np.diff(spread) > 0.0).all()
    assert spread[-1] == pytest.approx(np.log(15.0 / 2.0), rel=1e-3)


@given(
    median=st.floats(1.0, 300.0),
    near=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=8),
    name=st.sampled_from(sorted(SOIL.classes)),
)
def test_percentiles_are_in_order_and_no_nearer_measurement_is_less_sure(
    median: float, near: list[float], name: str
) -> None:
    weights = np.sort(near)
    for kind, value in (("su_kpa", median), ("dr_pct", min(median, 100.0))):
        low, middle, high = percentiles_near(kind, value, name, weights, SOIL).T
        assert (low <= middle).all()
        assert (middle <= high).all()
        assert (np.diff(high - low) <= 1e-9).all()


@given(st.lists(st.floats(0.0, 5000.0), min_size=2, max_size=20), st.floats(1.0, 2000.0))
def test_the_weight_of_a_sample_never_grows_with_distance(distances: list[float], length_m: float) -> None:
    weights = weight(np.sort(distances), length_m)
    assert (np.diff(weights) <= 0.0).all()
    assert ((weights >= 0.0) & (weights <= 1.0)).all()
    assert (weights[np.sort(distances) >= length_m] == 0.0).all()


@given(
    places=st.lists(st.tuples(st.floats(-1500, 1500), st.floats(-1500, 1500), st.sampled_from(["mud", "sand", "rock"])),
                    min_size=1, max_size=6),
    seed=st.randoms(use_true_random=False),
)  # fmt: skip
def test_which_sample_counts_does_not_depend_on_their_order(places: list[tuple[float, float, str]], seed: Any) -> None:
    samples = [Sample(f"G{i}", x, y, 0, 0, name, ()) for i, (x, y, name) in enumerate(places)]
    shuffled = seed.sample(samples, len(samples))
    x, y = np.meshgrid(np.linspace(-900, 900, 7), np.linspace(-900, 900, 7))
    one, other = (Reach(order, 400.0, SOIL) for order in (samples, shuffled))
    (first, far), (second, as_far) = (reach.nearest(x.ravel(), y.ravel()) for reach in (one, other))
    assert [samples[i].name if i >= 0 else "" for i in first] == [shuffled[i].name if i >= 0 else "" for i in second]
    assert np.array_equal(far, as_far)
    assert (far[first >= 0] <= 400.0 + 1e-5).all()
    least = np.min([np.hypot(x.ravel() - s.x_m, y.ravel() - s.y_m) for s in samples], axis=0)
    assert (first[least < 399.99] >= 0).all()
    assert (first[least > 400.01] == -1).all()


def test_of_samples_about_equally_near_the_cautious_counts_and_both_are_told(tmp_path: Path) -> None:
    pair = grabs(
        tmp_path / "g.csv", ("A", at(5000.0), "sand"), ("B", at(5000.0, 30.0), "mud"), ("C", at(8000.0), "rock")
    )
    _, facts, stations = run(tmp_path, mapped(tmp_path, 7), pair)
    assert stations["soil_class"][np.abs(UP_M - 5000.0) < 200.0].unique().tolist() == ["mud"]
    assert any(
        "the samples A and B, 30 m apart, contradict: penetration factors 0.71 and 3.00" in f for f in facts["findings"]
    )


def test_the_nearer_of_two_samples_counts_however_soft_the_other_is(tmp_path: Path) -> None:
    pair = grabs(tmp_path / "g.csv", ("A", at(5000.0), "sand"), ("B", at(5400.0), "mud"))
    _, facts, stations = run(tmp_path, mapped(tmp_path, 7), pair, correlation_length_grab_m=500.0)
    station = int(np.abs(UP_M - 5000.0).argmin())
    assert stations["soil_sample"][station] == "A"
    assert not [line for line in facts["findings"] if "contradict" in line]


def test_samples_off_the_route_are_counted_and_told(tmp_path: Path) -> None:
    rows = [("near", at(5000.0), "sand"), ("far", at(5000.0, 3000.0), "mud"), ("lost", "12.0,55.0", "mud")]
    _, facts, stations = run(tmp_path, mapped(tmp_path, 4), grabs(tmp_path / "g.csv", *rows))
    assert set(stations["soil_sample"]) == {"near", ""}
    told = [line for line in facts["findings"] if "farther from the route" in line]
    assert told[0].startswith("g, g.csv: 2 of 3 samples lie farther from the route than they speak for (250 m)")
    assert "far (3" in told[0]


def test_sand_on_a_map_of_mud_where_density_was_measured(tmp_path: Path) -> None:
    profile = cpts(tmp_path / "c.csv", ("C1", at(5000.0), column(60.0)), kind="dr_pct")
    _, _, stations = run(tmp_path, mapped(tmp_path), profile)
    near = np.abs(UP_M - 5000.0) <= 500.0
    assert stations["soil_class"].tolist() == np.where(near, "sand", "mud").tolist()
    assert stations["dr_p50_pct"][near].tolist() == [60.0] * near.sum()
    assert np.isnan(stations["su_p50_kpa"][near]).all()


def test_a_grab_sample_tells_the_class_where_a_profile_tells_the_strength(tmp_path: Path) -> None:
    profile = cpts(tmp_path / "c.csv", ("C1", at(5000.0), column(11.0)))
    grab = grabs(tmp_path / "g.csv", ("G1", at(5000.0), "sandy mud"))
    _, _, stations = run(tmp_path, mapped(tmp_path), profile, grab)
    row = stations.iloc[int(np.abs(UP_M - 5000.0).argmin())]
    assert (row["soil_class"], row["soil_kind"], row["soil_sample"]) == ("sandy_mud", "cpt", "C1")
    assert row["su_p50_kpa"] == pytest.approx(11.0)


@pytest.mark.parametrize(("su", "expected"), [(30.0, "mud"), (39.9, "mud"), (40.0, "firm_clay"), (120.0, "stiff_clay")])
def test_measured_strong_clay_is_trenched_as_such(tmp_path: Path, su: float, expected: str) -> None:
    profile = cpts(tmp_path / "c.csv", ("C1", at(5000.0), [(0.0, 10.0), (2.0, su), (6.0, su)]))
    _, _, stations = run(tmp_path, mapped(tmp_path), profile)
    assert stations["soil_trench_class"].iloc[int(np.abs(UP_M - 5000.0).argmin())] == expected


def test_samples_alone_leave_the_rest_unknown_with_blank_strength(tmp_path: Path) -> None:
    _, facts, stations = run(tmp_path, grabs(tmp_path / "g.csv", ("G1", at(5000.0), "mud")))
    unknown = stations["soil_class"] == "unknown"
    assert 0 < (~unknown).sum() < 5
    assert stations.loc[unknown, list(STRENGTHS)].isna().all(axis=None)
    assert set(stations.loc[unknown, "soil_kind"]) == {"none"}
    assert facts["assessed"] is True
    assert facts["stations_unknown"] == unknown.sum()


def test_files_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [("A", at(5000.0), "sand"), ("B", at(5010.0), "mud"), ("C", at(7000.0), "rock")]
    outs = []
    for number, order in enumerate(itertools.permutations(rows, 3)):
        folder = tmp_path / str(number)
        outs.append(run(folder, mapped(folder), grabs(folder / "g.csv", *order))[0])
    for name in ("stations.parquet", "cells.parquet", "soil_layers.parquet", "soil_class.tif"):
        assert len({(out / name).read_bytes() for out in outs}) == 1, name


def test_layered_penetration_marches_the_gain_of_strength_everywhere(tmp_path: Path) -> None:
    _, _, stations = run(tmp_path, mapped(tmp_path), layered_penetration=True)
    assert stations["layered_f"].nunique() == 1
    assert 2.5 < stations["layered_f"].iloc[0] < 3.0
    _, _, sand = run(tmp_path / "sand", mapped(tmp_path / "sand", 4), layered_penetration=True)
    assert sand["layered_f"].isna().all()


def test_a_profile_that_describes_its_layers_needs_no_strength(tmp_path: Path) -> None:
    _, _, stations = run(tmp_path, mapped(tmp_path, 7), bore(tmp_path / "b.csv", (0, 2.5, "S"), (2.5, 6, "M")))
    row = at_bore(stations)
    assert (row["soil_class"], row["soil_kind"], row["dr_p50_pct"]) == ("sand", "cpt", 55.0)
    assert row["layered_f"] == pytest.approx(0.707, rel=1e-6)


@pytest.mark.parametrize(
    ("layers", "code", "trench"),
    [
        ([(0, 0.5, "sand"), (0.5, 5, "rock")], 1, "rock"),  # was sand: 2.0 m by jet
        ([(0, 1.9, "sand"), (1.9, 5, "rock")], 1, "rock"),  # too shallow by 0.9 m, told in limits
        ([(0, 2.0, "sand"), (2.0, 5, "rock")], 1, "sand"),  # no tool of sand reaches the rock
        ([(0, 2.9, "mud"), (2.9, 5, "gravel")], 1, "coarse"),
        ([(0, 0.5, "rock"), (0.5, 5, "mud")], 1, "rock"),
        ([(0, 0.3, "sand"), (0.3, 5, "unknown")], 4, "unknown"),
        ([(0, 1.0, "sand")], 4, "sand"),  # below the profile the map holds
        ([(0, 1.0, "sand")], 7, "rock"),
    ],
)
def test_what_lies_within_reach_of_the_tools_decides_trenching(
    tmp_path: Path, layers: list[tuple[float, float, str]], code: int, trench: str
) -> None:
    out, _, stations = run(tmp_path, mapped(tmp_path, code), bore(tmp_path / "b.csv", *layers))
    assert at_bore(stations)["soil_trench_class"] == trench
    nearest = np.hypot(FRAME.cells["x_m"] - X0, FRAME.cells["y_m"] - Y0 - 5000.0).to_numpy().argmin()
    assert pd.read_parquet(out / "cells.parquet")["soil_trench_class"][nearest] == trench


@pytest.mark.parametrize(
    ("layers", "code", "expected"),
    [
        ([(0, 0.05, "sand"), (0.05, 6, "mud")], 4, "mud"),  # a veneer; was sand
        ([(0, 0.9, "sand"), (0.9, 6, "sandy mud"), (6, 7, "mud")], 4, "sandy_mud"),  # flukes go through to what holds
        ([(0, 1.5, "sand"), (1.5, 6, "mud")], 4, "sand"),  # the longest fluke digs 1.41 m
        ([(0, 0.05, "mud"), (0.05, 0.4, "sand"), (0.4, 6, "gravel")], 4, "mud"),
        ([(0, 0.4, "sand"), (0.4, 6, "gravel")], 4, "coarse"),
        ([(0, 0.1, "sand"), (0.1, 6, "unknown")], 4, "unknown"),
        ([(1.5, 6, "rock")], 4, "sand"),  # nothing is told of the top: the map holds
    ],
)
def test_the_class_of_a_profile_is_its_thickest_unless_flukes_reach_what_holds_like_mud(
    tmp_path: Path, layers: list[tuple[float, float, str]], code: int, expected: str
) -> None:
    _, _, stations = run(tmp_path, mapped(tmp_path, code), bore(tmp_path / "b.csv", *layers))
    assert at_bore(stations)["soil_class"] == expected


def test_rows_of_unknown_soil_and_blank_ones_stay_unknown(tmp_path: Path) -> None:
    for name, blank in (("told", "unknown"), ("blank", "")):
        layers = (0, 2, blank), (2, 3, "rock")
        out, _, stations = run(tmp_path / name, mapped(tmp_path / name, 4), bore(tmp_path / name / "b.csv", *layers))
        row = at_bore(stations)
        told = (row["soil_class"], row["soil_trench_class"], row["layered_f"])
        assert told == ("unknown", "unknown", pytest.approx(2.2))
        below = pd.read_parquet(out / "soil_layers.parquet").query("station == @row.station")
        assert below["soil_class"].tolist() == ["unknown", "rock", "unknown"]
        assert below["layer_source"].tolist() == ["measured", "measured", "not measured"]


def test_long_gaps_of_a_profile_are_the_maps_or_unknown_and_told(tmp_path: Path) -> None:
    dense = cpts(tmp_path / "c.csv", ("C1", at(5000.0), column(80.0, from_m=3.0)), kind="dr_pct")
    for code, soil_class, f in ((4, "sand", 2.2), (1, "mud", 3.0)):
        _, facts, stations = run(tmp_path, mapped(tmp_path / str(code), code), dense)
        row = at_bore(stations)
        assert (row["soil_class"], row["layered_f"]) == (soil_class, pytest.approx(f))
        assert row["dr_p50_pct"] == (55.0 if code == 4 else pytest.approx(NAN, nan_ok=True))
    assert any("say nothing of gaps longer than 0.5 m: C1 from 0.00 to 2.75 m" in line for line in facts["findings"])


def test_readings_tell_their_kind() -> None:
    kinds = [Reading(0, 0, *values, "").kind for values in ((5.0, NAN), (NAN, 50.0), (NAN, NAN))]
    assert kinds == ["su_kpa", "dr_pct", "none"]
