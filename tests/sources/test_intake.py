"""Raster files that must be refused, each in words that name the file; and odd ones that must be read right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from pipeline.errors import DataError
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.reading import read_through
from tests.sources.rasters_on_disk import NORTH_UP, depth_section, relief, write_raster


def refused(path: Path, match: str, **section: object) -> DataError:
    with pytest.raises(DataError, match=match) as caught:
        read_through(inspect_raster(path, depth_section(**section)))
    assert path.name in caught.value.where
    assert caught.value.remedy
    assert caught.value.exit_code == 65
    return caught.value


@pytest.mark.parametrize("sixteenth", range(1, 16))
def test_a_file_truncated_anywhere_is_refused(tmp_path: Path, sixteenth: int) -> None:
    noise = np.random.default_rng(1).normal(-60, 5, (256, 256)).astype(np.float32)
    whole = write_raster(tmp_path / "whole.tif", noise, tiled=True, blockxsize=64, blockysize=64, compress="deflate")
    data = whole.read_bytes()
    cut = tmp_path / "cut.tif"
    cut.write_bytes(data[: len(data) * sixteenth // 16])
    refused(cut, "damaged or is no raster")


def test_a_corrupt_block_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(-60, 5, (256, 256)).astype(np.float32)
    path = write_raster(tmp_path / "bad.tif", noise, tiled=True, blockxsize=64, blockysize=64, compress="deflate")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = b"\x00" * 400
    path.write_bytes(bytes(data))
    refused(path, "damaged or is no raster")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b'{"error": "not found"}', "web page"),
        (b'<VRTDataset rasterXSize="1" rasterYSize="1"></VRTDataset>', "virtual rasters are refused"),
        (b'<?xml version="1.0"?><VRTDataset/>', "virtual rasters are refused"),
        (b"lon,lat\n50,41\n", "no raster"),
    ],
)
def test_what_is_no_raster_is_refused(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "page.tif"
    path.write_bytes(content)
    refused(path, match)


def test_a_vrt_is_refused_although_it_would_open(tmp_path: Path) -> None:
    inner = write_raster(tmp_path / "inner.tif", relief(8, 8))
    vrt = tmp_path / "outer.vrt"
    vrt.write_text(
        '<VRTDataset rasterXSize="8" rasterYSize="8"><VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
        f"<SourceFilename>{inner}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    refused(vrt, "virtual rasters are refused")


def test_no_crs_is_refused_unless_the_configuration_states_it(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "bare.tif", relief(8, 8), crs=None)
    refused(path, "no coordinate reference system")
    assert "32639" in inspect_raster(path, depth_section(crs="EPSG:32639")).crs


def test_no_georeference_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.tif"
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        write_raster(path, relief(8, 8), transform=Affine.identity())
    refused(path, "no georeference")


def test_a_contradicting_crs_is_refused_naming_both(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "utm.tif", relief(8, 8))
    error = refused(path, "EPSG:32639.*EPSG:32640", crs="EPSG:32640")
    assert "crs" in error.remedy
    inspect_raster(path, depth_section(crs="+proj=utm +zone=39 +datum=WGS84"))


def test_a_contradicting_nodata_is_refused_naming_both(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "nodata.tif", relief(8, 8), nodata=-9999.0)
    refused(path, "-9999.*-32768", nodata=-32768.0)
    inspect_raster(path, depth_section(nodata=-9999.0))


def test_all_nodata_is_refused(tmp_path: Path) -> None:
    refused(
        write_raster(tmp_path / "void.tif", np.full((8, 8), -9999.0, np.float32), nodata=-9999.0), "all of it is nodata"
    )


def test_declared_nodata_configured_nodata_and_nan_are_all_masked(tmp_path: Path) -> None:
    values = relief(8, 8)
    values[0, 0], values[1, 1], values[2, 2] = -9999.0, np.nan, np.inf
    declared = read_through(inspect_raster(write_raster(tmp_path / "a.tif", values, nodata=-9999.0), depth_section()))
    configured = read_through(inspect_raster(write_raster(tmp_path / "b.tif", values), depth_section(nodata=-9999.0)))
    assert declared == configured
    assert declared.valid == 61


def test_integers_with_a_nodata_out_of_their_range_keep_every_value(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "int.tif", np.full((4, 4), -60, np.int16))
    assert read_through(inspect_raster(path, depth_section(nodata=-99999.0))).valid == 16


def test_scale_and_offset_are_applied(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "scaled.tif", np.full((4, 4), 6000, np.int16))
    with rasterio.open(path, "r+") as target:
        target.scales, target.offsets = (-0.01,), (2.5,)
    contents = read_through(inspect_raster(path, depth_section()))
    assert (contents.low, contents.high) == pytest.approx((-57.5, -57.5))


def test_several_bands_need_a_choice(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "two.tif", np.stack([relief(8, 8), np.full((8, 8), 3, np.float32)]))
    with rasterio.open(path, "r+") as target:
        target.descriptions = ("elevation", "uncertainty")
    refused(path, "2 bands .elevation, uncertainty. and the configuration names none")
    refused(path, "'slope', which is none", variable="slope")
    assert inspect_raster(path, depth_section(variable="elevation")).band == 1
    assert inspect_raster(path, depth_section(variable="2")).band == 2


def test_a_raster_off_the_earth_is_refused(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "far.tif", relief(8, 8), transform=NORTH_UP, crs="EPSG:4326")
    refused(path, "does not lie on Earth")


@pytest.mark.parametrize(
    ("crs", "transform", "metres"),
    [
        ("EPSG:32639", NORTH_UP, 100.0),
        ("EPSG:32639", Affine(100.0, 0.0, 500_000.0, 0.0, -300.0, 4_600_000.0), 300.0),
        ("EPSG:4326", Affine(0.1, 0.0, 50.0, 0.0, -0.1, 42.0), 11_100.0),
        ("EPSG:2227", Affine(100.0, 0.0, 6_000_000.0, 0.0, -100.0, 2_100_000.0), 30.48),
    ],
)
def test_resolution_is_in_metres_on_the_ground(tmp_path: Path, crs: str, transform: Affine, metres: float) -> None:
    path = write_raster(tmp_path / "r.tif", relief(8, 8), crs=crs, transform=transform)
    assert inspect_raster(path, depth_section()).resolution_m == pytest.approx(metres, rel=2e-3)
