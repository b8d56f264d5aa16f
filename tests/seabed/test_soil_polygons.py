"""Soil polygons against truth that the eye can check, and lines that may be off: the cautious side counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine

from pipeline.errors import ConfigError, DataError
from pipeline.geo import Frame, read_band
from pipeline.seabed import soil
from pipeline.workspace import SourceFiles
from tests.seabed.seabed_step import run_step, small_frame, source
from tests.sources.rasters_on_disk import write_raster

FRAME = small_frame()  # 11.1 km northward along x = 500 km, a station every 250 m, cells of 250 m, 1 km either side
Y0 = float(FRAME.stations["y_m"].iloc[0])
UP_M = FRAME.stations["y_m"].to_numpy() - Y0


def band(low_m: float, high_m: float, *, west_m: float = -3000.0, east_m: float = 3000.0) -> shapely.Polygon:
    return shapely.box(500_000 + west_m, Y0 + low_m, 500_000 + east_m, Y0 + high_m)


def write(path: Path, areas: list[tuple[object, Any]], column: str = "Folk_7cl", crs: str = "EPSG:32639") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = gpd.GeoDataFrame(
        {column: [name for name, _ in areas]}, geometry=[shape for _, shape in areas], crs=FRAME.grid.crs
    )
    table.to_crs(crs).to_file(path)
    return path


def run(folder: Path, *sources: SourceFiles) -> tuple[Path, dict[str, Any], pd.DataFrame]:
    out, facts = run_step("soil", soil.run, folder, FRAME, *sources)
    return out, facts, pd.read_parquet(out / "stations.parquet")


def polygons(path: Path, **keys: object) -> SourceFiles:
    return source(path.stem, path, role="soil", provenance="public", **keys)


@pytest.mark.parametrize(
    ("name", "crs"),
    [("s.gpkg", "EPSG:32639"), ("s.geojson", "EPSG:4326"), ("s.shp", "EPSG:32639"), ("s.fgb", "EPSG:3857")],
)
def test_stations_and_cells_have_the_class_of_the_polygon_that_holds_them(tmp_path: Path, name: str, crs: str) -> None:
    areas = [("11", band(-100, 3010)), ("2", band(3010, 6010)), ("5", band(6010, 9010))]  # the north is not mapped
    out, facts, stations = run(tmp_path, polygons(write(tmp_path / name, areas, crs=crs)))
    truth = np.select([UP_M <= 3010, UP_M <= 6010, UP_M <= 9010], ["mud", "sand", "rock"], "unknown")
    assert stations["soil_class"].tolist() == truth.tolist()
    assert set(stations["soil_kind"]) == {"polygon", "none"}
    assert facts["stations_unknown"] == (truth == "unknown").sum()
    up = FRAME.cells["y_m"].to_numpy() - Y0
    codes = np.select(
        [(up >= -100) & (up <= 3010), (up > 3010) & (up <= 6010), (up > 6010) & (up <= 9010)], [1, 4, 7], 0
    )
    raster = read_band(out / "soil_class.tif")[FRAME.cells["row"], FRAME.cells["col"]]
    clear = np.abs(up[:, None] - np.array([-100, 3010, 6010, 9010])).min(axis=1) > 1.0
    assert raster[clear].tolist() == codes[clear].tolist()


def test_a_hole_in_a_polygon_is_not_in_it(tmp_path: Path) -> None:
    ring = band(-100, 12_000).difference(band(4000, 5000))
    _, _, stations = run(tmp_path, polygons(write(tmp_path / "s.gpkg", [("2", ring)])))
    hole = (UP_M > 4000) & (UP_M < 5000)
    assert stations["soil_class"].tolist() == np.where(hole, "unknown", "sand").tolist()


@pytest.mark.parametrize("order", [1, -1])
def test_of_overlapping_polygons_the_one_penetrated_deepest_counts(tmp_path: Path, order: int) -> None:
    areas = [("5", band(-100, 6010)), ("13", band(2010, 8010)), ("2", band(4010, 12_000))][::order]
    _, _, stations = run(tmp_path, polygons(write(tmp_path / "s.gpkg", areas)))
    truth = np.select([UP_M < 2010, UP_M < 8010], ["rock", "muddy_sand"], "sand")
    assert stations["soil_class"].tolist() == truth.tolist()
    assert stations["soil_trench_class"][UP_M < 6010].unique().tolist() == ["rock"]


def test_near_a_line_the_deepest_penetrated_and_the_hardest_trenched_side_count(tmp_path: Path) -> None:
    areas = [("11", band(-100, 3010)), ("2", band(3010, 6010)), ("5", band(6010, 12_000))]
    path = write(tmp_path / "s.gpkg", areas)
    _, facts, stations = run(tmp_path, polygons(path, boundary_m=300.0))
    to_mud, to_rock = np.abs(UP_M - 3010) <= 300, np.abs(UP_M - 6010) <= 300
    truth = np.select([(UP_M < 3010) | to_mud, (UP_M < 6010) | to_rock], ["mud", "sand"], "rock")
    assert stations["soil_class"].tolist() == truth.tolist()
    trench = np.select([to_mud, UP_M < 3010, to_rock, UP_M < 6010], ["sand", "mud", "rock", "sand"], "rock")
    assert stations["soil_trench_class"].tolist() == trench.tolist()
    assert stations["soil_boundary"].tolist() == np.select([to_mud, to_rock], ["sand", "rock"], "").tolist()
    sure = run(tmp_path / "sure", polygons(path))[2]["soil_confidence"]
    assert sure.unique().tolist() == ["B"]
    assert stations["soil_confidence"].tolist() == np.where(to_mud | to_rock, "C", "B").tolist()
    assert any("near a line between soils" in line for line in facts["findings"])


def test_a_wider_doubt_never_makes_soil_harder(tmp_path: Path) -> None:
    areas = [("2", band(-100, 3010)), ("11", band(3010, 3910)), ("5", band(3910, 8010)), ("12", band(8010, 12_000))]
    path = write(tmp_path / "s.gpkg", areas)
    f = {name: item.penetration_f for name, item in soil.SoilSection().classes.items()}
    before = np.zeros(len(UP_M))
    for number, width in enumerate((0.0, 100.0, 400.0, 1500.0)):
        _, _, stations = run(tmp_path / str(number), polygons(path, boundary_m=width))
        own = stations["soil_class"].map(f).to_numpy()
        assert (own >= before).all()
        before = own


def test_what_no_polygon_holds_stays_unknown_however_near_one_lies(tmp_path: Path) -> None:
    path = write(tmp_path / "s.gpkg", [("2", band(3010, 6010)), ("6", band(6010, 12_000))])
    _, _, stations = run(tmp_path, polygons(path, boundary_m=1000.0))
    assert stations["soil_class"].tolist() == np.where((UP_M > 3010) & (UP_M < 6010), "sand", "unknown").tolist()
    assert set(stations["soil_boundary"]) == {""}


def test_files_of_one_source_in_any_order(tmp_path: Path) -> None:
    one = write(tmp_path / "a.gpkg", [("11", band(-100, 5000)), ("5", band(4000, 7000))])
    other = write(tmp_path / "b.gpkg", [("2", band(4500, 12_000))])
    renamed = [
        write(tmp_path / "x.gpkg", [("2", band(4500, 12_000))]),
        write(tmp_path / "y.gpkg", [("5", band(4000, 7000)), ("11", band(-100, 5000))]),
    ]
    tables = [
        run(tmp_path / str(at), source("s", *paths, role="soil", boundary_m=200.0))[2]
        for at, paths in enumerate(((one, other), tuple(renamed)))
    ]
    pd.testing.assert_frame_equal(*tables)


def test_a_raster_fills_what_polygons_leave(tmp_path: Path) -> None:
    path = write(tmp_path / "s.gpkg", [("12", band(-100, 5010))])
    grid = write_raster(
        tmp_path / "soil.tif", np.full((20, 20), 5, np.uint8), transform=Affine(1000, 0, 490_000, 0, -1000, Y0 + 15_000)
    )
    _, _, stations = run(tmp_path, polygons(path, priority=5), source("grid", grid, role="soil"))
    assert stations["soil_kind"].tolist() == np.where(UP_M < 5010, "polygon", "raster").tolist()
    assert stations["soil_class"].tolist() == np.where(UP_M < 5010, "sandy_mud", "coarse").tolist()


@pytest.mark.parametrize(
    ("column", "keys", "expected"),
    [
        ("folk_5cl_txt", {}, ["sand"]), ("FOLK_16CL", {}, ["mixed"]),
        ("kind", {"variable": "kind", "scheme": "folk16"}, ["mixed"]),
        ("kind", {"variable": "KIND", "classes": {"441": "coarse", "2. Sand": "rock"}}, ["coarse"]),
    ],
)  # fmt: skip
def test_the_attribute_of_the_class(tmp_path: Path, column: str, keys: dict[str, object], expected: list[str]) -> None:
    code = "2. Sand" if column == "folk_5cl_txt" else "441"
    _, _, stations = run(tmp_path, polygons(write(tmp_path / "s.gpkg", [(code, band(-100, 12_000))], column), **keys))
    assert stations["soil_class"].unique().tolist() == expected


def test_refusals_name_what_is_there(tmp_path: Path) -> None:
    path = write(tmp_path / "s.gpkg", [("2", band(0, 1))], "sediment")
    with pytest.raises(DataError, match="which attribute of the polygons holds the soil class; they have sediment"):
        run(tmp_path / "1", polygons(path))
    with pytest.raises(DataError, match="no attribute 'soil', which the source names; they have sediment"):
        run(tmp_path / "2", polygons(path, variable="soil"))
    strange = write(tmp_path / "strange.gpkg", [("8", band(0, 1)), ("ooze", band(1, 2))])
    with pytest.raises(DataError, match="polygons hold classes that mean nothing here: 8, ooze"):
        run(tmp_path / "3", polygons(strange))
    points = tmp_path / "points.gpkg"
    gpd.GeoDataFrame({"soil": ["sand"]}, geometry=[shapely.Point(5e5, Y0)], crs="EPSG:32639").to_file(points)
    with pytest.raises(DataError, match="none of the soil polygons can be used"):
        run(tmp_path / "4", polygons(points))
    raster = write_raster(tmp_path / "soil.tif", np.full((20, 20), 5, np.uint8))
    with pytest.raises(ConfigError, match="boundary_m is for polygons"):
        run(tmp_path / "5", source("r", raster, role="soil", boundary_m=10.0))
    with pytest.raises(DataError, match="mixes rasters and polygons"):
        run(tmp_path / "6", source("m", raster, write(tmp_path / "t.gpkg", [("2", band(0, 1))]), role="soil"))


def test_the_scheme_may_not_be_contradicted(tmp_path: Path) -> None:
    path = write(tmp_path / "s.gpkg", [("2", band(0, 1))])
    with pytest.raises(ConfigError, match='scheme = "folk7" says that 2 is sand, and classes says that it is rock'):
        run(tmp_path, polygons(path, scheme="folk7", classes={"2": "rock"}))


def test_a_polygon_that_crosses_itself_is_set_aside_and_told(tmp_path: Path) -> None:
    low, high = Y0 + 4000, Y0 + 6000
    tie = shapely.Polygon([(497_000, low), (503_000, low), (497_000, high), (503_000, high)])
    path = write(tmp_path / "s.gpkg", [("2", tie), ("11", band(-100, 3010))])
    _, facts, stations = run(tmp_path, polygons(path))
    assert stations["soil_class"].tolist() == np.where(UP_M < 3010, "mud", "unknown").tolist()
    assert any(line.startswith("s, s.gpkg: feature 1: 1 feature is set aside") for line in facts["findings"])


def test_of_several_layers_the_source_names_one(tmp_path: Path) -> None:
    path = write(tmp_path / "s.gpkg", [("2", band(-100, 12_000))], "kind")
    gpd.read_file(path).assign(kind="11").to_file(path, layer="other")
    for number, (variable, expected) in enumerate((("s:kind", "sand"), ("other:kind", "mud"))):
        _, _, stations = run(tmp_path / str(number), polygons(path, variable=variable, scheme="folk7"))
        assert set(stations["soil_class"]) == {expected}
    with pytest.raises(DataError, match="the file has layers 's', 'other'"):
        run(tmp_path / "none", polygons(path))


def test_frame_is_as_the_comments_say() -> None:
    assert isinstance(FRAME, Frame)
    assert UP_M[1] == pytest.approx(250.0, abs=0.2)
