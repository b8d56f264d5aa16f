"""A registry beside AIS: what takes precedence, what is set aside, and that no value loses its origin."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.config import Config
from pipeline.config.corridor import SourceSection
from pipeline.config.shipping import ShippingSection
from pipeline.errors import DataError
from pipeline.hazards.shipping import fleet_step
from pipeline.hazards.shipping.noted import origins_of
from pipeline.store import StepContext
from pipeline.workspace import SourceFiles

VOLGA, KAMA, DON = 9074729, 9166778, 8814275
NAN = float("nan")


def statics(*ships: dict[str, object]) -> pd.DataFrame:
    usual = {
        "imo": NAN, "vessel_type": 80.0, "length_m": 140.0, "beam_m": 16.7, "draught_m": 4.5, "name": "A", "reports": 9,
    }  # fmt: skip
    return pd.DataFrame([{**usual, **ship} for ship in ships])


def run(tmp_path: Path, said: pd.DataFrame, *tables: str, **config: object) -> tuple[pd.DataFrame, dict[str, object]]:
    """Run the step with registries, best first."""
    folder, out = tmp_path / "ais", tmp_path / "ships"
    for path in (folder, out):
        path.mkdir()
    said.to_parquet(folder / "statics.parquet", index=False)
    sources = []
    for rank, text in enumerate(tables):
        path = tmp_path / f"registry{rank}.csv"
        path.write_text(text)
        section = SourceSection.model_validate({"role": "ship_registry", "files": path.name, "priority": -rank})
        sources.append(SourceFiles(f"registry{rank}", section, (path,), tmp_path))
    ais = {"assessed": True, "provenance": "survey", "sources": [], "summary": ""}
    settings = Config.model_validate({"shipping": config}).only("shipping")
    context = StepContext(settings, tuple(sources), {"ais": folder}, {"ais": ais}, out, log=lambda line: None)
    facts = fleet_step.run(context)
    json.dumps(facts, allow_nan=False)
    return pd.read_parquet(out / "ships.parquet"), facts


def test_imo_then_mmsi_then_ais_value_by_value(tmp_path: Path) -> None:
    ships, facts = run(
        tmp_path,
        statics({"mmsi": 273000001, "imo": VOLGA}, {"mmsi": 273000002}, {"mmsi": 273000003}),
        f"imo,mmsi,beam_m,draught_m\n{VOLGA},,16.0,\n,273000001,17.0,4.2\n,273000002,15.0,\n",
    )
    assert ships["beam_m"].tolist() == [16.0, 15.0, 16.7]
    assert ships["draught_m"].tolist() == [4.2, 4.5, 4.5]
    assert ships["registry"].tolist() == ["imo", "mmsi", ""]
    origins = origins_of(ships["origins"][0])
    assert (origins["beam_m"], origins["draught_m"], origins["length_m"]) == ("registry_imo", "registry_mmsi", "ais")
    assert facts["registry"] == {"rows": 3, "by_imo": 1, "by_mmsi": 1, "contradicted": 0}
    assert facts["provenance"] == "public"
    assert [source["role"] for source in facts["sources"]] == ["ship_registry"]


def test_registered_weights_count_before_the_hull(tmp_path: Path) -> None:
    ships, _ = run(
        tmp_path,
        statics({"mmsi": 273000001}, {"mmsi": 273000002}, {"mmsi": 273000003}),
        "mmsi,dwt_t,displacement_t\n273000001,6000,\n273000002,6000,9000\n273000003,,9000\n",
    )
    assert ships["displacement_t"].tolist() == pytest.approx([6000 / 0.75, 9000, 9000])
    assert ships["dwt_t"].tolist() == pytest.approx([6000, 6000, 9000 * 0.75])
    assert origins_of(ships["origins"][0])["displacement_t"] == "deadweight"
    assert origins_of(ships["origins"][1])["displacement_t"] == "registry_mmsi"


def test_anchors_follow_from_what_is_registered(tmp_path: Path) -> None:
    ships, _ = run(
        tmp_path,
        statics(*({"mmsi": 273000001 + at} for at in range(5))),
        "mmsi,equipment_number,anchor_kg,anchor_type,chain_m,fluke_length_m\n273000001,1138,,,,\n273000002,,3000,,,\n"
        "273000003,,,hhp,,\n273000004,1138,,hhp,500,1.5\n",
    )
    assert ships["anchor_kg"].tolist() == [3300, 3000, 1845, 2475, 2460]
    assert ships["chain_m"].tolist() == [495, 467.5, 467.5, 500, 467.5]
    assert ships["fluke_length_m"].tolist() == pytest.approx(
        [*(0.8 * np.cbrt([3.3, 3.0, 2.46])), 1.5, 0.8 * 2.46 ** (1 / 3)]  # hhp digs as the 2,460 kg it stands in for
    )
    assert origins_of(ships["origins"][1])["anchor_kg"] == "registry_mmsi"


def test_high_holding_power_is_never_less_deep(tmp_path: Path) -> None:
    ships, _ = run(
        tmp_path,
        statics(*({"mmsi": 273000001 + at} for at in range(4))),
        "mmsi,equipment_number,anchor_kg,anchor_type\n273000001,200,,\n273000002,200,,hhp\n"
        "273000003,,3000,\n273000004,,3000,hhp\n",
    )
    assert ships["anchor_kg"].tolist() == [570, 428, 3000, 3000]
    assert ships["fluke_length_m"].tolist() == pytest.approx(0.8 * np.cbrt([0.57, 0.57, 3.0, 4.0]))


def test_what_held_draughts_weigh_is_told(tmp_path: Path) -> None:
    fleet = [{"mmsi": 273000001 + at} for at in range(6)]
    _, facts = run(tmp_path, statics(*fleet, {"mmsi": 273000007, "draught_m": 8.0}))
    less = 1.009 * 140.0 * 16.7 * (8.0 - 1.2 * 140.0 / 22) * 0.93
    (told,) = (text for text in facts["findings"] if text.startswith("draughts held"))
    assert told.startswith(f"draughts held to the usual take {less:,.0f} t off the displacement of 1 ship, ")


def test_the_ceiling_is_raised_by_configuration_alone(tmp_path: Path) -> None:
    text = "mmsi,dwt_t\n273000001,40000\n"
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    ships, facts = run(tmp_path / "a", statics({"mmsi": 273000001}), text)
    assert (ships["dwt_t"][0], ships["displacement_t"][0], ships["flags"][0]) == (13000, 18060, "over_ceiling_capped")
    assert any("ceiling of 13,000 t" in finding for finding in facts["findings"])
    ships, _ = run(tmp_path / "b", statics({"mmsi": 273000001}), text, max_dwt_t=5e4, max_displacement_t=7e4)
    assert ships["dwt_t"][0] == 40000


def test_a_row_of_another_hull_is_not_hers(tmp_path: Path) -> None:
    ships, facts = run(
        tmp_path,
        statics({"mmsi": 273000001, "imo": VOLGA}, {"mmsi": 273000002}),
        f"imo,mmsi,beam_m\n{KAMA},273000001,12.0\n{DON},273000002,13.0\n",
    )
    assert ships["beam_m"].tolist() == [16.7, 13.0]
    assert ships["imo"].tolist() == [VOLGA, DON]  # told by the registry, for AIS tells none
    assert facts["registry"]["contradicted"] == 1
    assert any("another IMO number than she states" in finding for finding in facts["findings"])


def test_a_better_source_counts_and_the_next_fills(tmp_path: Path) -> None:
    ships, _ = run(
        tmp_path,
        statics({"mmsi": 273000001}),
        "mmsi,beam_m\n273000001,16.0\n",
        "mmsi,beam_m,dwt_t\n273000001,15,7000\n",
    )
    assert (ships["beam_m"][0], ships["dwt_t"][0]) == (16.0, 7000)


def test_one_row_in_feet_is_left_out_and_told(tmp_path: Path) -> None:
    said = statics(*({"mmsi": 273000001 + at} for at in range(3)))
    ships, facts = run(tmp_path, said, "mmsi,length_m\n273000001,459.3\n273000002,140\n273000003,141\n")
    assert ships["length_m"].tolist() == [140, 140, 141]
    assert any("registry0.csv, line 2: length_m is 3.28 times what AIS says" in told for told in facts["findings"])


def test_a_column_in_another_unit_is_refused(tmp_path: Path) -> None:
    said = statics(*({"mmsi": 273000001 + at, "length_m": 150.0} for at in range(3)))
    with pytest.raises(DataError, match=r"length_m is in 3 of 3 rows 3\.28 times .* feet"):
        run(tmp_path, said, "mmsi,length_m\n273000001,492.1\n273000002,492.1\n273000003,492.1\n")


def test_kilotonnes_are_left_out_and_told(tmp_path: Path) -> None:
    ships, facts = run(tmp_path, statics({"mmsi": 273000001}), "mmsi,dwt_t\n273000001,7.8\n")
    assert ships["dwt_t"][0] > 7000
    assert any("thousands of tonnes?" in finding for finding in facts["findings"])


@pytest.mark.parametrize(
    ("values", "refused"), [(("7.8", "8"), True), (("7.8", "7800"), False), (("7.8", "8", "7800"), False)]
)
def test_kilotonnes_in_all_of_two_rows_are_refused(tmp_path: Path, values: tuple[str, ...], refused: bool) -> None:
    """Two of two rows make it the file's unit, one of two or two of three do not."""
    said = statics(*({"mmsi": 273000001 + at} for at in range(len(values))))
    rows = "".join(f"{273000001 + at},{value}\n" for at, value in enumerate(values))
    if refused:
        with pytest.raises(DataError, match=r"dwt_t is in 2 of 2 rows under 0\.01 .* thousands of tonnes"):
            run(tmp_path, said, f"mmsi,dwt_t\n{rows}")
    else:
        _, facts = run(tmp_path, said, f"mmsi,dwt_t\n{rows}")
        assert any("thousands of tonnes?" in finding for finding in facts["findings"])


