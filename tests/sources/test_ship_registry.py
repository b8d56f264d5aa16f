"""A register of ships: what is read, by which names, and what is refused with its row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.config.corridor import SourceSection
from pipeline.config.shipping import ShippingSection
from pipeline.errors import ConfigError, DataError
from pipeline.sources.ships.registry import read_file, read_registry
from pipeline.workspace import SourceFiles

SHIPPING = ShippingSection()


def section(**more: object) -> SourceSection:
    return SourceSection.model_validate({"role": "ship_registry", "files": "ships*.csv", **more})


def write(folder: Path, text: str, name: str = "ships.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, **more: object) -> tuple[pd.DataFrame, list[str]]:
    return read_file(write(folder, text), section(**more), SHIPPING)


def test_every_column_by_the_layouts_names(tmp_path: Path) -> None:
    rows, remarks = read(
        tmp_path,
        "imo,mmsi,name,ship_type,dwt_t,displacement_t,length_m,beam_m,draught_m,equipment_number,anchor_kg,anchor_type,"
        "chain_m,fluke_length_m\n"
        "9074729,273123456,VOLGA,tanker,7800,10600,140.85,16.7,4.5,820,2460,AC-14,467.5,1.1\n"
        "IMO 9166778,,,70,,,,,,,,,,\n",
    )
    assert remarks == []
    first, second = rows.iloc[0], rows.iloc[1]
    assert (first["imo"], first["mmsi"], first["type_class"], first["anchor_type"]) == (
        9074729, 273123456, "tanker", "hhp",
    )  # fmt: skip
    assert (first["dwt_t"], first["fluke_length_m"], first["line"]) == (7800, 1.1, 2)
    assert (second["imo"], second["type_class"], second["name"]) == (9166778, "dry_cargo", "")
    assert np.isnan(second[["mmsi", "dwt_t", "length_m", "chain_m"]].astype(float)).all()


def test_other_names_and_strangers(tmp_path: Path) -> None:
    rows, remarks = read(tmp_path, "IMO Number;LOA (m);Breadth;Flag;Owner\n9074729;140,85;16,7;AZ;X\n")
    assert rows[["imo", "length_m", "beam_m"]].iloc[0].tolist() == [9074729, 140.85, 16.7]
    assert remarks == ["columns that are not used: Flag, Owner"]


def test_renames_come_first(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "imo,LBP,length\n9074729,130,140\n", columns={"LBP": "length_m"})
    assert rows["length_m"].tolist() == [130]


def test_types_by_classes_and_unknown_ones_are_told(tmp_path: Path) -> None:
    text = "mmsi,type\n273123456,Oil tanker\n273123457,Zeppelin\n273123458,Dry cargo\n"
    rows, remarks = read(tmp_path, text, classes={"Oil tanker": "tanker"})
    assert rows["type_class"].tolist() == ["tanker", "", "dry_cargo"]
    assert "'Zeppelin'" in remarks[0]
    with pytest.raises(ConfigError, match="submarine"):
        read(tmp_path, text, classes={"Oil tanker": "submarine"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,dwt_t\nVOLGA,7800\n", ["columns are missing: imo or mmsi", "line 1"]),
        ("imo,dwt_t\n9074728,7800\n", ["check digit", "line 2"]),
        ("imo,dwt_t\n1234567,7800\n", ["no IMO number", "line 2"]),
        ("imo,mmsi\n9074729,\n,\n0,\n", ["neither imo nor mmsi", "line 4"]),
        ("mmsi\n12345\n", ["mmsi '12345'", "line 2"]),
        ("imo,dwt_t\n9074729,much\n", ["dwt_t 'much'", "line 2"]),
        ("imo,dwt_t\n9074729,7.8\n9166778,-5\n", ["dwt_t '-5'", "line 3"]),
        ("imo,anchor_kg\n9074729,2.46\n", ["anchor_kg '2.46'", "from 20 to 50000"]),
        ("imo,chain_m\n9074729,18\n", ["chain_m '18'", "line 2"]),
        ("imo,dwt_t,displacement_t\n9074729,9000,8000\n", ["dwt_t is not below displacement_t", "line 2"]),
        ("imo,length_m,beam_m\n9074729,16.7,120\n", ["length_m is not above beam_m", "line 2"]),
        ("imo,beam_m,draught_m\n9074729,16.7,17\n", ["beam_m is not above draught_m", "line 2"]),
        ("imo,anchor_type\n9074729,mushroom\n", ["anchor_type is none of stockless", "line 2"]),
        ("imo,length_ft\n9074729,460\n", ["length_ft is in another unit", "line 1"]),
        ("imo,DWT (kt)\n9074729,7.8\n", ["DWT (kt) is in another unit", "line 1"]),
        ("imo,loa,length\n9074729,140,139\n", ["two columns may mean length_m: loa and length", "line 1"]),
        ("imo,imo\n9074729,9074729\n", ["stand twice: imo", "line 1"]),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_row(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    for word in ("ships.csv", *words):
        assert word in str(caught.value)


def source(*paths: Path) -> SourceFiles:
    return SourceFiles("fleet", section(), tuple(sorted(paths)))


def test_two_rows_of_one_ship_must_agree(tmp_path: Path) -> None:
    same = write(tmp_path, "imo,dwt_t,beam_m\n9074729,7800,\n9074729,7800,16.7\n", "a.csv")
    rows, _ = read_registry([source(same)], SHIPPING)
    assert len(rows) == 2
    other = write(tmp_path, "imo,dwt_t\n9074729,7900\n", "b.csv")
    with pytest.raises(DataError, match="imo 9074729 stands twice, with dwt_t 7800") as caught:
        read_registry([source(same, other)], SHIPPING)
    assert "a.csv, line 2" in str(caught.value)
    assert "b.csv, line 2" in str(caught.value)
    rows, _ = read_registry([source(same), source(other)], SHIPPING)  # two sources: the better one counts
    assert rows["dwt_t"].tolist() == [7800, 7800, 7900]


def test_one_mmsi_may_have_had_two_hulls(tmp_path: Path) -> None:
    path = write(tmp_path, "imo,mmsi,dwt_t\n9074729,273123456,7800\n9166778,273123456,3000\n")
    assert len(read_registry([source(path)], SHIPPING)[0]) == 2


def test_workbooks_do_as_well(tmp_path: Path) -> None:
    path = tmp_path / "ships.xlsx"
    pd.DataFrame({"IMO": [9074729], "DWT": [7800.5], "Anchor type": ["Hall"]}).to_excel(path, index=False)
    rows, _ = read_file(path, section(), SHIPPING)
    assert rows[["imo", "dwt_t", "anchor_type"]].iloc[0].tolist() == [9074729, 7800.5, "stockless"]
