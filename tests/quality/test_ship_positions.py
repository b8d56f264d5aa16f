"""``corridor check`` reads AIS as the build does: file by file, and what lies near."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.quality.findings import Finding
from pipeline.quality.review import review
from pipeline.workspace import Workspace
from tests.mini import make_mini, write_ais
from tests.sources.faulty_ais import FILE_FAULTS, FORMS, far_away, good_ships
from tests.sources.nmea_makers import place, text


def told(root: Path) -> list[Finding]:
    """What is said of the AIS source of a workspace."""
    workspace = Workspace.at(root)
    return [finding for finding in review(workspace, workspace.config()).findings if finding.source == "ais"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_mini(tmp_path, roles="depths")
    with (root / "corridor.toml").open("a") as target:
        target.write('\n[sources.ais]\nrole = "ais"\nfiles = "data/raw/ais*"\n')
    return root


def test_every_form_of_ais_is_read_and_its_rows_are_told(root: Path) -> None:
    raw = root / "data" / "raw"
    write_ais(raw / "ais_a.csv", passages=3)
    (raw / "ais_b.zip").write_bytes(FILE_FAULTS["zipped"].content(good_ships()))
    (raw / "ais_c.parquet").write_bytes(FORMS["ais.parquet"](good_ships()))
    (raw / "ais_d.nmea").write_bytes(FORMS["ais.nmea"](good_ships()))
    (note,) = told(root)
    assert (note.severity, note.code) == ("note", "coverage")
    assert note.message == f"{36 + 3 * 27 + 3} rows of AIS: 3 static message, {36 + 3 * 27} near"


def test_every_unusable_file_is_told_with_its_place(root: Path) -> None:
    raw = root / "data" / "raw"
    names = ("gzip cut short", "row cut short", "unit that is none", "NMEA without times", "Parquet cut short")
    for number, name in enumerate(names):
        fault = FILE_FAULTS[name]
        (raw / f"ais{number}{fault.name.removeprefix('ais')}").write_bytes(fault.content(good_ships()))
    found = told(root)
    assert [finding.severity for finding in found] == ["error"] * len(names)
    assert [(finding.file, finding.place) for finding in found] == [
        ("data/raw/ais0.csv.gz", ""), ("data/raw/ais1.csv", "line 28"), ("data/raw/ais2.csv", "line 1"),
        ("data/raw/ais3.nmea", ""), ("data/raw/ais4.parquet", ""),
    ]  # fmt: skip
    assert all(finding.remedy for finding in found)


def test_ais_of_other_waters_is_no_assessment(root: Path) -> None:
    (root / "data" / "raw" / "ais.csv").write_bytes(FORMS["ais.csv"](far_away(good_ships())))
    warning, note = told(root)
    assert (warning.severity, warning.code) == ("warning", "nothing_near")
    assert "does not mean that there are no ships" in warning.message
    assert note.message == "27 rows of AIS: 27 outside corridor"


def test_damage_and_missing_columns_are_warnings(root: Path) -> None:
    raw = root / "data" / "raw"
    (raw / "ais_a.nmea").write_text(text(place(lon=51.0, lat=42.1) * 20, ["noise"]))
    table = good_ships().drop(columns=["SOG", "Draft"])
    for name in ("ais_b.csv", "ais_c.csv"):
        (raw / name).write_bytes(FORMS["ais.csv"](table))
    messages = {finding.file: finding.message for finding in told(root) if finding.severity == "warning"}
    assert messages == {
        "data/raw/ais_a.nmea": "1 of 21 NMEA messages are damaged, the first at line 21: 1 no sentence",
        "data/raw/ais_b.csv and 1 more": "columns are missing: speed, draught",
    }


@pytest.mark.parametrize(
    ("change", "code", "said", "remedy"),
    [
        ({"SOG": 100.0}, "nothing_near", "27 are faster than max_sog_kn", "sog_10"),
        ({"BaseDateTime": "2031-01-01T00:00:00"}, "nothing_near", "27 lie outside the period", "Mend period"),
        ({"MMSI": 0}, "nothing_near", "27 have no ship's number", "MMSI"),
        ({"LAT": 91.0}, "nothing_near", "27 have no position", "latitude"),
        ({"LAT": 51.0, "LON": 42.1}, "nothing_near", "27 would be near if latitude and longitude", "Exchange"),
        ({"VesselType": "Frobnicator"}, "types_unknown", "27 rows .* such as 'Frobnicator'", "codes of AIS"),
        ({"VesselType": "Oil Products Tanker"}, "", "", ""), ({"VesselType": 1024}, "", "", ""),
    ],
)  # fmt: skip
def test_what_comes_to_nothing_is_told_with_its_cause(
    root: Path, change: dict[str, Any], code: str, said: str, remedy: str
) -> None:
    (root / "data" / "raw" / "ais.csv").write_bytes(FORMS["ais.csv"](good_ships().assign(**change)))
    with (root / "corridor.toml").open("a") as target:
        target.write('period = ["2024-01-01", "2026-12-31"]\n')
    warnings = [finding for finding in told(root) if finding.severity == "warning"]
    assert [finding.code for finding in warnings] == ([code] if code else [])
    for finding in warnings:
        assert re.search(said, finding.message)
        assert remedy in finding.remedy


def test_a_large_loss_is_a_warning_that_names_the_largest(root: Path) -> None:
    table = good_ships()
    table.loc[table.index < 10, "SOG"] = 140.0
    table.loc[table.index == 26, "LAT"] = 91.0
    (root / "data" / "raw" / "ais.csv").write_bytes(FORMS["ais.csv"](table))
    (finding,) = [finding for finding in told(root) if finding.severity == "warning"]
    assert finding.code == "reports_lost"
    assert "11 of 27 reports (41 percent) are lost" in finding.message
    assert "10 are faster" in finding.message
    with (root / "corridor.toml").open("a") as target:
        target.write("\n[ais]\nlost_pct = 45.0\n")
    assert [finding.severity for finding in told(root)] == ["note"]
