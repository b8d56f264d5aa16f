"""Soundings in text: how they are written, the means of cells, and holes that stay holes."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DataError
from pipeline.sources.rasters.drivers import sounding_text
from pipeline.sources.rasters.drivers.registry import driver_of
from pipeline.sources.rasters.intake import inspect_raster
from tests.sources.rasters_on_disk import depth_section

UTM = "EPSG:32639"


READ_A_BIT = """
import resource, sys
from pathlib import Path
import numpy as np
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.reading import reach, read_through
from pipeline.sources.rasters.resample import sample
from tests.sources.rasters_on_disk import depth_section

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

path, before = Path(sys.argv[1]), peak_mb()
section = depth_section(crs="EPSG:32639", grid_m=1.0)
x, y = np.linspace(501_000.0, 501_100.0, 200), np.full(200, 4_600_000.0)
with inspect_raster(path, section, scratch=path.parent).ready() as file:
    contents = read_through(file, reach(file, [], x, y, "EPSG:32639"))
    found = int(np.isfinite(sample(file, x, y, "EPSG:32639")).sum())
    print(file.width * file.height, contents.read, found, peak_mb() - before)
"""


def grid_of(path: Path, **section: object) -> tuple[np.ndarray, object]:
    given = {"crs": UTM, "grid_m": 10.0, **section}
    with inspect_raster(path, depth_section(**given), scratch=path.parent).ready() as file, file.open() as dataset:
        return file.read(dataset), file.transform


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("500000 4600000 -12.5\n500010 4600000 -13.5\n", {}),
        ("  500000   4600000\t-12.5\n  500010   4600000\t-13.5\n".replace("\t", "   "), {}),
        ("500000,4600000,-12.5\n500010,4600000,-13.5", {}),
        ("500000\t4600000\t-12.5\r\n500010\t4600000\t-13.5\r\n", {}),
        ("500000,0;4600000,0;-12,5\n500010,0;4600000,0;-13,5\n", {}),
        ("500000,0 4600000,0 -12,5\n500010,0 4600000,0 -13,5\n", {}),
        ("\ufeffEasting,Northing,Elevation\n500000,4600000,-12.5\n500010,4600000,-13.5\n", {}),
        ("# made by hand\n\nX;Y;Z;quality\n500000;4600000;-12.5;good\n500010;4600000;-13.5;poor\n", {}),
        ("id,E,N,Z\n1,500000,4600000,-12.5\n2,500010,4600000,-13.5\n", {}),
        ("a,b,c\n4600000,500000,-12.5\n4600000,500010,-13.5\n", {"columns": {"b": "x", "a": "y", "c": "z"}}),
        ("4600000 500000 -12.5\n4600000 500010 -13.5\n", {"columns": {"2": "x", "1": "y"}}),
        ("500000 4600000 -12.5\n500010 4600000 -13.5\n500020 4600000 nan\n", {}),
        ("500000 4600000 -12.5\n500010 4600000 -13.5\n500010 4600000 -99\n", {"nodata": -99.0}),
    ],
)
def test_it_is_read_however_it_is_written(text: str, section: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "s.txt"
    path.write_bytes(text.encode())
    values, transform = grid_of(path, **section)
    assert values[0, :2].tolist() == [-12.5, -13.5]
    assert (transform.c, transform.f) == (499_995.0, 4_600_005.0)


def test_longitudes_and_latitudes_need_no_crs_where_the_header_names_them(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("lat,lon,depth\n41.0,50.0,7\n41.001,50.001,8\n")
    file = inspect_raster(path, depth_section(grid_m=20.0))
    assert file.values == "depth_m"
    assert file.resolution_m == pytest.approx(20.0, rel=0.01)
    path.write_text("50.0,141.0,7\n50.1,141.0,8\n")
    with pytest.raises(DataError, match="look swapped"):
        inspect_raster(path, depth_section(crs="EPSG:4326"))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x,y,z\n1,2,3\n4,five,6\n", "line 3", "no sounding: '4,five,6'"),
        ("1 2 3\n4 5\n", "line 2", "no sounding"),
        ("1,2,3\n4,5,\n", "line 2", "no sounding"),
        ("1 2 3\nnan 5 6\n", "line 2", "no sounding"),
        ("x y z\n", "line 1", "no sounding"),
        ("one\ntwo\nthree\n", "line 2", "no sounding"),
        ("p,q,r\n1,2,3\n", "line 1", "do not tell which is x, y, z"),
    ],
)
def test_a_bad_line_is_named(text: str, line: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=words) as caught:
        inspect_raster(path, depth_section(crs=UTM))
    assert caught.value.where.endswith(line)


def test_a_bad_line_far_down_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounding_text, "_BLOCK_BYTES", 100)
    path = tmp_path / "s.xyz"
    path.write_text("# head\n" + "500000 4600000 -12.5\n" * 777 + "500000 oops -12.5\n")
    with pytest.raises(DataError) as caught:
        inspect_raster(path, depth_section(crs=UTM))
    assert caught.value.where.endswith("line 779")


@settings(max_examples=8, deadline=None)
@given(
    st.integers(1, 300),
    st.integers(0, 10_000),
    st.sampled_from([60, 1_000, 100_000]),
    st.sampled_from([1.0, 7.0, 50.0]),
)
def test_means_are_exact_and_no_order_or_block_changes_a_digit(
    tmp_path_factory: pytest.TempPathFactory, number: int, seed: int, block: int, grid_m: float
) -> None:
    folder = tmp_path_factory.mktemp("soundings")
    random = np.random.default_rng(seed)
    x, y, z = (
        random.integers(0, 2000, number) / 10.0,
        random.integers(0, 900, number) / 10.0,
        random.integers(-9999, 0, number) / 100.0,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sounding_text, "_BLOCK_BYTES", block)
        grids = []
        for order in (np.arange(number), random.permutation(number)):
            path = folder / "s.xyz"
            path.write_text("".join(f"{x[n] + 5e5:.1f} {y[n] + 46e5:.1f} {z[n]:.2f}\n" for n in order))
            grids.append(grid_of(path, grid_m=grid_m)[0])
    assert np.array_equal(grids[0], grids[1], equal_nan=True)
    col = np.floor((x - x.min()) / grid_m + 0.5 + 1e-9).astype(int)
    row = np.floor((y - y.min()) / grid_m + 0.5 + 1e-9).astype(int)
    own = {}
    for n in range(number):
        own.setdefault((row[n], col[n]), []).append(z[n])
    assert np.isfinite(grids[0]).sum() == len(own)  # nothing is interpolated
    for (r, c), values in own.items():
        assert grids[0][len(grids[0]) - 1 - r, c] == pytest.approx(np.mean(values), abs=1e-4)


def test_a_regular_grid_written_as_text_comes_back(tmp_path: Path) -> None:
    for shift in (0.0, 0.5, 0.37):
        col, row = np.meshgrid(np.arange(600), np.arange(4))
        z = np.round(-50.0 - 0.01 * col + 0.1 * row, 2)
        path = tmp_path / "g.pts"
        np.savetxt(
            path, np.column_stack([(5e5 + shift + col).ravel(), (46e5 + shift - row).ravel(), z.ravel()]), fmt="%.2f"
        )
        values, transform = grid_of(path, grid_m=1.0)
        assert values == pytest.approx(z)
        assert transform.c == pytest.approx(5e5 + shift - 0.5)


def test_a_large_sparse_survey_is_read_by_window_and_in_bounded_memory(tmp_path: Path) -> None:
    """210,000 soundings along lines over 30 km by 30 km, gzipped: 900 million cells, most of them holes."""
    path = tmp_path / "s.xyz.gz"
    random = np.random.default_rng(3)
    with gzip.open(path, "wt", compresslevel=1) as stream:
        for line in range(21):
            along = np.sort(random.integers(0, 300_000, 10_000)) / 10.0
            rows = np.column_stack([5e5 + along, np.full(along.size, 46e5 + 1500.0 * line), -20.0 - along / 1000.0])
            np.savetxt(stream, rows, fmt="%.1f %.1f %.2f")
    done = subprocess.run(
        [sys.executable, "-c", READ_A_BIT, str(path)], capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr
    cells, read, found, grown_mb = (int(word) for word in done.stdout.split())
    assert cells > 800_000_000
    assert read < 2000
    assert found > 20
    assert grown_mb < 700
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a.xyz", "A.XYZ", "a.txt.gz", "b.c.csv", "a.pts"])
def test_soundings_are_known_by_name(name: str) -> None:
    assert driver_of(Path(name), b"1 2 3").name == "soundings in text"
