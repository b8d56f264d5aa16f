"""Every change is put down to the input that caused it, there and nowhere else; nothing is invented."""

import pytest

from pipeline.errors import DataError
from pipeline.releases.changes import as_table, compare, in_words

from .made import Pair

DEEPER = {"target_dol_m": 1.5, "required_dol_p90_m": 1.2}
SHIPS = {"anchor_strike_per_km_yr": 4.5e-5, "passages_per_km_yr": 45.0}


@pytest.fixture
def pair(tmp_path):
    return Pair(tmp_path)


def causes(pair):
    """Ranges by kind and KP, with the names of their causes."""
    return {
        (piece.kind, round(piece.kp_from_km, 2), round(piece.kp_to_km, 2)): {cause.name for cause in piece.causes}
        for piece in compare(*pair.releases()).ranges
    }


def test_two_inputs_at_two_places_are_told_apart(pair):
    pair.file("ais", "data/raw/ais_2.csv").at(10.0, 12.0, **DEEPER, **SHIPS)
    pair.file("soil", "data/raw/soil.tif").at(30.0, 32.0, **DEEPER, soil_class="mud")
    assert causes(pair) == {
        ("deeper", 9.95, 12.05): {"data/raw/ais_2.csv"},
        ("deeper", 29.95, 32.05): {"data/raw/soil.tif"},
    }


def test_measured_strength_is_a_cause_where_its_class_stays(pair):
    pair.file("ais", "data/raw/ais_2.csv").at(10.0, 12.0, **DEEPER, **SHIPS)
    pair.file("soil", "data/raw/soil.tif").at(30.0, 32.0, **DEEPER, penetration_f=1.2)
    assert causes(pair) == {
        ("deeper", 9.95, 12.05): {"data/raw/ais_2.csv"},
        ("deeper", 29.95, 32.05): {"data/raw/soil.tif"},
    }


def test_where_two_inputs_overlap_it_names_both_and_claims_neither(pair):
    pair.file("ais", "data/raw/ais_2.csv").at(10.0, 14.0, **SHIPS)
    pair.file("soil", "data/raw/soil.tif").at(12.0, 16.0, soil_class="mud").at(10.0, 16.0, **DEEPER)
    assert causes(pair) == {
        ("deeper", 9.95, 11.95): {"data/raw/ais_2.csv"},
        ("deeper", 11.95, 14.05): {"data/raw/ais_2.csv", "data/raw/soil.tif"},
        ("deeper", 14.05, 16.05): {"data/raw/soil.tif"},
    }
    (line,) = [line for line in in_words(compare(*pair.releases())) if line.startswith("KP 11.95")]
    assert "target depth 1.0 m becomes 1.5 m" in line
    assert "Because: one or more of data/raw/soil.tif changed; data/raw/ais_2.csv changed." in line
    assert "data/raw/ais_2.csv changed: a cause along 2.0 km, perhaps along 2.1 km more." in in_words(
        compare(*pair.releases())
    )


def test_earthquakes_never_deepen_burial(pair):
    pair.file("seismic", "data/raw/earthquakes.csv").file("ais", "data/raw/ais_1.csv")
    pair.at(10.0, 12.0, **DEEPER, **SHIPS, pga_475yr_g=0.4, pga_475yr_soil_g=0.5, slope_fs=1.2)
    (piece,) = compare(*pair.releases()).ranges
    assert {cause.name for cause in piece.causes} == {"data/raw/ais_1.csv"}
    by_column = {part.quantity.column: {c.name for c in part.causes} for part in piece.parts}
    assert by_column["pga_475yr_g"] == by_column["slope_fs"] == {"data/raw/earthquakes.csv"}


def test_an_input_is_no_cause_where_its_own_layer_did_not_change(pair):
    pair.file("soil", "data/raw/soil.tif").file("bathymetry", "data/raw/depths_1.tif")
    pair.at(10.0, 12.0, **DEEPER, soil_class="mud")
    assert causes(pair) == {("deeper", 9.95, 12.05): {"data/raw/soil.tif"}}


