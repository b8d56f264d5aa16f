from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.synth import SURFACE_M
from pipeline.synth.bed import LANDFALL_BLEND_M, SyntheticBed, waves
from pipeline.synth.soil import soil_class, write_soil
from pipeline.synth.swath import NODATA, swath_tile, write_swath


def test_relief_refines_the_regional_grid(bed: SyntheticBed) -> None:
    """Away from the landfalls the mean over 10 km of swath stays that of ETOPO1, and there is relief."""
    means, spreads = [], []
    for kp_km in range(20, 360, 40):
        grid, values = swath_tile(bed, kp_km, kp_km + 10.0, cell_m=50.0)
        row, col = np.nonzero(values != NODATA)
        x, y = grid.centres(row, col)
        residual = values[row, col] - bed.regional_elevation_m(*bed._to_lonlat.transform(x, y))
        means.append(residual.mean())
        spreads.append(residual.std())
    assert np.max(np.abs(means)) < 1.0
    assert abs(np.mean(means)) < 0.3
    assert min(spreads) > 0.1
    assert max(spreads) < 6.0


def test_landfall_deepens_from_the_shoreline(bed: SyntheticBed) -> None:
    for kp in (np.arange(0.0, 14.0, 0.05), bed.route.length_km - np.arange(0.0, 14.0, 0.05)):
        depth = SURFACE_M - bed.smooth_elevation_m(*bed.route.xy(kp))
        assert depth[0] == pytest.approx(0.0, abs=0.05)
        assert depth[20] == pytest.approx(3.5, abs=0.1)
        assert np.all(np.diff(depth) > -0.02)
        assert np.all(SURFACE_M - bed.elevation_m(*bed.route.xy(kp[1:])) > 0.0)


def test_beyond_the_landfall_it_is_the_regional_grid(bed: SyntheticBed) -> None:
    kp = np.linspace(LANDFALL_BLEND_M / 1000.0 + 1.0, bed.route.length_km - LANDFALL_BLEND_M / 1000.0 - 1.0, 200)
    assert bed.smooth_elevation_m(*bed.route.xy(kp)) == pytest.approx(
        bed.regional_elevation_m(*bed.route.lonlat(kp)), abs=0.01
    )


def test_neighbouring_tiles_agree_where_they_overlap(bed: SyntheticBed) -> None:
    (a_grid, a), (b_grid, b) = swath_tile(bed, 50.0, 52.0), swath_tile(bed, 52.0, 54.0)
    row, col = np.nonzero(a != NODATA)
    there_row, there_col = b_grid.cell_of(*a_grid.centres(row, col))
    both = (there_row >= 0) & (there_row < b_grid.rows) & (there_col >= 0) & (there_col < b_grid.cols)
    ours, theirs = a[row[both], col[both]], b[there_row[both], there_col[both]]
    shared = theirs != NODATA
    assert shared.sum() > 1000
    assert np.array_equal(ours[shared], theirs[shared])


def test_waves_are_standard_and_seeded() -> None:
    x, y = (v.ravel() for v in np.meshgrid(np.arange(0.0, 60e3, 400.0), np.arange(0.0, 60e3, 400.0)))
    field = waves(x, y, seed=3, wavelength_m=(300.0, 3000.0))
    assert abs(field.mean()) < 0.05
    assert field.std() == pytest.approx(1.0, abs=0.1)
    assert not np.allclose(field, waves(x, y, seed=4, wavelength_m=(300.0, 3000.0)))


def test_files_are_labelled_and_repeatable(bed: SyntheticBed, tmp_path: Path) -> None:
    first = write_swath(tmp_path / "a", bed, tile_km=2.0, to_kp_km=4.0)
    second = write_swath(tmp_path / "b", bed, tile_km=2.0, to_kp_km=4.0)
    assert [p.name for p in first] == ["swath_000.tif", "swath_001.tif"]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    write_soil(tmp_path / "a" / "soil_synthetic.tif", bed, cell_m=1000.0)
    write_soil(tmp_path / "b" / "soil_synthetic.tif", bed, cell_m=1000.0)
    assert (tmp_path / "a" / "soil_synthetic.tif").read_bytes() == (tmp_path / "b" / "soil_synthetic.tif").read_bytes()
    for path in (*first, tmp_path / "a" / "soil_synthetic.tif"):
        with rasterio.open(path) as source:
            assert source.tags()["PROVENANCE"] == "synthetic"
            assert source.crs.to_epsg() == 32639
            assert source.nodata is not None
    with rasterio.open(first[0]) as source:
        assert "landing" in source.tags()["LANDFALL"]
        assert source.res == (10.0, 10.0)
        tenths = source.read(1, masked=True).compressed() * 10.0
        assert np.max(np.abs(tenths - np.round(tenths))) < 1e-3


def test_soil_follows_depth_and_side(bed: SyntheticBed) -> None:
    kp = np.arange(0.0, bed.route.length_km, 0.2)
    x, y = bed.route.xy(kp)
    code = soil_class(bed, x, y)
    depth = SURFACE_M - bed.smooth_elevation_m(x, y)
    assert set(np.unique(code)) == set(range(8)), "every class, and a gap, occurs on the route"
    assert np.mean(code == 0) < 0.02
    deep = (depth > 300.0) & (code != 0)
    assert np.all(code[deep] == 1)
    shallow = (depth < 35.0) & (code != 0)
    assert np.all(np.isin(code[shallow], [4, 5, 7]))
    assert (code[kp > 320.0] == 7).mean() > (code[kp < 60.0] == 7).mean(), "coquina outcrops lie towards Aktau"
