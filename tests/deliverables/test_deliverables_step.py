"""Files for people: contract columns, units and lineage, the same bytes twice, no ship, text stays text."""

from __future__ import annotations

import csv
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from pipeline.burial.tables import STATION_COLUMNS
from pipeline.config import Config
from pipeline.deliverables import step
from pipeline.deliverables.columns import COLUMNS
from pipeline.sources.depths.overlaps import COLUMNS as OVERLAP_COLUMNS
from pipeline.store import StepContext
from tests.burial.fabricate import SHIP_NAME, Corridor, bury, straight_frame

SECTIONS = ("corridor", "route", "water", "acceptance", "soil", "burial")
NAMES = {
    "stations.parquet", "stations.csv", "stations.csv-metadata.json", "zones.csv", "zones.csv-metadata.json",
    "rpl.csv", "rpl.csv-metadata.json", "rpl.xlsx", "corridor.gpkg", "overlaps.csv", "overlaps.csv-metadata.json",
    "soil_layers.csv", "soil_layers.csv-metadata.json", "passages.csv", "passages.csv-metadata.json",
    "strike_by_depth.parquet", "strike_by_depth.csv",
    "strike_by_depth.csv-metadata.json",
}  # fmt: skip


def made(root: Path, **changes: object) -> Path:
    corridor = Corridor(
        straight_frame(8.0),
        water_depth_m=lambda kp: -2.0 if kp < 1.5 else 15.0,
        soil_class=lambda kp: "sand" if kp < 5 else "mud",
        anchors=lambda kp: [(1020.0, 0.8, 2e-3)],
        fishing=lambda kp: (1e-6, 0.2, 0.5),
    )
    before = replace(corridor, **changes).context(root)
    facts = {**before.facts, "burial": bury(before)}
    out = root / "deliverables"
    out.mkdir()
    config = Config.model_validate(corridor.config).only(*SECTIONS)
    context = StepContext(config, (), {**before.inputs, "burial": before.out}, facts, out, log=lambda line: None)
    told = step.run(context)
    assert told["provenance"] == "synthetic"
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("first"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_files_and_no_side_files(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == NAMES


def test_same_bytes_again(folder: Path, tmp_path: Path) -> None:
    again = made(tmp_path)
    for name in sorted(NAMES):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_ship_names_and_numbers_stay_out(folder: Path) -> None:
    for path in folder.iterdir():
        content = path.read_bytes()
        assert SHIP_NAME.encode() not in content, path.name
        assert b"999123456" not in content, path.name
    assert set(pyogrio.read_dataframe(folder / "corridor.gpkg", layer="crossings").columns) == {
        "kp_km", "lon", "lat", "dwt_class", "speed_kn", "angle_deg", "course_deg", "heading_deg", "draught_m", "season",
        "geometry",
    }  # fmt: skip


def test_stations_csv_begins_with_the_contract_columns(folder: Path) -> None:
    rows = rows_of(folder / "stations.csv")
    assert tuple(rows[0])[: len(STATION_COLUMNS)] == STATION_COLUMNS
    assert len(rows) == 81
    assert b"\r" not in (folder / "stations.csv").read_bytes()


def test_blank_is_not_zero(folder: Path) -> None:
    dry, wet = rows_of(folder / "stations.csv")[0], rows_of(folder / "stations.csv")[40]
    for name in ("required_dol_p90_m", "target_dol_m", "residual_strike_per_km_yr", "anchor_strike_per_km_yr"):
        assert dry[name] == ""
        assert wet[name] != ""
    assert not any(value.lower() == "nan" for row in rows_of(folder / "stations.csv") for value in row.values())


def test_csv_agrees_with_parquet(folder: Path) -> None:
    exact = pd.read_parquet(folder / "stations.parquet")
    text = pd.read_csv(folder / "stations.csv")
    for name in exact.columns:
        if COLUMNS[name].kind in ("decimals", "significant"):
            np.testing.assert_allclose(text[name], exact[name], rtol=6e-4, atol=6e-3, err_msg=name)


def test_overlaps_have_their_units_and_meanings(folder: Path) -> None:
    metadata = json.loads((folder / "overlaps.csv-metadata.json").read_text())
    units = {c["name"]: c.get("schema:unitText") for c in metadata["tableSchema"]["columns"]}
    assert tuple(units) == OVERLAP_COLUMNS
    assert {units[name] for name in OVERLAP_COLUMNS if name.endswith("_m")} == {"m"}
    (row,) = rows_of(folder / "overlaps.csv")
    assert (row["source"], row["other_source"], row["bias_m"], row["places"]) == ("survey", "etopo1", "1.500", "40")


def test_anchorages_are_areas_with_classes_and_a_style(folder: Path) -> None:
    layer = pyogrio.read_dataframe(folder / "corridor.gpkg", layer="anchorages")
    assert set(layer.columns) == {
        "anchorage", "kp_km", "offset_m", "area_km2", "ship_hours_per_yr", "stops_per_yr", "ships", "dwt_class_mostly",
        "dwt_class_largest", "geometry",
    }  # fmt: skip
    assert layer.geom_type.tolist() == ["MultiPolygon"]
    with sqlite3.connect(folder / "corridor.gpkg") as database:
        rows = dict(database.execute("SELECT f_table_name, styleName FROM layer_styles"))
        (style,) = database.execute("SELECT styleQML FROM layer_styles WHERE f_table_name = 'anchorages'").fetchone()
    assert rows == {
        "zones": "zones by target depth", "stations": "stations by target depth", "anchorages": "anchorages by use",
    }  # fmt: skip
    assert "SimpleFill" in style


def test_crossings_tell_way_draught_and_season(folder: Path) -> None:
    crossing = pyogrio.read_dataframe(folder / "corridor.gpkg", layer="crossings").iloc[0]
    assert (crossing["course_deg"], crossing["draught_m"], crossing["season"]) == (90.0, 4.5, "DJF")
    assert np.isnan(crossing["heading_deg"])


def test_a_blank_period_does_not_contradict_the_notice(folder: Path) -> None:
    """Blank is not assessed in every file, but a return period is also blank where no strike remains."""
    metadata = json.loads((folder / "strike_by_depth.csv-metadata.json").read_text())
    assert "never zero, unless a column says what else it means" in metadata["dc:description"]
    (period,) = (c for c in metadata["tableSchema"]["columns"] if c["name"] == "return_period_yr")
    assert "blank where there are none (so that it is infinite)" in period["dc:description"]
    rows = rows_of(folder / "strike_by_depth.csv")
    assert any(row["strike_at_depth_per_km_yr"] == "0" and row["return_period_yr"] == "" for row in rows)


def test_passages_by_section_and_class(folder: Path) -> None:
    (row,) = rows_of(folder / "passages.csv")
    assert (row["dwt_class"], row["passages"], row["speed_mean_kn"]) == ("7000-8000", "1", "1.0")
    assert (row["draught_mean_m"], row["son_per_yr"], row["djf_per_yr"]) == ("", "", "1")
    assert (row["course_right_deg"], row["heading_left_deg"]) == ("1.0", "1.0")
    assert not {"ship", "mmsi", "name", "time_us"} & set(row)


@pytest.mark.parametrize("name", ["stations", "zones", "rpl", "passages"])
def test_metadata_describes_every_column(folder: Path, name: str) -> None:
    metadata = json.loads((folder / f"{name}.csv-metadata.json").read_text())
    header = (folder / f"{name}.csv").read_text().splitlines()[0].split(",")
    columns = metadata["tableSchema"]["columns"]
    assert metadata["url"] == f"{name}.csv"
    assert [column["titles"] for column in columns] == header
    assert all(column["dc:description"] and column["datatype"] for column in columns)
    in_metres = {"zones": "deficit_m", "passages": "draught_max_m"}.get(name, "water_depth_m")
    assert {c["name"]: c.get("schema:unitText") for c in columns}[in_metres] == "m"
    assert "synthetic" in metadata["dc:description"]
    assert metadata["dc:source"]


def test_not_assessed_is_said_in_every_file(tmp_path: Path) -> None:
    folder = made(tmp_path, fishing_assessed=False)
    metadata = json.loads((folder / "stations.csv-metadata.json").read_text())
    assert "Not assessed: fishing" in metadata["dc:description"]
    column = next(c for c in metadata["tableSchema"]["columns"] if c["name"] == "fishing_strike_per_km_yr")
    assert column["dc:provenance"] == "not assessed"
    assert {row["fishing_strike_per_km_yr"] for row in rows_of(folder / "stations.csv")} == {""}


def test_parquet_fields_carry_units(folder: Path) -> None:
    schema = pq.read_schema(folder / "stations.parquet")
    assert schema.field("target_dol_m").metadata[b"unit"] == b"m"
    assert schema.field("residual_strike_per_km_yr").metadata[b"unit"] == b"1/km/yr"
    assert schema.field("water_depth_m").metadata[b"provenance"].startswith(b"public")
    assert b"synthetic" in schema.metadata[b"description"]


class TestGeoPackage:
    def test_layers_lie_where_the_route_is(self, folder: Path) -> None:
        path = folder / "corridor.gpkg"
        names = [name for name, _ in pyogrio.list_layers(path)]
        assert names[:5] == ["zones", "stations", "crossings", "route", "rpl"]
        zones = pyogrio.read_dataframe(path, layer="zones")
        assert zones.crs.to_epsg() == 4326
        assert len(zones) == len(rows_of(folder / "zones.csv"))
        west, south, east, north = zones.total_bounds
        assert west == pytest.approx(51.0, abs=1e-6)
        assert east == pytest.approx(51.0, abs=1e-6)
        assert 41.0 <= south < north < 41.08

    def test_version_styles_and_descriptions(self, folder: Path) -> None:
        with sqlite3.connect(folder / "corridor.gpkg") as database:
            assert database.execute("PRAGMA user_version").fetchone()[0] == 10300
            assert database.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
            assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            styles = dict(database.execute("SELECT f_table_name, styleQML FROM layer_styles"))
            told = [
                row[0] for row in database.execute("SELECT description FROM gpkg_contents WHERE data_type='features'")
            ]
        assert set(styles) == {"zones", "stations", "anchorages"}
        assert "no target decided" in styles["zones"]
        assert all("synthetic" in text for text in told)


class TestPositionList:
    def test_positions_and_zone_starts(self, folder: Path) -> None:
        rows, zones = rows_of(folder / "rpl.csv"), rows_of(folder / "zones.csv")
        assert rows[0]["event"] == "BMH =1+1; BZ 1"
        assert rows[-1]["event"] == "BMH"
        assert len(rows) == 2 + len(zones) - 1
        assert rows[0]["lat_dm"] == "41 00.0000 N"
        assert rows[0]["lon_dm"] == "51 00.0000 E"
        assert float(rows[-1]["kp_km"]) == 8.0
        spans = [float(row["span_km"]) for row in rows[1:]]
        assert sum(spans) == pytest.approx(8.0, abs=1e-3)
        assert float(rows[-1]["cable_km"]) == pytest.approx(8.08, abs=1e-3)
        assert rows[-1]["bearing_deg"] == "0.000"

    def test_a_span_carries_its_zone(self, folder: Path) -> None:
        rows, zones = rows_of(folder / "rpl.csv"), rows_of(folder / "zones.csv")
        assert rows[0]["target_dol_m"] == rows[0]["protection"] == ""
        for row, zone in zip(rows[1:], zones, strict=True):
            assert row["target_dol_m"] == zone["target_dol_m"]
            assert row["protection"] == zone["protection"]
            assert row["cable_type"] == zone["cable_type"]

    def test_workbook_holds_text_as_text(self, folder: Path) -> None:
        sheet = openpyxl.load_workbook(folder / "rpl.xlsx")["RPL"]
        header = [cell.value for cell in sheet[1]]
        assert header == list(rows_of(folder / "rpl.csv")[0])
        event = sheet.cell(3, header.index("event") + 1)
        assert event.value.startswith("BMH =1+1")
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