def test_a_change_upstream_too_small_to_tell_is_a_cause_all_the_same(pair):
    pair.file("ais", "data/raw/ais_1.csv").at(10.0, 12.0, **DEEPER, anchor_strike_per_km_yr=1.0001e-5)
    pair.at(10.0, 12.0, passages_per_km_yr=10.0001)
    assert causes(pair) == {("deeper", 9.95, 12.05): {"data/raw/ais_1.csv"}}


def test_ships_that_pass_no_cable_are_found_where_nothing_else_explains_their_strikes(pair):
    pair.file("ais", "data/raw/ais_1.csv").at(10.0, 12.0, anchor_strike_per_km_yr=2e-5)
    pair.file("bathymetry", "data/raw/depths_1.tif").at(30.0, 31.0, anchor_strike_per_km_yr=2e-5, water_depth_m=30.0)
    assert causes(pair) == {
        ("other", 9.95, 12.05): {"data/raw/ais_1.csv"},
        ("other", 29.95, 31.05): {"data/raw/depths_1.tif"},
    }


def test_a_cause_beside_the_range_is_found_within_reach_and_not_beyond(pair):
    pair.file("bathymetry", "data/raw/depths_1.tif").at(10.0, 11.0, water_depth_m=35.0).at(11.6, 11.8, slope_deg=2.0)
    pair.file("bathymetry", "data/raw/depths_2.tif").at(20.0, 20.2, slope_deg=2.0)
    found = causes(pair)
    assert found[("other", 11.55, 11.85)] == {"data/raw/depths_1.tif", "data/raw/depths_2.tif"}
    assert found[("other", 19.95, 20.25)] == set()


def test_without_a_cause_it_says_so_and_lists_what_changed(pair):
    pair.file("soil", "data/raw/soil.tif").file("ais", "data/raw/ais_1.csv").at(10.0, 12.0, **DEEPER)
    changes = compare(*pair.releases())
    assert changes.ranges[0].causes == ()
    words = in_words(changes)
    assert any("Cause not found among the recorded inputs." in line for line in words)
    assert words[-1].endswith("data/raw/soil.tif changed; data/raw/ais_1.csv changed.")
    assert "data/raw/soil.tif changed: no compared number differs because of it." in words
    assert set(as_table(changes)["cause"]) == {"cause not found among the recorded inputs"}


def test_a_result_that_differs_in_facts_alone_is_no_cause(pair):
    pair.result("soil").result("ais").at(10.0, 12.0, **DEEPER)
    assert causes(pair) == {("deeper", 9.95, 12.05): set()}


def test_a_renamed_file_is_no_cause_where_the_order_of_reading_stays(pair):
    files = pair.new_parts["ais"]["files"]
    files["data/raw/ais_1b.csv"] = files.pop("data/raw/ais_1.csv")
    pair.result("ais").at(10.0, 12.0, **DEEPER, **SHIPS)
    changes = compare(*pair.releases())
    assert [(c.words, c.may_matter) for c in changes.inputs] == [
        ("data/raw/ais_1.csv is now called data/raw/ais_1b.csv, with the same content", False)
    ]
    assert changes.ranges[0].causes == ()


def test_a_name_that_changes_the_order_of_reading_is_a_cause_where_the_files_overlap(pair):
    extents = {"data/raw/depths_1.tif": [[0.0, 20.0]], "data/raw/depths_2.tif": [[20.0, 50.0]]}
    pair.old_manifest["layers"]["bathymetry"] = {"file_kp_km": extents}
    pair.manifest["layers"]["bathymetry"] = {
        "file_kp_km": {"data/raw/depths_9.tif": [[0.0, 18.0]], "data/raw/depths_2.tif": [[18.1, 50.0]]}
    }
    files = pair.new_parts["bathymetry"]["files"]
    files["data/raw/depths_9.tif"] = files.pop("data/raw/depths_1.tif")
    pair.new_parts["bathymetry"]["content"].reverse()
    pair.file("soil", "data/raw/soil.tif").result("bathymetry").at(18.1, 20.0, water_depth_m=30.0)
    changes = compare(*pair.releases())
    (piece,) = changes.ranges
    assert [cause.words for cause in piece.causes] == [
        "data/raw/depths_1.tif is now called data/raw/depths_9.tif, with the same content, but in another order among "
        "the files of its source"
    ]