def test_differences_are_counted_and_no_ship_is_named(tmp_path: Path) -> None:
    ships, facts = run(
        tmp_path, statics({"mmsi": 273000001, "name": "SECRET"}), "mmsi,length_m,name\n273000001,180,SECRET TOO\n"
    )
    assert (ships["length_m"][0], ships["flags"][0], ships["name"][0]) == (180, "registry_differs", "SECRET TOO")
    assert facts["flags"] == {"registry_differs": 1}
    said = json.dumps(facts)
    assert "SECRET" not in said
    assert "273000001" not in said


def test_kinds_of_doubt_are_counted_in_one_finding(tmp_path: Path) -> None:
    said = statics(
        {"mmsi": 1, "beam_m": NAN}, {"mmsi": 2, "draught_m": NAN}, {"mmsi": 3, "beam_m": 2.0},
        {"mmsi": 4, "imo": VOLGA}, {"mmsi": 5, "imo": VOLGA}, {"mmsi": 6, "imo": VOLGA + 1},
    )  # fmt: skip
    _, facts = run(tmp_path, said)
    assert facts["flags"] == {
        "beam_implausible": 1, "beam_estimated": 2, "draught_estimated": 1, "imo_wrong": 1, "imo_shared": 2,
    }  # fmt: skip
    assert facts["imo"] == {"known": 2, "wrong": 1}
    sizes, wrong, shared = facts["findings"]
    assert sizes.startswith("3 of 6 ships have an estimated, corrected or capped dimension: 1 too narrow or too broad")
    assert wrong.startswith("1 ship stating a number that is no IMO number")
    assert shared.startswith("2 ships whose IMO number another MMSI also states")


def test_ships_that_never_appear_are_no_finding(tmp_path: Path) -> None:
    _, facts = run(tmp_path, statics({"mmsi": 273000001}), f"imo,beam_m\n{VOLGA},16\n")
    assert facts["findings"] == []


def test_registered_type_and_dimensions_are_not_doubted(tmp_path: Path) -> None:
    ships, _ = run(
        tmp_path,
        statics({"mmsi": 273000001, "vessel_type": 30.0, "length_m": 14.0}),
        "mmsi,ship_type,length_m,draught_m\n273000001,tanker,140,6.0\n",
    )
    row = ships.iloc[0]
    assert (row["type_class"], row["length_m"], row["draught_m"]) == ("tanker", 140, 6.0)
    assert origins_of(row["origins"])["vessel_type"] == "registry_mmsi"


def test_placeholders_and_ranges_are_configured() -> None:
    with pytest.raises(ValueError, match="no columns"):
        ShippingSection.model_validate({"registry_ranges": {"colour": [1, 2]}})
    assert ShippingSection.model_validate({"registry_ranges": {"dwt_t": [1, 2]}}).registry_ranges["beam_m"][0] == 1.0
