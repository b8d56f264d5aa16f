"""Every bad or odd raster ends in its error or finding, with nothing written half; and odd ones are read right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.config import load_config
from pipeline.errors import ConfigError, DataError
from pipeline.seabed import bathymetry
from pipeline.sources.depths import depth_tile
from pipeline.workspace import Workspace
from tests.mini import LON, SOUTH
from tests.plain import plain_corridor
from tests.seabed.seabed_step import run_step, small_frame, source
from tests.sources.faulty_rasters import CASES, Case
from tests.sources.raster_makers import NORTH, SIDE, plane

SURFACE_M = -29.3


@pytest.fixture(autouse=True)
def little_scenery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth_tile, "_REGIONAL_MARGIN_M", 5_000.0)


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.name)
def test_a_bad_file_is_refused(case: Case, tmp_path: Path) -> None:
    path = case.make(made(tmp_path / "raw"))
    with pytest.raises(DataError) as caught:
        build(case, path, tmp_path)
    assert case.refused in caught.value.cause
    assert caught.value.exit_code == 65
    assert path.name in caught.value.where
    assert caught.value.remedy
    assert not list((tmp_path / "bathymetry").glob("*.tif"))
    assert not list(tmp_path.glob("**/raster-*")), "what is needed only while reading is left behind"


@pytest.mark.parametrize("case", [case for case in CASES if not case.refused], ids=lambda case: case.name)
def test_an_odd_file_is_read_right(case: Case, tmp_path: Path) -> None:
    out, facts = build(case, case.make(made(tmp_path / "raw")), tmp_path)
    assert case.found in " ".join(facts["findings"])
    assert not list(tmp_path.glob("**/raster-*"))
    if case.within_m is None:
        return
    depth = pd.read_parquet(out / "stations.parquet")["water_depth_m"].to_numpy()
    x, y = (small_frame().stations[name].to_numpy() for name in ("x_m", "y_m"))
    row = (NORTH - y) / SIDE
    # At the edges of a gap the nearest pixel with a value counts alone.
    blank, edge = ((row > 60.1) & (row < 79.9), np.minimum(np.abs(row - 60.0), np.abs(row - 80.0)) < 0.7)
    if not case.gap:
        blank, edge = np.zeros(y.size, dtype=bool), np.zeros(y.size, dtype=bool)
    assert np.isnan(depth[blank & ~edge]).all()
    sound = ~blank & ~edge
    assert sound.sum() > 20
    assert depth[sound] == pytest.approx((SURFACE_M - plane(x, y))[sound], abs=case.within_m)


@pytest.mark.parametrize("name", ["truncated at 8/16", "soundings with a bad line"])
def test_the_command_says_so_and_publishes_nothing(name: str, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == name)
    write_config(tmp_path, case.make(tmp_path).name, case)
    (tmp_path / "rpl.csv").write_text(f"lon,lat\n{LON},{SOUTH}\n{LON},{SOUTH + 0.1}\n")
    done = plain_corridor("-C", tmp_path, "build")
    assert done.returncode == 65
    assert case.refused in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data" / "processed").exists()
    assert not list((tmp_path / ".corridor").glob("store/bathymetry*/*"))


@pytest.mark.parametrize(
    "files", ["/vsicurl/http://localhost/a.tif", "https://localhost/a.tif", "/vsizip/a.zip/a.tif", "vsis3/bucket/a.tif"]
)
def test_what_lies_on_a_network_is_a_wrong_configuration(files: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="only files in the workspace are read"):
        load_config(write_config(tmp_path, files))


def test_a_link_out_of_the_workspace_is_a_wrong_configuration(tmp_path: Path) -> None:
    inside = made(tmp_path / "inside")
    (tmp_path / "depths.tif").write_bytes(b"II*")
    (inside / "depths.tif").symlink_to(tmp_path / "depths.tif")
    write_config(inside, "depths.tif")
    workspace = Workspace.at(inside)
    with pytest.raises(ConfigError, match="leads out of the workspace"):
        workspace.sources(workspace.config())


def build(case: Case, path: Path, folder: Path) -> tuple[Path, dict[str, object]]:
    given = {"role": "bathymetry", "values": "elevation_m", "vertical_datum": "baltic77", **case.section}
    return run_step("bathymetry", bathymetry.run, folder, small_frame(), source("depths", path, **given))


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def write_config(folder: Path, files: str, case: Case | None = None) -> Path:
    given = {"values": "elevation_m", "vertical_datum": "baltic77", **(case.section if case else {})}
    lines = "".join(f"{key} = {value!r}\n".replace("'", '"') for key, value in given.items())
    path = folder / "corridor.toml"
    path.write_text(
        '[corridor]\nhalf_width_m = 1000\nstation_m = 500\n[route]\nfile = "rpl.csv"\n'
        f'[sources.depths]\nrole = "bathymetry"\nfiles = "{files}"\n{lines}'
    )
    return path
