"""Ranges, words, table and JSON: nothing is hidden, a blank is never a zero, and damaged releases are refused."""

import io
import itertools
import json
import re

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import DataError
from pipeline.releases.changes import as_csv, as_json, as_table, compare, in_words
from pipeline.releases.changes.words import total_rows

from .made import Pair

NAN = float("nan")


@pytest.fixture
def pair(tmp_path):
    return Pair(tmp_path)


def ranges(pair):
    return [(p.kind, round(p.kp_from_km, 2), round(p.kp_to_km, 2)) for p in compare(*pair.releases()).ranges]


def test_nothing_changed_is_said(pair):
    changes = compare(*pair.releases())
    assert in_words(changes) == [
        "No station differs by more than the tolerances. (Release new compared with old.)",
        "No recorded input changed.",
    ]
    assert as_table(changes).empty
    assert list(pd.read_csv(io.StringIO(as_csv(changes))).columns) == list(as_table(changes).columns)


@pytest.mark.parametrize(
    ("column", "below", "above"),
    [
        ("required_dol_p90_m", 0.805, 0.806),
        ("target_dol_m", 1.004, 1.1),
        ("water_depth_m", 40.05, 40.06),
        ("anchor_strike_per_km_yr", 1.004e-5, 1.006e-5),
        ("pga_475yr_g", 0.201, 0.2011),
        ("slope_fs", 2.01, 2.011),
    ],
)
def test_tolerances_hold_on_both_sides(pair, column, below, above):
    assert ranges(pair.at(10.0, 11.0, **{column: below})) == []
    assert len(ranges(pair.at(10.0, 11.0, **{column: above}))) == 1


def test_tolerances_are_those_that_the_new_release_was_built_with(pair):
    pair.at(10.0, 11.0, water_depth_m=41.0)
    pair.manifest["parameters"]["changes"]["water_depth_m"] = 2.0
    assert ranges(pair) == []
    del pair.manifest["parameters"]["changes"]
    assert len(ranges(pair)) == 1


def test_strikes_that_are_no_threat_are_not_compared(pair):
    for stations in (pair.old, pair.new):
        stations["anchor_strike_per_km_yr"] = 1e-13
    assert ranges(pair.at(10.0, 11.0, anchor_strike_per_km_yr=9e-10)) == []
    assert len(ranges(pair.at(10.0, 11.0, anchor_strike_per_km_yr=2e-9))) == 1


def test_a_blank_that_gets_a_value_is_now_assessed_and_not_a_rise_from_zero(pair):
    pair.old.loc[pair.old["kp_km"].between(9.99, 11.01), "target_dol_m"] = NAN
    pair.at(10.0, 11.0, target_dol_m=0.0).at(20.0, 21.0, target_dol_m=NAN)
    assert ranges(pair) == [("assessed", 9.95, 11.05), ("unassessed", 19.95, 21.05)]
    first, second = as_table(compare(*pair.releases())).to_dict("records")
    assert (first["new"], second["old"]) == (0.0, 1.0)
    assert np.isnan(first["old"])
    assert np.isnan(second["new"])
    words = " ".join(in_words(compare(*pair.releases())))
    assert "target depth not assessed becomes 0.0 m" in words
    assert "target depth 1.0 m becomes not assessed" in words


def test_a_target_that_is_shallower_for_want_of_data_is_said_to_be(pair):
    pair.at(10.0, 12.0, target_dol_m=0.6).at(0.0, 50.0, anchor_strike_per_km_yr=NAN)
    words = in_words(compare(*pair.releases()))
    assert any("does not mean less risk" in line and "2.1 km" in line for line in words)
    assert any("For want of data: a threat is no longer assessed here." in line for line in words)
    assert any("anchor strikes no longer assessed (10⁻⁵ per km and year before)" in line for line in words)


def test_a_short_gap_does_not_part_a_range_and_a_long_one_does(pair):
    pair.at(10.0, 11.0, target_dol_m=1.5).at(11.4, 12.0, target_dol_m=1.5).at(12.5, 13.0, target_dol_m=1.5)
    assert ranges(pair) == [("deeper", 9.95, 12.05), ("deeper", 12.45, 13.05)]
    first = compare(*pair.releases()).ranges[0]
    assert first.changed_km == pytest.approx(1.8)