def test_files_that_swap_names_are_renamed_and_read_in_another_order(pair):
    pair.file("ais", "data/raw/ais_1.csv", "sha of data/raw/ais_2.csv")
    pair.file("ais", "data/raw/ais_2.csv", "sha of data/raw/ais_1.csv").at(10.0, 12.0, **DEEPER, **SHIPS)
    changes = compare(*pair.releases())
    assert [(c.what, c.may_matter) for c in changes.inputs] == [("renamed", True)] * 2
    assert set(changes.ranges[0].causes) == set(changes.inputs)


def test_a_file_with_another_name_than_when_its_result_was_made_is_found_by_its_content(pair):
    files = pair.old_parts["bathymetry"]["files"]
    files["data/raw/tile_1.tif"] = files.pop("data/raw/depths_1.tif")
    del pair.new_parts["bathymetry"]["files"]["data/raw/depths_1.tif"]
    told = {"data/raw/depths_1.tif": [[0.0, 20.0]], "data/raw/depths_2.tif": [[20.1, 50.0]]}
    pair.old_manifest["layers"]["bathymetry"] = {"file_kp_km": told}
    pair.manifest["layers"]["bathymetry"] = {"file_kp_km": {"data/raw/depths_2.tif": [[0.0, 50.0]]}}
    pair.file("bathymetry", "data/raw/depths_3.tif", "new").at(30.0, 31.0, water_depth_m=30.0)
    pair.at(10.0, 11.0, water_depth_m=30.0)
    assert causes(pair) == {("other", 9.95, 11.05): {"data/raw/tile_1.tif"}, ("other", 29.95, 31.05): set()}


def test_a_copy_of_a_file_beside_it_is_added(pair):
    pair.file("ais", "data/raw/ais_3.csv", "sha of data/raw/ais_1.csv").at(10.0, 12.0, **DEEPER, **SHIPS)
    ((cause,),) = [piece.causes for piece in compare(*pair.releases()).ranges]
    assert cause.words == "data/raw/ais_3.csv was added"


def test_a_parameter_acts_where_it_is_used(pair):
    pair.parameter("acceptance", "route_strikes_per_yr", 2e-4).at(0.0, 50.0, limit_strike_per_km_yr=5e-7)
    pair.parameter("cable", "deficit_type", "RA").parameter("burial", "mattress_length_km", 0.4)
    pair.at(10.0, 12.0, **DEEPER).at(30.0, 31.0, cable_type="RA").at(40.0, 41.0, protection="mattress")
    assert causes(pair) == {
        ("deeper", 9.95, 12.05): {"acceptance.route_strikes_per_yr"},
        ("other", 29.95, 31.05): {"cable.deficit_type"},
        ("other", 39.95, 41.05): {"acceptance.route_strikes_per_yr", "burial.mattress_length_km"},
    }


@pytest.mark.parametrize(("section", "key"), [("corridor", "name"), ("route", "file"), ("water", "scenarios_m")])
def test_a_parameter_that_no_number_depends_on_is_told_and_is_no_cause(pair, section, key):
    pair.parameter(section, key, "other").at(10.0, 12.0, water_depth_m=20.0)
    changes = compare(*pair.releases())
    assert {".".join(cause.name.split(".")[:2]) for cause in changes.inputs} == {f"{section}.{key}"}
    assert changes.ranges[0].causes == ()


def test_sections_of_soil_share_out_the_tolerance_along_the_whole_route(pair):
    for release in (pair.old_parts, pair.new_parts):
        release["burial"]["parameters"]["acceptance"]["allocation"] = "section"
    for manifest in (pair.old_manifest, pair.manifest):
        manifest["parameters"]["acceptance"]["allocation"] = "section"
    pair.file("soil", "data/raw/soil.tif").file("ais", "data/raw/ais_1.csv").at(5.0, 6.0, soil_class="mud")
    pair.at(0.0, 50.0, limit_strike_per_km_yr=2e-6).at(30.0, 32.0, **DEEPER)
    assert causes(pair)[("deeper", 29.95, 32.05)] == {"data/raw/soil.tif"}


