"""Polygons, a profile and a grab sample through the command, and what it publishes and explains."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from tests.mini import LON, SOUTH, make_mini
from tests.plain import plain_corridor

pytestmark = pytest.mark.slow
SOURCES = """
[sources.seabed]
role = "soil"
files = "data/raw/seabed.gpkg"
boundary_m = 600
priority = 5

[sources.cpt]
role = "soil_samples"
files = "data/raw/cpt.csv"
provenance = "survey"

[sources.grabs]
role = "soil_samples"
files = "data/raw/grabs.csv"
provenance = "survey"
"""


def lat(kp_km: float) -> float:
    return SOUTH + kp_km / 111.07


def band(low_km: float, high_km: float) -> shapely.Polygon:
    return shapely.box(LON - 0.1, lat(low_km), LON + 0.1, lat(high_km))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_mini(tmp_path_factory.mktemp("soil"))
    raw = root / "data" / "raw"
    shapes = [band(-1, 8), band(8, 14), band(14, 25)]
    gpd.GeoDataFrame({"Folk_7cl": ["11", "2", "5"]}, geometry=shapes, crs="EPSG:4326").to_file(raw / "seabed.gpkg")
    readings = "".join(f"C1,{LON},{lat(4)},{depth},{30 + 2 * depth}\n" for depth in (0, 0.5, 1, 1.5, 2, 2.5))
    (raw / "cpt.csv").write_text("id,lon,lat,depth_m,su_kpa\n" + readings)
    grabs = f"G1,{LON},{lat(11)},0,20,80\nG9,{LON + 1},{lat(11)},0,20,80\n"
    (raw / "grabs.csv").write_text("id,lon,lat,gravel_pct,sand_pct,mud_pct\n" + grabs)
    with (root / "corridor.toml").open("a") as stream:
        stream.write(SOURCES)
    done = plain_corridor("-C", root, "build")
    assert done.returncode == 0, done.stderr
    assert "1 of 2 samples lie farther from the route" in done.stdout + done.stderr
    return root


def rows(workspace: Path, name: str) -> list[dict[str, str]]:
    with (workspace / "data" / "processed" / name).open() as stream:
        return list(csv.DictReader(stream))


def test_stations_say_what_told_the_soil(workspace: Path) -> None:
    by_kp = {row["kp_km"]: row for row in rows(workspace, "stations.csv")}
    told = {kp: (row["soil_class"], row["soil_kind"], row["soil_boundary"]) for kp, row in by_kp.items()}
    assert told["1.000"] == ("mud", "polygon", "")
    assert told["4.000"] == ("mud", "cpt", "")
    assert told["8.500"] == ("mud", "polygon", "sand")
    assert told["10.000"] == ("sand", "polygon", "")
    assert told["11.000"] == ("sandy_mud", "grab", "")
    assert told["14.500"] == ("sand", "polygon", "rock")
    assert told["18.000"] == ("rock", "polygon", "")
    assert by_kp["11.000"]["soil_confidence"] == "A"
    assert (by_kp["4.000"]["soil_confidence"], by_kp["4.000"]["soil_sample"]) == ("C", "C1")  # its class is the map's
    assert float(by_kp["4.000"]["su_p50_kpa"]) == pytest.approx(31.0)
    assert float(by_kp["4.000"]["penetration_f"]) < 1.8 < float(by_kp["1.000"]["penetration_f"])
    assert by_kp["18.000"]["su_p50_kpa"] == by_kp["18.000"]["dr_p50_pct"] == ""
    assert float(by_kp["14.500"]["achievable_dol_m"]) == 1.0  # the cutter's in rock, not the jet's in sand


def test_the_layers_reach_five_metres_below_every_station(workspace: Path) -> None:
    layers = rows(workspace, "soil_layers.csv")
    deepest = {row["station"]: float(row["bottom_m"]) for row in layers}
    assert len(deepest) == 41
    assert set(deepest.values()) == {5.0}
    at_profile = [row for row in layers if row["kp_km"] == "4.000"]
    assert [row["layer_source"] for row in at_profile] == ["measured"] * 5 + ["below the profile", "not measured"]
    metadata = json.loads((workspace / "data" / "processed" / "soil_layers.csv-metadata.json").read_text())
    units = {column["name"]: column.get("schema:unitText") for column in metadata["tableSchema"]["columns"]}
    assert (units["su_p50_top_kpa"], units["dr_p50_top_pct"], units["top_m"]) == ("kPa", "%", "m")


def test_explain_tells_the_profile_its_layers_and_its_factor(workspace: Path) -> None:
    told = plain_corridor("-C", workspace, "explain", "4").stdout
    assert "soil: mud from cpt (public), profile C1, 0 m away, confidence C" in told
    assert "0.00 to 0.50 m: mud, su P50 30 to 31 kPa (measured)" in told
    assert "the class alone has 3" in told
    assert (
        "near a line between soils: sand may be meant too" in plain_corridor("-C", workspace, "explain", "8.5").stdout
    )


def test_a_changed_profile_reads_only_itself(workspace: Path) -> None:
    path = workspace / "data" / "raw" / "cpt.csv"
    path.write_text(path.read_text().replace(",30\n", ",20\n"))
    told = plain_corridor("-C", workspace, "status").stdout
    assert "1 of 4 files to read" in told