def test_deeper_and_shallower_are_never_one_range(pair):
    pair.at(10.0, 11.0, target_dol_m=1.5).at(11.1, 12.0, target_dol_m=0.6).at(12.1, 13.0, target_dol_m=2.0)
    assert ranges(pair) == [("deeper", 9.95, 11.05), ("shallower", 11.05, 12.05), ("deeper", 12.05, 13.05)]


def test_other_changes_do_not_cut_a_range_of_another_target_in_pieces(pair):
    pair.at(9.0, 14.0, required_dol_p90_m=0.9)
    for start in (10.0, 10.4, 10.8):
        pair.at(start, start + 0.1, target_dol_m=1.5)
    assert ranges(pair) == [("other", 8.95, 9.95), ("deeper", 9.95, 10.95), ("other", 10.95, 14.05)]


def test_other_changes_do_not_join_across_a_short_range_of_another_target(pair):
    pair.at(9.0, 11.0, water_depth_m=30.0).at(10.0, 10.0, target_dol_m=1.5)
    assert ranges(pair) == [("other", 8.95, 9.95), ("deeper", 9.95, 10.05), ("other", 10.05, 11.05)]


def test_the_table_tells_every_pair_of_targets(pair):
    pair.at(10.0, 11.0, target_dol_m=1.5).at(11.1, 12.0, target_dol_m=2.0, soil_class="mud")
    table = as_table(compare(*pair.releases()))
    rows = table[table["quantity"] == "target_dol_m"]
    assert rows[["kp_from_km", "kp_to_km", "old", "new"]].to_numpy().tolist() == [
        [9.95, 11.05, 1.0, 1.5],
        [11.05, 12.05, 1.0, 2.0],
    ]
    assert set(table["range"]) == {1}
    back = pd.read_csv(io.StringIO(as_csv(compare(*pair.releases()))))
    assert back.loc[back["quantity"] == "soil_class", ["old", "new"]].to_numpy().tolist() == [["sand", "mud"]]


def test_every_kilometre_of_another_target_is_told_however_many_ranges_there_are(pair):
    rng = np.random.default_rng(1)
    for start in np.arange(1.0, 49.0, 0.8):
        pair.at(start, start + 0.1, target_dol_m=float(rng.choice([0.6, 1.5])))
    changes = compare(*pair.releases())
    words = in_words(changes)
    assert len(words) < 36
    (rest,) = [line for line in words if line.startswith("And ")]
    hidden = sum(float(km) for km in re.findall(r"target \(([0-9.]+) km\)", rest))
    told = [float(km) for line in words for km in re.findall(r"^KP [0-9.]+ to [0-9.]+ \(([0-9.]+) km\)", line)]
    assert len(told) == changes.tolerance.most_ranges
    assert sum(told) + hidden == pytest.approx(changes.km("deeper", "shallower"), abs=0.11)
    assert sum(told) + hidden == pytest.approx(60 * 0.2, abs=0.3)


def test_deeper_comes_first_then_the_longest(pair):
    pair.at(5.0, 15.0, water_depth_m=30.0).at(20.0, 25.0, target_dol_m=0.6).at(30.0, 30.5, target_dol_m=1.5)
    pair.at(40.0, 41.0, target_dol_m=1.5)
    lines = [line[:8] for line in in_words(compare(*pair.releases())) if line.startswith("KP ")]
    assert lines == ["KP 39.95", "KP 29.95", "KP 19.95", "KP 4.95 "]


def test_json_is_whole_and_finite(pair):
    pair.at(10.0, 11.0, target_dol_m=NAN, soil_class=None).file("soil", "data/raw/soil.tif")
    value = as_json(compare(*pair.releases()))
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert value["ranges"][0]["quantities"][0]["new"] is None
    assert value["inputs"][0]["words"] == "data/raw/soil.tif changed"
    assert value["words"] == in_words(compare(*pair.releases()))


def test_totals_and_layers_that_changed_are_told(pair):
    pair.manifest["totals"]["strike_per_yr_surface_laid"] = None
    pair.manifest["layers"]["shipping"] = {"assessed": False, "provenance": ""}
    words = in_words(compare(*pair.releases()))
    assert "Strikes a year, surface-laid: 0.05 became not assessed." in words
    assert "Anchor strikes: no longer assessed." in words