def test_soil_elsewhere_is_no_cause_where_the_tolerance_goes_by_length(pair):
    pair.file("soil", "data/raw/soil.tif").at(5.0, 6.0, soil_class="mud")
    pair.file("ais", "data/raw/ais_1.csv")
    pair.at(0.0, 50.0, limit_strike_per_km_yr=2e-6).at(30.0, 32.0, **DEEPER)
    assert causes(pair)[("deeper", 29.95, 32.05)] == set()


def test_a_file_is_a_cause_only_where_it_lies(pair):
    extent = {"data/raw/depths_1.tif": [[0.0, 20.0]], "data/raw/depths_2.tif": [[20.0, 50.0]]}
    for manifest in (pair.manifest, pair.old_manifest):
        manifest["layers"]["bathymetry"] = {"file_kp_km": extent}
    pair.file("bathymetry", "data/raw/depths_1.tif").file("bathymetry", "data/raw/depths_2.tif")
    pair.at(10.0, 11.0, water_depth_m=30.0).at(40.0, 41.0, water_depth_m=30.0)
    assert causes(pair) == {
        ("other", 9.95, 11.05): {"data/raw/depths_1.tif"},
        ("other", 39.95, 41.05): {"data/raw/depths_2.tif"},
    }


def test_where_a_removed_file_lay_counts_and_where_an_added_one_lies(pair):
    pair.old_manifest["layers"]["bathymetry"] = {"file_kp_km": {"data/raw/depths_1.tif": [[0.0, 20.0]]}}
    pair.manifest["layers"]["bathymetry"] = {"file_kp_km": {"data/raw/depths_3.tif": [[30.0, 35.0]]}}
    pair.file("bathymetry", "data/raw/depths_1.tif", None).file("bathymetry", "data/raw/depths_3.tif", "new")
    pair.at(10.0, 11.0, water_depth_m=30.0).at(32.0, 33.0, water_depth_m=30.0).at(45.0, 46.0, water_depth_m=30.0)
    assert list(causes(pair).values()) == [{"data/raw/depths_1.tif"}, {"data/raw/depths_3.tif"}, set()]


def test_an_extent_of_one_release_alone_does_not_rule_a_changed_file_out(pair):
    pair.manifest["layers"]["bathymetry"] = {"file_kp_km": {"data/raw/depths_1.tif": [[0.0, 20.0]]}}
    pair.file("bathymetry", "data/raw/depths_1.tif").at(40.0, 41.0, water_depth_m=30.0)
    assert list(causes(pair).values()) == [{"data/raw/depths_1.tif"}]


def with_extents(pair):
    for manifest in (pair.manifest, pair.old_manifest):
        manifest["layers"]["bathymetry"] = {
            "file_kp_km": {"data/raw/depths_1.tif": [[0.0, 20.0]], "data/raw/depths_2.tif": [[20.1, 50.0]]}
        }
    return pair


def test_the_only_input_that_a_number_can_depend_on_is_its_cause_wherever_it_lies(pair):
    with_extents(pair).file("bathymetry", "data/raw/depths_2.tif").file("ais", "data/raw/ais_1.csv")
    pair.at(18.4, 18.6, slope_deg=2.0)
    changes = compare(*pair.releases())
    assert [cause.words for cause in changes.ranges[0].causes] == ["data/raw/depths_2.tif changed"]
    assert "Cause not found" not in "".join(in_words(changes))


def test_among_several_the_nearest_changed_file_of_an_earlier_step_is_named_as_such(pair):
    with_extents(pair).file("bathymetry", "data/raw/depths_1.tif").file("bathymetry", "data/raw/depths_2.tif")
    pair.manifest["layers"]["bathymetry"]["file_kp_km"]["data/raw/depths_1.tif"] = [[0.0, 5.0]]
    pair.old_manifest["layers"]["bathymetry"]["file_kp_km"]["data/raw/depths_1.tif"] = [[0.0, 5.0]]
    pair.at(18.4, 18.6, slope_deg=2.0, slope_fs=1.5).at(10.0, 10.1, water_depth_m=30.0)
    changes = compare(*pair.releases())
    by_depth, by_slope = changes.ranges
    assert by_depth.causes == ()  # depths say exactly which file gave them: none of these did
    assert {part.quantity.column for part in by_slope.parts} == {"slope_deg", "slope_fs"}
    assert [cause.words for cause in by_slope.causes] == ["data/raw/depths_2.tif changed, the nearest changed file"]
    assert by_slope.certain_causes == ()
    words = in_words(changes)
    assert any("Because: perhaps data/raw/depths_2.tif changed, the nearest changed file." in line for line in words)
    assert "data/raw/depths_2.tif changed: perhaps a cause along 0.3 km." in words
    assert changes.km_behind(by_slope.causes[0]) == pytest.approx(0.3)


