"""Where the route itself changed the comparison is by place, and says so."""

import numpy as np
import pytest

from pipeline.config.changes import ChangeTolerance
from pipeline.releases.changes import as_json, as_table, compare, in_words
from pipeline.releases.changes.places import match_stations

from .made import Pair, stations_along, straight, turned

CRS = "EPSG:32639"
OUT_AND_BACK = [(0, 0), (0, 20), (8, 20), (0, 20), (0, 40)]
FIGURE_OF_EIGHT = [(0, 0), (10, 10), (20, 0), (20, 10), (10, 0.001), (0, 10)]


def match(old, new):
    return match_stations(old, new, CRS, ChangeTolerance())


def shifted(stations, km):
    return stations.assign(kp_km=stations["kp_km"] + km)


def away(pair):
    return [piece for piece in compare(*pair.releases()).ranges if piece.kind == "elsewhere"]


def test_the_same_stations_are_compared_by_kp(tmp_path):
    pair = Pair(tmp_path)
    pair.new["lon"] += 2e-6  # a fifth of a metre: a rounded coordinate
    changes = compare(*pair.releases())
    assert (changes.by_place, changes.route_words, changes.ranges) == (False, (), ())


def test_a_route_extended_at_its_start_keeps_its_places(tmp_path):
    pair = Pair(tmp_path, stations_along([(0, 5), (0, 50)]))
    pair.new = stations_along([(0, 0), (0, 50)])
    pair.old.loc[100:120, "target_dol_m"] = 1.5
    pair.file("route", "data/raw/rpl.csv").at(15.0, 17.0, target_dol_m=1.5)
    (piece,) = compare(*pair.releases()).ranges
    assert piece.kind == "elsewhere"
    assert (piece.kp_from_km, piece.kp_to_km) == pytest.approx((0.0, 5.0), abs=0.2)
    words = " ".join(in_words(compare(*pair.releases())))
    assert "by place, not by KP: 45.000 km became 50.000 km" in words
    assert "the route is new here, beyond the end of the old one" in words
    assert "differs by +4.90 to +5.00 km" in words


def test_a_shortened_route_says_what_is_given_up(tmp_path):
    pair = Pair(tmp_path, straight(50.0))
    pair.new = straight(42.0)
    changes = compare(*pair.releases())
    assert changes.ranges == ()
    assert [pytest.approx(span, abs=0.2) for span in changes.left] == [(42.0, 50.0)]
    (row,) = as_table(changes).to_dict("records")
    assert (row["old"], row["new"], row["compared_by"]) == ("on the route", "not on the route", "place")
    assert "does not run there any more" in " ".join(changes.route_words)


def test_a_reversed_route_is_compared_backwards(tmp_path):
    pair = Pair(tmp_path)
    pair.old.loc[pair.old["kp_km"].between(9.99, 12.01), "soil_class"] = "mud"
    pair.new = turned(pair.old)
    assert compare(*pair.releases()).ranges == ()
    pair.at(20.0, 21.0, target_dol_m=2.0)
    changes = compare(*pair.releases())
    (piece,) = changes.ranges
    assert (piece.kp_from_km, piece.kp_to_km) == pytest.approx((19.95, 21.05))
    assert (piece.old_kp_from_km, piece.old_kp_to_km) == pytest.approx((30.05, 28.95))
    assert "KP count from the other end now." in changes.route_words


def test_a_detour_is_told_with_its_distance_and_not_compared(tmp_path):
    pair = Pair(tmp_path, stations_along([(0, 0), (0, 50)]))
    pair.new = stations_along([(0, 0), (0, 20), (2, 22), (2, 26), (0, 28), (0, 50)])
    pair.at(23.0, 25.0, target_dol_m=2.0).at(40.0, 41.0, target_dol_m=1.5).file("route", "data/raw/rpl.csv")
    elsewhere, later = compare(*pair.releases()).ranges
    assert elsewhere.kind == "elsewhere"
    assert elsewhere.offset_m == pytest.approx(2000.0, rel=0.01)
    assert (elsewhere.old_kp_from_km, elsewhere.old_kp_to_km) == pytest.approx((20.0, 28.0), abs=0.3)
    assert (elsewhere.parts[0].new_least, elsewhere.parts[0].new_most) == (1.0, 2.0)
    longer = 2 * np.hypot(2, 2) + 4 - 8
    assert later.kind == "deeper"
    assert later.old_kp_from_km == pytest.approx(later.kp_from_km - longer, abs=0.06)
    assert [cause.name for cause in elsewhere.causes] == ["data/raw/rpl.csv"]
    line = next(line for line in in_words(compare(*pair.releases())) if "runs elsewhere, up to" in line)
    assert "2,000 m" in line or "1,99" in line or "2,00" in line