def test_files_that_differ_without_a_station_are_told(pair):
    pair.old_manifest["outputs"] = {"data/processed/slope.tif": "a", "maps/corridor.html": "b"}
    pair.manifest["outputs"] = {"data/processed/slope.tif": "c", "maps/corridor.html": "b"}
    assert in_words(compare(*pair.releases()))[0] == (
        "No station differs by more than the tolerances. Published files that differ nevertheless: "
        "data/processed/slope.tif. (Release new compared with old.)"
    )


def moved_tile(pair):
    """A water depth along 3.5 km in two pieces, a slope along less; no target."""
    pair.file("bathymetry", "data/raw/depths_1.tif").at(10.0, 12.0, water_depth_m=32.0)
    return pair.at(12.3, 13.5, water_depth_m=32.0).at(10.0, 10.4, slope_deg=2.0).at(13.0, 13.1, slope_deg=2.0)


def test_where_no_target_changed_the_first_line_says_so_and_what_did(pair):
    assert in_words(compare(*moved_tile(pair).releases()))[0] == (
        "No target depth changed. Water depth changed along 3.4 km because data/raw/depths_1.tif changed. "
        "Also: slope along 0.7 km. (Release new compared with old.)"
    )


def test_where_a_target_changed_the_first_line_says_along_how_much(pair):
    first = in_words(compare(*moved_tile(pair).at(20.0, 21.0, target_dol_m=1.5).releases()))[0]
    assert first.startswith("Deeper target along 1.1 km; other changes, same target along")


def test_the_first_line_does_not_make_up_a_cause(pair):
    pair.at(10.0, 11.0, slope_deg=2.0)
    first = in_words(compare(*pair.releases()))[0]
    assert first.startswith("No target depth changed. Slope changed along 1.1 km: cause not found among the recorded")


def test_every_quantity_of_a_range_has_its_own_kilometres(pair):
    changes = compare(*moved_tile(pair).releases())
    (line,) = [line for line in in_words(changes) if line.startswith("KP ")]
    assert line.startswith("KP 9.95 to 13.55 (3.60 km): water depth 40.0 m becomes 32.0 m (3.40 km); slope 1.0° ")
    assert "becomes 2.0° (0.70 km). Because" in line
    table = as_table(changes).groupby("quantity")["length_km"].sum()
    assert (table["water_depth_m"], table["slope_deg"]) == (pytest.approx(3.4), pytest.approx(0.7))


def test_a_quantity_that_differs_all_along_a_range_has_no_kilometres_of_its_own(pair):
    pair.at(10.0, 12.0, water_depth_m=32.0, target_dol_m=1.5)
    (line,) = [line for line in in_words(compare(*pair.releases())) if line.startswith("KP ")]
    assert line.count(" km)") == 1


def test_kilometres_by_target_depth_and_out_of_reach_are_told_where_they_changed(pair):
    pair.old_manifest["totals"] |= {"dol_km": {"0": 10.0, "0.6": 30.0, "1": 10.0}, "deficit_km": 2.0}
    pair.manifest["totals"] |= {"dol_km": {"0": 10.0, "0.6": 28.0, "10": 12.0}, "deficit_km": 3.04}
    changes = compare(*pair.releases())
    words = in_words(changes)
    assert (
        "Cable by target depth: 0.6 m 30.0 km became 28.0 km; 1 m 10.0 km became 0.0 km; 10 m 0.0 km became 12.0 km."
        in words
    )
    assert "Target out of reach: 2.0 km became 3.0 km." in words
    rows = [[text.replace("\N{NO-BREAK SPACE}", " ") for text in row] for row in total_rows(changes)]
    assert rows[-4:] == [
        ["Target depth 0.6 m", "30.0 km", "28.0 km"],
        ["Target depth 1 m", "10.0 km", "0.0 km"],
        ["Target depth 10 m", "0.0 km", "12.0 km"],
        ["Target out of reach", "2.0 km", "3.0 km"],
    ]
    told = as_json(changes)
    assert told["words"] == words
    assert told["totals"]["new"]["dol_km"]["10"] == 12.0