def test_a_route_file_from_which_the_same_stations_come_out_is_no_cause(pair):
    with_extents(pair).file("route", "data/raw/rpl.csv").file("bathymetry", "data/raw/depths_2.tif")
    pair.at(18.4, 18.6, slope_deg=2.0)
    assert list(causes(pair).values()) == [{"data/raw/depths_2.tif"}]


def test_a_setting_of_the_route_is_a_cause_even_where_the_stations_stay(pair):
    pair.new_parts["route"]["parameters"]["corridor"]["cell_m"] = 100.0
    pair.file("route", "data/raw/rpl.csv").result("route").at(18.4, 18.6, slope_deg=2.0)
    assert list(causes(pair).values()) == [{"corridor.cell_m"}]


def test_a_column_that_acts_through_limits_alone_bears_only_where_it_passes_one(pair):
    for release in (pair.old, pair.new):
        release.loc[release["kp_km"] > 30.0, "slope_deg"] = 14.0
    pair.file("bathymetry", "data/raw/depths_1.tif").file("soil", "data/raw/soil.tif")
    pair.at(10.0, 12.0, water_depth_m=30.0, slope_deg=1.5, soil_class="rock", achievable_dol_m=1.0)
    pair.at(40.0, 41.0, water_depth_m=30.0, slope_deg=16.0, soil_class="coarse", achievable_dol_m=0.6)
    flat, steep = compare(*pair.releases()).ranges
    found = [
        {cause.name for part in piece.parts if part.quantity.column == "achievable_dol_m" for cause in part.causes}
        for piece in (flat, steep)
    ]
    assert found == [{"data/raw/soil.tif"}, {"data/raw/soil.tif", "data/raw/depths_1.tif"}]


@pytest.mark.parametrize("depth_m", [30.0, 15.0])
def test_water_depth_bears_on_the_target_only_from_one_band_to_another(pair, depth_m):
    pair.file("bathymetry", "data/raw/depths_1.tif").parameter("uncertainty", "draws", 7)
    pair.at(10.0, 12.0, water_depth_m=depth_m, required_dol_p90_m=1.2, target_dol_m=1.5)
    (piece,) = compare(*pair.releases()).ranges
    expected = {"uncertainty.draws"} | ({"data/raw/depths_1.tif"} if depth_m < 20.0 else set())
    assert {cause.name for cause in piece.causes} == expected


def test_of_what_is_certain_and_what_is_not_both_are_said(pair):
    pair.file("ais", "data/raw/ais_2.csv").file("soil", "data/raw/soil.tif")
    pair.at(10.0, 12.0, soil_class="mud", **SHIPS)
    (line,) = [line for line in in_words(compare(*pair.releases())) if line.startswith("KP")]
    assert line.endswith("Because: data/raw/soil.tif changed; perhaps also data/raw/ais_2.csv changed.")


def test_a_source_that_goes_is_one_cause_not_one_a_file(pair):
    del pair.new_parts["ais"]["sources"]["ais"]
    pair.file("ais", "data/raw/ais_1.csv", None).file("ais", "data/raw/ais_2.csv", None)
    pair.at(0.0, 50.0, anchor_strike_per_km_yr=float("nan"), passages_per_km_yr=float("nan"))
    ((cause,),) = [piece.causes for piece in compare(*pair.releases()).ranges]
    assert cause.words == "source ais was removed (2 files)"


