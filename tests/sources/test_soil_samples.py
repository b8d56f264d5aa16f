"""Reading samples: what is taken, what is told, and what is refused with the place of the row."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely

from pipeline.config import Config
from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.tile import Tile
from pipeline.sources.soils.soil_codes import refuse_strange_codes
from pipeline.sources.soils.soil_samples import read_samples
from pipeline.sources.soils.soil_units import other_unit, refuse_other_units

SOIL = Config().soil
CPT = "id,lon,lat,depth_m,su_kpa\n"
GRAB = "id,lon,lat,soil\n"
SHARES = "id,lon,lat,gravel_pct,sand_pct,mud_pct\n"


def section(**keys: object) -> SourceSection:
    return SourceSection.model_validate({"role": "soil_samples", "files": "x", **keys})


def read(folder: Path, text: str, **keys: object) -> Tile:
    path = folder / "samples.csv"
    path.write_text(text)
    facts, arrays = read_samples(path, section(**keys))
    return Tile(path, facts, arrays.__getitem__)


def soils(tile: Tile) -> list[str]:
    codes = [*tile.read("codes").tolist(), ""]
    return [codes[at] for at in tile.read("label").tolist()]


def test_a_profile_is_sorted_by_id_and_depth(tmp_path: Path) -> None:
    tile = read(tmp_path, CPT + "B,51,42,1,12\nA,51,42.1,2,30\nA,51,42.1,0,10\nA,51,42.1,1,\n")
    assert (tile.facts["kind"], tile.facts["samples"]) == ("cpt", 2)
    assert tile.read("id").tolist() == ["A", "A", "B"]
    assert tile.read("top").tolist() == [0.0, 2.0, 1.0]
    assert tile.read("su").tolist() == [10.0, 30.0, 12.0]
    assert tile.facts["remarks"] == [
        "rows without strength and soil, left out: 1", "rows not in order of depth, sorted: A",
    ]  # fmt: skip


def test_the_order_of_rows_changes_nothing_but_the_finding(tmp_path: Path) -> None:
    rows = ["A,51,42,0,10", "A,51,42,1,20", "B,51,42.1,0,5", "B,51,42.1,3,9"]
    one, other = (read(tmp_path, CPT + "\n".join(order) + "\n") for order in (rows, rows[::-1]))
    for name in ("id", "lon", "lat", "top", "bottom", "su", "label"):
        assert np.array_equal(one.read(name), other.read(name)), name


def test_layers_with_density_and_description(tmp_path: Path) -> None:
    tile = read(tmp_path, "id,lon,lat,top_m,bottom_m,dr_pct,soil\nV1,51,42,0,1,40,mS\nV1,51,42,1,2.5,,(g)sM\n")
    assert (tile.read("top").tolist(), tile.read("bottom").tolist()) == ([0.0, 1.0], [1.0, 2.5])
    assert np.isnan(tile.read("dr")).tolist() == [False, True]
    assert soils(tile) == ["mS", "(g)sM"]


def test_grain_sizes_become_classes(tmp_path: Path) -> None:
    tile = read(tmp_path, SHARES + "G1,51,42,0,95,5\nG2,51,42.1,10,20,70\nG3,51,42.2,0.4,30,69.5\n")
    assert (tile.facts["kind"], soils(tile)) == ("grab", ["sand", "mixed", "sandy_mud"])


def test_how_far_shares_may_miss_100_is_the_sources(tmp_path: Path) -> None:
    text = SHARES + "G1,51,42,0,92,5\n"
    with pytest.raises(DataError, match="do not add up to 100"):
        read(tmp_path, text)
    assert soils(read(tmp_path, text, shares_off_pct=3.0)) == ["sand"]


def test_blank_layers_stay_as_unknown_soil_and_blank_readings_go(tmp_path: Path) -> None:
    tile = read(tmp_path, "id,lon,lat,top_m,bottom_m,soil\nV1,51,42,0,2,\nV1,51,42,2,3,rock\n")
    assert (tile.read("top").tolist(), soils(tile)) == ([0.0, 2.0], ["", "rock"])
    assert tile.facts["remarks"] == ["rows without strength and soil, taken as unknown soil: 1"]


def test_a_grab_without_an_id_is_called_by_its_place(tmp_path: Path) -> None:
    assert read(tmp_path, "lon,lat,soil\n51,42,sand\n").read("id").tolist() == ["42 N 51 E"]


def test_renamed_columns_and_workbooks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Loc", "lon", "lat", "z", "su_kpa"], ["A", 51, 42, 0, 10], ["A", 51, 42, 1.5, 13]):
        book.active.append(row)
    book.save(tmp_path / "cpt.xlsx")
    facts, arrays = read_samples(tmp_path / "cpt.xlsx", section(columns={"Loc": "id", "z": "depth_m"}))
    assert (facts["samples"], arrays["su"].tolist()) == (1, [10.0, 13.0])


def test_points_of_a_vector_file(tmp_path: Path) -> None:
    places = gpd.points_from_xy([490_000.0, 491_000.0], [4_650_000.0, 4_650_000.0])
    table = gpd.GeoDataFrame({"name": ["G1", "G2"], "soil": ["sand", "mud"]}, geometry=places, crs="EPSG:32639")
    table.to_file(tmp_path / "grabs.gpkg")
    facts, arrays = read_samples(tmp_path / "grabs.gpkg", section(columns={"name": "id"}))
    assert (facts["kind"], arrays["id"].tolist()) == ("grab", ["G1", "G2"])
    assert arrays["lon"] == pytest.approx([50.879, 50.891], abs=2e-3)
    table.set_geometry([shapely.Point(p.x, p.y).buffer(10.0) for p in places]).to_file(tmp_path / "areas.gpkg")
    with pytest.raises(DataError, match="samples are points, and the file holds Polygon") as caught:
        read_samples(tmp_path / "areas.gpkg", section())
    assert 'role = "soil"' in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "cause", "place"),
    [
        (CPT + "A,51,42,0,10\nA,51,42,1,-3\n", "su_kpa is not above 0", "line 3"),
        (CPT + "A,51,42,0,10\nA,51,42,1,0\n", "su_kpa is not above 0", "line 3"),
        (CPT + "A,51,42,-1,10\n", "'-1' is not a number from 0", "line 2"),
        (CPT + "A,51,92,0,10\n", "'92' is not a number from -90 to 90", "line 2"),
        (CPT + "A,51,42,1,10\nA,51,42,1,12\n", "'A' has two values at 1 m", "line 3"),
        (CPT + "A,51,42,0,10\nA,51,42.1,1,12\n", "'A' lies at more than one place", "samples.csv"),
        (CPT + ",51,42,0,10\n", "id of a profile is blank", "line 2"),
        (CPT + "A,51,42,0,\n", "no row of the profiles has a strength", "samples.csv"),
        ("lon,lat,depth_m,su_kpa\n51,42,0,10\n", "columns are missing: id", "samples.csv"),
        ("id,lon,lat,top_m,su_kpa\nA,51,42,0,10\n", "columns are missing: bottom_m", "samples.csv"),
        ("id,lon,lat,top_m,bottom_m,su_kpa\nA,51,42,1,1,10\n", "bottom_m is not below top_m", "line 2"),
        ("id,lon,lat,top_m,bottom_m,su_kpa\nA,51,42,0,2,10\nA,51,42,1,3,9\n", "two values at 1 m", "line 3"),
        ("id,lon,lat,depth_m,su_kpa,dr_pct\nA,51,42,0,10,40\n", "both su_kpa and dr_pct", "line 2"),
        ("id,lon,lat,depth_m,dr_pct\nA,51,42,0,140\n", "dr_pct is not from 0 to 100", "line 2"),
        ("id,lon,lat\nA,51,42\n", "columns are missing: depth_m or top_m or soil or gravel_pct", "line 1"),
        (GRAB + "G,51,42,\n", "a sample without soil and grain sizes", "line 2"),
        (SHARES + "G,51,42,10,20,30\n", "do not add up to 100", "line 2"),
        (SHARES + "G,51,42,0.1,0.2,0.7\n", "add up to 1, as fractions", "line 2"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_meant_are_refused_with_their_place(
    tmp_path: Path, text: str, cause: str, place: str
) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    assert cause in caught.value.cause
    assert place in caught.value.where
    assert caught.value.remedy


def test_a_row_twice_counts_once(tmp_path: Path) -> None:
    tile = read(tmp_path, CPT + "A,51,42,0,10\nA,51,42,0,10\n")
    assert (len(tile.read("su")), tile.facts["remarks"]) == (1, ["rows that stand twice, counted once: 1"])


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        (
            "su_kpa",
            (0.012, 0.02),
            "'A' has a median su_kpa of 0.016 kPa, and no soil is so weak; in MPa it would be 16 kPa",
        ),
        (
            "su_kpa",
            (12000, 20000),
            "has a median su_kpa of 16000 kPa, and no soil is so strong; in Pa it would be 16 kPa",
        ),
        ("dr_pct", (0.4, 0.55), "has a dr_pct of at most 0.55 percent; as a fraction it would be 55 percent"),
    ],
)
def test_strengths_in_another_unit_are_refused_naming_both(
    tmp_path: Path, column: str, values: tuple[float, float], words: str
) -> None:
    text = f"id,lon,lat,depth_m,{column}\n" + "".join(f"A,51,42,{at},{value}\n" for at, value in enumerate(values))
    tile = read(tmp_path, text)
    with pytest.raises(DataError) as caught:
        refuse_other_units(tile, SOIL)
    assert words in caught.value.cause
    assert caught.value.where == str(tmp_path / "samples.csv")


def test_one_profile_in_mpa_among_others_is_found(tmp_path: Path) -> None:
    rows = "".join(f"A,51,42,{z},{20 + z}\n" for z in range(9)) + "B,51,42.1,0,0.02\n"
    assert str(other_unit(read(tmp_path, CPT + rows), SOIL)).startswith(
        "the profile 'B' has a median su_kpa of 0.02 kPa"
    )


def test_plausible_strengths_raise_no_suspicion(tmp_path: Path) -> None:
    assert other_unit(read(tmp_path, CPT + "A,51,42,0,2\nA,51,42,1,300\n"), SOIL) is None
    assert other_unit(read(tmp_path, GRAB + "G,51,42,sand\n"), SOIL) is None


def test_a_soil_without_a_meaning_is_refused(tmp_path: Path) -> None:
    tile = read(tmp_path, GRAB + "G,51,42,custard\nH,51,42.1,sand\n")
    with pytest.raises(DataError, match="samples name soils that mean nothing here: custard"):
        refuse_strange_codes(tile, section(), SOIL)