def test_kilometres_that_a_release_does_not_state_are_not_compared(pair):
    pair.manifest["totals"] |= {"dol_km": {"0": 50.0}, "deficit_km": 3.0}
    assert len(total_rows(compare(*pair.releases()))) == 3


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path, table: path.unlink(), "cannot be read"),
        (lambda path, table: path.write_bytes(path.read_bytes()[:2000]), "cannot be read"),
        (lambda path, table: path.write_text("kp_km,lon\n"), "cannot be read"),
        (lambda path, table: table.drop(columns=["target_dol_m", "lat"]).to_parquet(path), "lacks lat, target_dol_m"),
        (lambda path, table: table.assign(slope_deg="steep").to_parquet(path), "holds no numbers"),
        (lambda path, table: table.assign(lon=NAN).to_parquet(path), "no usable kilometre posts"),
        (lambda path, table: table.iloc[::-1].to_parquet(path), "no usable kilometre posts"),
        (lambda path, table: table.iloc[:1].to_parquet(path), "no usable kilometre posts"),
    ],
)
@pytest.mark.parametrize("side", [0, 1])
def test_a_damaged_release_is_refused_by_name(pair, harm, said, side):
    releases = pair.releases()
    path = releases[side].folder / "data/processed/stations.parquet"
    harm(path, pair.new)
    with pytest.raises(DataError, match=said) as error:
        compare(*releases)
    assert str(path) in error.value.where
    assert f"release {releases[side].id}" in error.value.where
    assert "corridor releases" in error.value.remedy


@pytest.mark.parametrize("seed", range(8))
def test_every_differing_station_is_in_a_range_and_a_row_and_no_other_is(pair, seed):
    rng = np.random.default_rng(seed)
    choices = {
        "target_dol_m": [1.0, 1.0, 1.0, 1.5, 0.6, NAN],
        "anchor_strike_per_km_yr": [1e-5, 1e-5, 1.001e-5, 3e-5, NAN],
        "soil_class": ["sand", "sand", "mud", None],
    }
    for stations in (pair.old, pair.new):
        for name, values in choices.items():
            blocks = rng.integers(0, len(values), 60)
            stations[name] = [values[blocks[min(int(kp / 50.0 * 60), 59)]] for kp in stations["kp_km"]]
    pair.file("ais", "data/raw/ais_1.csv").file("soil", "data/raw/soil.tif")
    changes = compare(*pair.releases())
    kp = pair.new["kp_km"].to_numpy()
    spans = [(piece.kp_from_km, piece.kp_to_km) for piece in changes.ranges]
    assert all(end <= start + 1e-9 for (_, end), (start, _) in itertools.pairwise(spans))
    table = as_table(changes)
    for name in choices:
        old, new = pair.old[name], pair.new[name]
        differs = ~((old == new) | (old.isna() & new.isna())).to_numpy()
        if name == "anchor_strike_per_km_yr":
            differs &= ~((old - new).abs() <= 0.005 * np.fmax(old, new)).to_numpy()
        rows = table[table["quantity"] == name]
        inside = np.zeros(len(kp), dtype=int)
        for row in rows.itertuples():
            within = (kp >= row.kp_from_km) & (kp <= row.kp_to_km)
            inside += within
            if name != "anchor_strike_per_km_yr":
                values = {"" if pd.isna(v) else v for v in old[within & differs]}
                assert values == {"" if pd.isna(row.old) else row.old}
        assert (inside[differs] == 1).all()
        assert rows["length_km"].sum() == pytest.approx(length(kp)[differs].sum(), abs=0.05)
    was, now = pair.old["target_dol_m"].to_numpy(), pair.new["target_dol_m"].to_numpy()
    assert changes.km("deeper") == pytest.approx(length(kp)[now > was].sum(), abs=0.01)
    assert changes.km("shallower") == pytest.approx(length(kp)[now < was].sum(), abs=0.01)
    assert changes.km("unassessed") == pytest.approx(length(kp)[~np.isnan(was) & np.isnan(now)].sum(), abs=0.01)


def length(kp):
    return np.diff(np.concatenate([[kp[0]], (kp[1:] + kp[:-1]) / 2.0, [kp[-1]]]))
