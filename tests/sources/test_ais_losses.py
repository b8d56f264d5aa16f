"""What the ``ais`` step says of sources whose rows come to nothing, and of ship types that it does not know."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.sources.ais.codes import is_type_unknown, ship_type
from tests.hazards.shipping_builders import ais_context, run_ais_step, source, straight_frame
from tests.sources.faulty_ais import FORMS, Table, good_ships


def told(tmp_path: Path, table: Table) -> dict[str, Any]:
    path = tmp_path / "ais.csv"
    path.write_bytes(FORMS["ais.csv"](table))
    return dict(run_ais_step(ais_context(tmp_path, straight_frame(), (source(path),))))


def test_the_build_tells_a_large_loss_and_types_that_it_does_not_know(tmp_path: Path) -> None:
    table = good_ships().astype({"VesselType": object})
    table.loc[table.index < 9, "SOG"] = 140.0
    table.loc[table.index < 9, "VesselType"] = "Frobnicator"
    facts = told(tmp_path, table)
    assert facts["assessed"]
    findings = " ".join(facts["findings"])
    assert re.search(r"9 of 27 reports \(33 percent\) are lost.*9 are faster than max_sog_kn.*sog_10", findings)
    assert "9 rows of ship types that are not known, such as 'Frobnicator'" in findings


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SOG": 100.0}, r"27 are faster than max_sog_kn\. Look at the unit"),
        ({"LAT": 51.0, "LON": 42.1}, r"27 would be near if latitude and longitude were exchanged\. Exchange them"),
    ],
)
def test_why_nothing_is_assessed_is_told(tmp_path: Path, change: dict[str, float], said: str) -> None:
    facts = told(tmp_path, good_ships().assign(**change))
    assert not facts["assessed"]
    assert re.search(said, facts["summary"])
    assert re.search(said, " ".join(facts["findings"]))


@pytest.mark.parametrize(
    ("text", "code", "unknown"),
    [
        ("Oil Products Tanker", 80, False), ("LNG Carrier", 80, False), ("Ro-Ro Cargo Ship", 70, False),
        ("Bulk Carrier", 70, False), ("Passenger or Cargo Ship", 60, False), ("Offshore Supply Ship", 90, False),
        ("Fish Carrier", 70, False), ("Aircraft Carrier", 35, False), ("1004", 70, False), ("1023.0", 31, False),
        ("1001", 30, False), ("1012", 60, False), ("1024", 80, False), ("85", 85, False), ("Cargo", 70, False),
        ("WIG", 20, False), ("Undefined", None, False), ("Spare 1", None, False), ("", None, False),
        (None, None, False), ("0", 0, False), ("Frobnicator", None, True), ("100", 100, True), ("1026", 1026, True),
    ],
)  # fmt: skip
def test_ship_types_of_registries_and_of_the_coast_guard(text: str | None, code: int | None, unknown: bool) -> None:
    kinds = f"SELECT kind, {ship_type('kind')} AS code FROM (SELECT CAST(? AS VARCHAR) AS kind)"
    query = f"SELECT code, {is_type_unknown('kind', 'code')} FROM ({kinds})"
    assert duckdb.execute(query, [text]).fetchone() == (code, unknown)
