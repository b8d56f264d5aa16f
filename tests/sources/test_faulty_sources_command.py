"""The command on workspaces with faulty vectors and tables: findings, exit codes, and nothing written half."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.mini import make_mini
from tests.plain import plain_corridor
from tests.sources.faulty_ais import FILE_FAULTS as SHIPS
from tests.sources.faulty_ais import FORMS, far_away, good_ships
from tests.sources.faulty_tables import FAULTS as TABLES
from tests.sources.faulty_vectors import FAULTS as VECTORS

SOURCES = {
    "swapped": ("seismic_zones", VECTORS["latitude and longitude swapped"], "look swapped"),
    "crossed": ("seismic_zones", VECTORS["bow tie, to be whole"], "outline is invalid"),
    "linking": ("seismic_zones", VECTORS["KMZ that links"], "NetworkLink|cannot be read"),
    "cut": ("seismic_zones", VECTORS["truncated FlatGeobuf"], "cannot be read"),
    "layers": ("coastline", VECTORS["two layers"], "has layers 'old', 'new'"),
    "formula": ("earthquakes", TABLES["formula without a value"], "E2 holds a formula"),
    "comma": ("earthquakes", TABLES["decimal comma between commas"], "latitude '40,5'"),
    "packed": ("earthquakes", TABLES["gzip cut short"], "cut short"),
    "epoch": ("earthquakes", TABLES["milliseconds since 1970"], "'975175751000'"),
    "torn": ("ais", SHIPS["zip cut short"], "cannot be read"),
    "short": ("ais", SHIPS["row cut short"], "cannot be read"),
    "furlongs": ("ais", SHIPS["unit that is none"], "unit .*'SOG_furlongs'"),
    "untimed": ("ais", SHIPS["NMEA without times"], "no position in the NMEA file has a time"),
}


def place(root: Path, name: str) -> str:
    """Write the faulty file of a source and return its section."""
    role, fault, _ = SOURCES[name]
    folder = root / "data" / "raw" / name
    folder.mkdir()
    path = fault.make(folder) if role in ("seismic_zones", "coastline") else fault.write(folder)
    return f'\n[sources.{name}]\nrole = "{role}"\nfiles = "{path.relative_to(root)}"\n'


def state(root: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(root.rglob("*")) if ".corridor" not in path.parts}


@pytest.mark.slow
def test_the_check_tells_every_faulty_source_at_once(tmp_path):
    root = make_mini(tmp_path, roles="depths")
    with (root / "corridor.toml").open("a") as target:
        target.writelines(place(root, name) for name in SOURCES)
    before = state(root)
    told = plain_corridor("-C", root, "check", "--json")
    assert told.returncode == 65
    assert "Traceback" not in told.stderr
    errors: dict[str, dict[str, str]] = {}
    for finding in json.loads(told.stdout)["findings"]:
        if finding["severity"] == "error":
            errors.setdefault(finding["source"], finding)
    assert set(errors) == set(SOURCES)
    for name, (_, _, cause) in SOURCES.items():
        assert re.search(cause, errors[name]["message"])
        assert errors[name]["file"].startswith(f"data/raw/{name}/")
        assert errors[name]["remedy"]
    assert state(root) == before


@pytest.mark.slow
def test_a_build_with_a_faulty_source_leaves_nothing_half_written(tmp_path):
    root = make_mini(tmp_path, roles="depths")
    section = place(root, "crossed")
    with (root / "corridor.toml").open("a") as target:
        target.write(section)
    before = state(root)
    told = plain_corridor("-C", root, "build")
    assert told.returncode == 65
    assert SOURCES["crossed"][2] in told.stderr
    assert state(root) == before
    assert not os.path.lexists(root / ".corridor" / "current")


@pytest.mark.slow
def test_ships_of_other_waters_are_no_assessment(tmp_path):
    root = make_mini(tmp_path, roles="depths")
    (root / "data" / "raw" / "ais.nmea").write_bytes(FORMS["ais.nmea"](far_away(good_ships())))
    with (root / "corridor.toml").open("a") as target:
        target.write('\n[sources.ais]\nrole = "ais"\nfiles = "data/raw/ais.nmea"\n')
    told = plain_corridor("-C", root, "build")
    assert told.returncode == 0, told.stderr
    assert "Traceback" not in told.stderr
    manifest = json.loads((root / "data" / "processed" / "manifest.json").read_text())
    facts = manifest["layers"]["ais"]
    assert facts["assessed"] is False
    assert "ais" in manifest["totals"]["not_assessed"]
    assert facts["rows"]["outside_corridor"] == 27
    assert sum(count for fate, count in facts["rows"].items() if fate != "read") == facts["rows"]["read"] == 30
    assert "AIS: 30 rows read: 27 outside corridor, 3 static message." in told.stdout + told.stderr