def test_a_file_that_moves_to_another_source_is_a_cause_and_a_source_with_another_name_is_none(pair):
    for made_from in (pair.old_parts, pair.new_parts):
        made_from["bathymetry"]["sources"]["survey"] = {"priority": 30}
    pair.new_parts["bathymetry"]["content"][1][0] = "survey"
    pair.new_parts["soil"]["sources"] = {"ground": pair.new_parts["soil"]["sources"]["soil"]}
    pair.new_parts["soil"]["content"][0][0] = "ground"
    pair.result("bathymetry").result("soil").at(10.0, 11.0, water_depth_m=30.0)
    changes = compare(*pair.releases())
    assert [change.words for change in changes.inputs] == [
        "data/raw/depths_2.tif belongs to source survey now, to depths before",
        "source soil is now called ground, with the same settings",
    ]
    assert [cause.name for cause in changes.ranges[0].causes] == ["data/raw/depths_2.tif"]


def test_a_world_file_reaches_as_far_as_its_raster_and_an_unlisted_file_nowhere(pair):
    for manifest in (pair.manifest, pair.old_manifest):
        manifest["layers"]["bathymetry"] = {"file_kp_km": {"data/raw/depths_1.tif": [[0.0, 20.0]]}}
    pair.file("bathymetry", "data/raw/depths_1.tfw", "new").file("bathymetry", "data/raw/depths_2.tif")
    pair.at(10.0, 11.0, water_depth_m=30.0).at(40.0, 41.0, water_depth_m=30.0)
    assert list(causes(pair).values()) == [{"data/raw/depths_1.tfw"}, set()]


def test_settings_of_a_source_program_and_libraries_are_causes(pair):
    pair.new_parts["ais"]["sources"]["ais"]["period"] = ["2025-01-01", "2025-06-30"]
    pair.new_parts["bathymetry"]["sources"]["depths"]["licence"] = "other"
    pair.result("ais").at(10.0, 12.0, **SHIPS)
    pair.new_parts["soil"]["code"] = "other"
    pair.result("soil").at(20.0, 21.0, soil_class="mud")
    pair.new_parts["fishing"]["libraries"]["numpy"] = "2.4.0"
    pair.at(30.0, 31.0, fishing_strike_per_km_yr=2e-4)
    words = [piece.causes[0].words for piece in compare(*pair.releases()).ranges]
    assert words == [
        "setting [sources.ais] period: ['2025-01-01', '2025-12-31'] became ['2025-01-01', '2025-06-30']",
        "the program changed (soil)",
        "library numpy: 2.3.0 became 2.4.0",
    ]


def test_a_nested_parameter_is_named_to_its_end(pair):
    classes = pair.new_parts["burial"]["parameters"]["soil"]["classes"]
    classes["sand"]["tools"][0]["depth_m"] = 2.5
    classes["sand"]["penetration_f"] = 0.9
    names = [change.name for change in compare(*pair.releases()).inputs]
    assert names == ["soil.classes.sand.penetration_f", "soil.classes.sand.tools"]


def test_more_inputs_than_a_machine_word_has_bits_keep_apart(pair):
    for index in range(150):
        pair.file("bathymetry", f"data/raw/tile_{index:03d}.tif", "new")
    pair.manifest["layers"]["bathymetry"] = {
        "file_kp_km": {f"data/raw/tile_{i:03d}.tif": [[i / 3.0, i / 3.0 + 0.3]] for i in range(150)}
    }
    pair.at(40.0, 40.2, water_depth_m=30.0)
    assert list(causes(pair).values()) == [{"data/raw/tile_120.tif"}]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda pair: pair.old_parts["soil"].pop("upstream"), "does not say what step 'soil' was made from: upstream"),
        (
            lambda pair: [
                manifest["layers"].update(bathymetry={"file_kp_km": {"data/raw/depths_1.tif": [["x"]]}})
                for manifest in (pair.old_manifest, pair.manifest)
            ],
            r"extent of data/raw/depths_1.tif is not a list",
        ),
        (lambda pair: pair.manifest["parameters"]["changes"].update(dol_m="much"), "manifest of release new"),
    ],
)
def test_a_release_with_a_damaged_record_is_refused(pair, harm, said):
    pair.file("bathymetry", "data/raw/depths_1.tif").at(10.0, 11.0, water_depth_m=30.0)
    harm(pair)
    with pytest.raises(DataError, match=said) as error:
        compare(*pair.releases())
    assert "build" in error.value.remedy
