"""Merging soil classes: codes get meanings, gaps stay unknown, and nothing turns into sand by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from pipeline.errors import ConfigError, DataError
from pipeline.geo import Frame, read_band
from pipeline.seabed import soil
from pipeline.workspace import SourceFiles
from tests.seabed.seabed_step import run_step, small_frame, source
from tests.sources.rasters_on_disk import write_raster


def raster(
    folder: Path, codes: np.ndarray, *, cell_m: float = 1000.0, north: float = 4_662_000.0, **profile: object
) -> Path:
    transform = Affine(cell_m, 0.0, 490_000.0, 0.0, -cell_m, north)
    return write_raster(folder / f"soil_{len(list(folder.iterdir()))}.tif", codes, transform=transform, **profile)


def run(folder: Path, frame: Frame, *sources: SourceFiles) -> tuple[Path, dict[str, object], pd.DataFrame]:
    out, facts = run_step("soil", soil.run, folder, frame, *sources)
    return out, facts, pd.read_parquet(out / "stations.parquet")


def test_default_codes_are_the_folk_classes(tmp_path: Path) -> None:
    frame = small_frame()
    codes = np.full((20, 20), 4, np.uint8)
    codes[:8] = 7
    _, facts, stations = run(tmp_path, frame, source("s", raster(tmp_path, codes), role="soil", provenance="synthetic"))
    y = frame.stations["y_m"].to_numpy()
    expected = np.where(y > 4_662_000.0 - 8_000.0, "rock", "sand")
    assert stations["soil_class"].tolist() == expected.tolist()
    assert list(stations.columns)[:4] == ["station", "soil_class", "soil_source", "soil_provenance"]
    assert set(stations["soil_provenance"]) == {"synthetic"}
    assert (facts["assessed"], facts["provenance"]) == (True, "synthetic")


def test_the_raster_has_classes_in_the_swath_only(tmp_path: Path) -> None:
    frame = small_frame()
    codes = np.full((20, 20), 2, np.uint8)
    codes[:9] = 0
    out, _, _ = run(tmp_path, frame, source("s", raster(tmp_path, codes), role="soil"))
    grid = read_band(out / "soil_class.tif")
    inside = np.zeros(grid.shape, dtype=bool)
    inside[frame.cells["row"], frame.cells["col"]] = True
    assert set(np.unique(grid[~inside])) == {255}
    assert set(np.unique(grid[inside])) == {0, 2}


def test_own_codes_need_a_meaning(tmp_path: Path) -> None:
    frame = small_frame()
    codes = np.where(np.arange(400).reshape(20, 20) < 200, 11, 22).astype(np.int16)
    path = raster(tmp_path, codes)
    with pytest.raises(DataError, match="mean nothing here: 11, 22") as caught:
        run(tmp_path, frame, source("s", path, role="soil"))
    assert path.name in caught.value.where
    with pytest.raises(ConfigError, match="'custard' is no class"):
        run(tmp_path, frame, source("s", path, role="soil", classes={"11": "custard", "22": "mud"}))
    _, _, stations = run(tmp_path, frame, source("s", path, role="soil", classes={"11": "sandy mud", "22": "mud"}))
    assert set(stations["soil_class"]) == {"sandy_mud", "mud"}


def test_codes_that_are_no_whole_numbers_are_refused(tmp_path: Path) -> None:
    path = raster(tmp_path, np.full((20, 20), 1.5, np.float32))
    with pytest.raises(DataError, match=r"1\.5"):
        run(tmp_path, small_frame(), source("s", path, role="soil"))


@pytest.mark.parametrize("cell_m", [1000.0, 50.0])
def test_nodata_zero_and_outside_are_unknown_never_sand(tmp_path: Path, cell_m: float) -> None:
    frame = small_frame()
    side = int(20_000 / cell_m)
    codes = np.full((side // 2, side), 4, np.uint8)  # the southern half lies outside
    codes[: side // 6] = 255
    codes[side // 6 : side // 3] = 0
    out, facts, stations = run(
        tmp_path, frame, source("s", raster(tmp_path, codes, cell_m=cell_m, nodata=255), role="soil")
    )
    y = 4_662_000.0 - frame.stations["y_m"].to_numpy()
    step = cell_m * (side // 6)
    known = (y > 2 * step) & (y < cell_m * (side // 2))
    assert stations["soil_class"].tolist() == np.where(known, "sand", "unknown").tolist()
    assert set(stations.loc[~known, "soil_source"]) == {""}
    assert facts["stations_unknown"] == (~known).sum()
    at_stations = read_band(out / "soil_class.tif")[frame.grid.cell_of(frame.stations["x_m"], frame.stations["y_m"])]
    assert (at_stations == np.where(known, 4, 0)).mean() > 0.9


def test_a_cell_takes_the_commonest_class_of_finer_pixels_and_on_a_tie_the_softer(tmp_path: Path) -> None:
    frame = small_frame()
    north = frame.grid.north_m
    codes = np.full((400, 400), 4, np.uint8)
    codes[:, 0::5] = 7
    codes[:, 1::5] = 7
    path = raster(tmp_path, codes, cell_m=50.0, north=north)
    out, _, _ = run(tmp_path, frame, source("s", path, role="soil"))
    assert set(np.unique(read_band(out / "soil_class.tif"))) == {4, 255}
    codes = np.full((200, 200), 4, np.uint8)
    codes[::2] = 1
    path = raster(tmp_path, codes, cell_m=125.0, north=north)
    out, _, _ = run(tmp_path / "tie", frame, source("s", path, role="soil"))
    assert set(np.unique(read_band(out / "soil_class.tif"))) == {1, 255}


def test_a_cell_mostly_without_data_is_unknown(tmp_path: Path) -> None:
    frame = small_frame()
    codes = np.full((400, 400), 255, np.uint8)
    codes[::5, ::5] = 4
    path = raster(tmp_path, codes, cell_m=50.0, north=frame.grid.north_m, nodata=255)
    out, _, _ = run(tmp_path, frame, source("s", path, role="soil"))
    assert set(np.unique(read_band(out / "soil_class.tif"))) == {0, 255}


def test_a_lower_source_fills_what_the_upper_does_not_know(tmp_path: Path) -> None:
    frame = small_frame()
    upper = np.zeros((20, 20), np.uint8)
    upper[:8] = 5
    above = source("upper", raster(tmp_path, upper), role="soil", provenance="survey")
    below = source("lower", raster(tmp_path, np.full((20, 20), 1, np.uint8)), role="soil", provenance="modelled")
    _, facts, stations = run(tmp_path, frame, below, above)
    assert dict(zip(stations["soil_class"], stations["soil_source"], strict=True)) == {
        "coarse": "upper",
        "mud": "lower",
    }
    assert facts["provenance"] == "modelled"


def test_without_a_source_soil_is_unknown_and_not_assessed(tmp_path: Path) -> None:
    frame = small_frame()
    out, facts, stations = run(tmp_path, frame)
    assert facts["assessed"] is False
    assert facts["provenance"] == ""
    assert set(stations["soil_class"]) == {"unknown"}
    assert set(np.unique(read_band(out / "soil_class.tif"))) == {0, 255}


@pytest.mark.parametrize("names", [("a.tif", "b.tif"), ("b.tif", "a.tif")])
def test_of_overlapping_rasters_of_a_source_the_cautious_counts_whatever_their_names(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    frame = small_frame()
    for name, code in zip(names, (7, 1), strict=True):
        raster(tmp_path, np.full((20, 20), code, np.uint8)).rename(tmp_path / name)
    paths = sorted(tmp_path / name for name in names)
    out, _, stations = run(tmp_path, frame, source("s", *paths, role="soil"))
    assert set(stations["soil_class"]) == {"mud"}
    assert set(stations["soil_trench_class"]) == {"rock"}
    assert set(stations["soil_boundary"]) == {"rock"}
    grid = read_band(out / "soil_class.tif")
    assert set(np.unique(grid[frame.cells["row"], frame.cells["col"]])) == {1}
