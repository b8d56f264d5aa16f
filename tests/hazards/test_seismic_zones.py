import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import DataError
from pipeline.hazards.seismic.sources import from_zone
from pipeline.hazards.seismic.zones import numbers, read_zones

from .made_seabed import source

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "seismic"
GOOD = {
    "name": "sill", "a_value": 3.8, "b_value": 1.0, "mmin": 4.5, "mmax": 7.0, "depths_km": [10, 15],
    "depth_weights": [0.4, 0.6], "mechanism": "RV", "provenance": "modelled", "source": "test",
}  # fmt: skip
BOX = [[50.0, 41.0], [52.0, 41.0], [52.0, 42.0], [50.0, 42.0], [50.0, 41.0]]


def write(path, *properties, ring=BOX):
    features = [
        {"type": "Feature", "properties": p, "geometry": {"type": "Polygon", "coordinates": [ring]}} for p in properties
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return source("seismic_zones", path)


def test_reads_zones_in_the_order_of_their_names(tmp_path):
    zones = read_zones(
        write(
            tmp_path / "z.geojson",
            GOOD,
            {**GOOD, "name": "abyss", "depths_km": "[50, 80]", "depth_weights": "[0.5, 0.5]"},
        )
    )
    assert [zone.name for zone in zones] == ["abyss", "sill"]
    assert zones[0].depths_km == (50.0, 80.0)
    assert zones[1].depth_weights == (0.4, 0.6)
    assert zones[1].rate_per_yr == pytest.approx(10 ** (3.8 - 4.5))


@pytest.mark.parametrize("value", [[10, 15], "[10, 15]", np.array([10, 15]), (10.0, 15.0)])
def test_lists_come_as_arrays_or_text(value):
    assert numbers(value, "here", "depths_km") == (10.0, 15.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"a_value": None}, "no usable a_value"),
        ({"b_value": -1.0}, "b_value is not above zero"),
        ({"mmax": 4.0}, "mmin is not below mmax"),
        ({"a_value": 30.0}, "out of any reason"),
        ({"depth_weights": [0.4, 0.4]}, "add up to 1"),
        ({"depths_km": [10]}, "differ in length"),
        ({"depths_km": "deep"}, "no usable depths_km"),
        ({"mechanism": "XX"}, "mechanism 'XX'"),
    ],
)
def test_unusable_zones_are_named(tmp_path, change, message):
    with pytest.raises(DataError, match=message):
        read_zones(write(tmp_path / "z.geojson", {**GOOD, **change}))


def test_broken_outlines_and_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="outline is invalid"):
        read_zones(write(tmp_path / "z.geojson", GOOD, ring=[BOX[0], BOX[2], BOX[1], BOX[3], BOX[0]]))
    page = tmp_path / "page.geojson"
    page.write_text("<html></html>")
    with pytest.raises(DataError, match="cannot be read"):
        read_zones(source("seismic_zones", page))


def test_points_of_a_zone_fill_it_evenly(tmp_path):
    zone = read_zones(write(tmp_path / "z.geojson", GOOD))[0]
    points = from_zone(zone, "EPSG:32639", 5.0)
    # 2 degrees of longitude at 41.5 N by one of latitude.
    assert len(points.x_km) * 25.0 == pytest.approx(2 * 83.5 * 111.1, rel=0.02)
    assert points.share.sum() == pytest.approx(1.0)
    tiny = from_zone(zone, "EPSG:32639", 2000.0)
    assert len(tiny.x_km) >= 1
    assert tiny.share.sum() == pytest.approx(1.0)
    assert points.scaled(0.5).rate_per_yr == pytest.approx(points.rate_per_yr / 2)


@pytest.mark.shared
def test_emme_zones_with_their_published_rates(tmp_path):
    path = SHARED / "emme_area_sources_caspian.geojson"
    if not path.exists():
        pytest.skip("the shared data folder with the EMME zones is not beside the checkout")
    data = json.loads(path.read_text())
    for feature in data["features"]:
        p = feature["properties"]
        feature["properties"] = {
            **GOOD, "name": p["name"], "a_value": p["aValue"], "b_value": p["bValue"],
            "mmin": p["minMag"], "mmax": p["maxMag"],
            "depths_km": [50, 80], "depth_weights": [0.5, 0.5],
        }  # fmt: skip
    (tmp_path / "z.geojson").write_text(json.dumps(data))
    zones = read_zones(source("seismic_zones", tmp_path / "z.geojson"))
    assert [round(z.rate_per_yr, 4) for z in zones] == [0.2467, 0.2458]