def test_a_route_moved_a_little_is_compared_and_named_as_a_cause(tmp_path):
    pair = Pair(tmp_path, stations_along([(0, 0), (0, 50)]))
    pair.new = stations_along([(0, 0), (0, 20), (0.06, 22), (0.06, 26), (0, 28), (0, 50)])
    pair.file("route", "data/raw/rpl.csv").at(23.0, 25.0, water_depth_m=60.0).at(40.0, 41.0, water_depth_m=60.0)
    pair.file("bathymetry", "data/raw/depths_1.tif")
    first, second = compare(*pair.releases()).ranges
    assert {cause.name for cause in first.causes} == {"data/raw/rpl.csv", "data/raw/depths_1.tif"}
    assert {cause.name for cause in second.causes} == {"data/raw/depths_1.tif"}
    assert any("within 60\u00a0m of the old route" in words for words in compare(*pair.releases()).route_words)


@pytest.mark.parametrize("spacing_m", [37.0, 250.0])
def test_other_stations_along_the_same_route_differ_in_nothing_that_lies_between_their_neighbours(tmp_path, spacing_m):
    pair = Pair(tmp_path, straight(20.0, 100.0))
    pair.new = straight(20.0, spacing_m)
    for stations in (pair.old, pair.new):
        kp = stations["kp_km"]
        stations["water_depth_m"] = 30.0 + kp**1.5
        stations["target_dol_m"] = np.where(kp < 9.0, 1.0, 1.5)
        stations["soil_class"] = np.where(kp < 5.0, "sand", "mud")
    changes = compare(*pair.releases())
    assert changes.by_place
    assert changes.ranges == ()
    assert changes.route_words[0].startswith("The stations lie at other places along the same route")


@pytest.mark.parametrize("track", [OUT_AND_BACK, FIGURE_OF_EIGHT], ids=["out and back", "figure of eight"])
@pytest.mark.parametrize("start", [[], [(0.0, -3.0)]], ids=["other spacing", "longer start"])
def test_where_the_route_comes_by_twice_each_pass_is_compared_with_itself(track, start):
    old, new = stations_along(track), stations_along(start + track, 100.0 if start else 90.0)
    found = match(old, new)
    longer = 3.0 if start else 0.0
    inside = found.comparable & (new["kp_km"].to_numpy() > longer + 0.2)
    assert inside.mean() > 0.85
    assert np.abs(found.old_kp_km - (found.kp_km - longer))[inside].max() < 0.1
    assert found.left == ()


def test_a_spur_that_is_given_up_is_left_although_the_route_comes_by():
    found = match(stations_along(OUT_AND_BACK), stations_along([(0, 0), (0, 40)]))
    ((start, end),) = found.left
    assert (start, end) == pytest.approx((20.0, 36.0), abs=0.5)


def test_a_route_in_another_sea_has_no_place_in_common(tmp_path):
    pair = Pair(tmp_path)
    pair.new = pair.new.assign(lon=pair.new["lon"] + 1.0)
    changes = compare(*pair.releases())
    assert [piece.kind for piece in changes.ranges] == ["elsewhere"]
    assert [pytest.approx(span) for span in changes.left] == [(0.0, 50.0)]
    assert np.isnan(changes.ranges[0].old_kp_from_km)
    assert as_json(changes)["ranges"][0]["old_kp_from_km"] is None


def test_a_longer_route_shares_the_tolerance_out_anew(tmp_path):
    pair = Pair(tmp_path)
    pair.new = straight(60.0)
    pair.manifest["totals"]["route_length_km"] = 60.0
    pair.file("route", "data/raw/rpl.csv").at(0.0, 60.0, limit_strike_per_km_yr=2e-6)
    pair.at(10.0, 12.0, target_dol_m=1.5, required_dol_p90_m=1.2)
    (piece,) = [piece for piece in compare(*pair.releases()).ranges if piece.kind == "deeper"]
    assert [cause.name for cause in piece.causes] == ["data/raw/rpl.csv"]


def test_a_longer_route_and_another_tolerance_act_together(tmp_path):
    pair = Pair(tmp_path)
    pair.new = straight(60.0)
    pair.manifest["totals"]["route_length_km"] = 60.0
    pair.file("route", "data/raw/rpl.csv").parameter("acceptance", "route_strikes_per_yr", 2e-4)
    pair.at(0.0, 60.0, limit_strike_per_km_yr=4e-7).at(10.0, 12.0, target_dol_m=1.5, required_dol_p90_m=1.2)
    (piece,) = [piece for piece in compare(*pair.releases()).ranges if piece.kind == "deeper"]
    assert {cause.name for cause in piece.causes} == {"data/raw/rpl.csv", "acceptance.route_strikes_per_yr"}
