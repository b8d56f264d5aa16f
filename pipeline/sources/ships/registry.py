"""Reading a register of ships: one hull a row, by IMO number or MMSI; what cannot be meant is refused with its row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.corridor import SourceSection
from pipeline.config.shipping import ShippingSection
from pipeline.errors import ConfigError, DataError
from pipeline.geo import Floats
from pipeline.sources.imo import is_imo_number
from pipeline.sources.tables.aliases import alias_columns, plain
from pipeline.sources.tables.header import NEEDED, PLACE
from pipeline.sources.tables.numbers import numbers
from pipeline.sources.tables.reading import read_header, read_table
from pipeline.sources.unpacking import Bounds
from pipeline.workspace import SourceFiles

NUMBERS = (
    "dwt_t", "displacement_t", "length_m", "beam_m", "draught_m", "equipment_number", "anchor_kg", "chain_m",
    "fluke_length_m",
)  # fmt: skip
"""Columns of numbers, all optional; ``chain_m`` is both sides together."""
WORDS = ("name", "type_class", "anchor_type")
ROLE = "ship_registry"
_ANCHORS = {
    "stockless": ("stockless", "hall", "spek", "byers", "jis", "ordinary"),
    "hhp": ("hhp", "high_holding_power", "ac_14", "ac14", "pool", "pool_n", "danforth"),
}
_MMSI = (100_000_000.0, 999_999_999.0)


def read_registry(
    sources: Sequence[SourceFiles], shipping: ShippingSection
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Read all registers.

    Parameters
    ----------
    sources : sequence of SourceFiles
        Sources of role ``ship_registry``, best first.
    shipping : ShippingSection
        Ranges and ship types.

    Returns
    -------
    rows : DataFrame
        ``imo mmsi`` (NaN where blank), ``NUMBERS`` (NaN where blank), ``WORDS`` ("" where blank; ``type_class`` a name
        of ``[shipping.ship_types]``), ``file line source``; best source first.
    remarks : list of (file, text)
        What is to be said of how they were read.

    Raises
    ------
    DataError
        Naming file and row, where a row cannot be meant, or two rows of a source contradict each other.
    """
    tables, remarks = [], []
    for rank, source in enumerate(sources):
        own = []
        for path in source.paths:
            table, said = read_file(path, source.section, shipping)
            own.append(table.assign(file=source.name_of(path), source=rank))
            remarks += [(source.name_of(path), text) for text in said]
        tables.append(pd.concat(own, ignore_index=True))
        refuse_contradictions(tables[-1])
    return pd.concat(tables, ignore_index=True), remarks


def read_file(path: Path, section: SourceSection, shipping: ShippingSection) -> tuple[pd.DataFrame, list[str]]:
    """Read one file; see ``read_registry``."""
    bounds = Bounds.of(section)
    header = read_header(path, sheet=section.variable, bounds=bounds)
    renames, unused = alias_columns(header, section.columns, ROLE, f"{path}, line 1")
    text = read_table(path, renames, needed=NEEDED[ROLE], sheet=section.variable, bounds=bounds)
    remarks = [f"columns that are not used: {', '.join(unused)}"] if unused else []
    for key in ("imo", "mmsi"):
        if key in text:
            text[key] = text[key].str.replace(r"^(?i:imo)\s*", "", regex=True).replace("0", "")
    rows = pd.DataFrame({"imo": _key(text, "imo", path), "mmsi": _key(text, "mmsi", path)})
    _refuse(np.isnan(rows["imo"]) & np.isnan(rows["mmsi"]), "the row has neither imo nor mmsi", text, path)
    wrong = rows["imo"].notna().to_numpy() & ~is_imo_number(rows["imo"], shipping.placeholder_imo)
    _refuse(wrong, "the imo is no IMO number, its check digit is wrong", text, path)
    for name in NUMBERS:
        low, high = shipping.registry_ranges[name]
        rows[name] = numbers(text, name, path, low=low, high=high, optional=True)
    _refuse(rows["dwt_t"] >= rows["displacement_t"], "dwt_t is not below displacement_t", text, path)
    _refuse(rows["length_m"] <= rows["beam_m"], "length_m is not above beam_m", text, path)
    _refuse(rows["beam_m"] <= rows["draught_m"], "beam_m is not above draught_m", text, path)
    blank = pd.Series("", index=text.index)
    rows["name"] = text.get("name", blank)
    rows["type_class"] = _types(text.get("ship_type", blank), section, shipping, remarks, path)
    rows["anchor_type"] = _anchor_types(text, path)
    return rows.assign(line=text[PLACE].to_numpy()), remarks


def refuse_contradictions(rows: pd.DataFrame) -> None:
    """Refuse two rows of one ship that say different things; rows that say the same twice are harmless.

    Two hulls may have had one MMSI: rows of one MMSI with several IMO numbers are no contradiction.
    """
    keyed = rows.assign(hull=rows["imo"].fillna(-1.0))
    for key in (["imo"], ["mmsi", "hull"]):
        some = keyed[keyed[key[0]].notna()]
        some = some[some.duplicated(key, keep=False)].sort_values(key, kind="stable")
        for name in (*NUMBERS, *WORDS[1:]):
            said = some[some[name].notna() & (some[name] != "")]
            first = said.groupby(key)[name].transform("first")
            other = said[said[name] != first]
            if len(other):
                row = other.iloc[0]
                same = said[(said[key] == row[key]).all(axis=1)].iloc[0]
                raise DataError(
                    f"the {key[0]} {row[key[0]]:.0f} stands twice, with {name} {same[name]} and {row[name]}",
                    where=f"{same['file']}, line {same['line']}, and {row['file']}, line {row['line']}",
                    remedy="Keep one of them.",
                )


def _key(text: pd.DataFrame, name: str, path: Path) -> Floats:
    low, high = _MMSI if name == "mmsi" else (1.0, 9_999_999.0)
    return numbers(text, name, path, low=low, high=high, optional=True)


def _refuse(bad: pd.Series | np.ndarray, cause: str, text: pd.DataFrame, path: Path) -> None:
    rows = np.flatnonzero(np.asarray(bad, dtype=bool))
    if rows.size:
        line = text[PLACE].iloc[int(rows[0])]
        raise DataError(cause, where=f"{path}, line {line}", remedy="Mend or delete the row.")


def _types(
    text: pd.Series, section: SourceSection, shipping: ShippingSection, remarks: list[str], path: Path
) -> pd.Series:
    """Return names in ``[shipping.ship_types]``, by ``classes`` of the source, AIS codes or the names themselves."""
    classes = section.classes or {}
    if strange := sorted(set(classes.values()) - set(shipping.ship_types)):
        raise ConfigError(
            f"the classes of a ship registry name types that do not exist: {', '.join(strange)}",
            where=str(path),
            remedy=f"The types of ships are {', '.join(shipping.ship_types)}.",
        )
    by_code = {str(code): name for name, kind in shipping.ship_types.items() for code in kind.ais_codes}
    known: dict[str, str] = {"": ""}
    for said in text.unique():
        if said in classes:
            known[said] = classes[said]
        elif said in by_code or plain(said) in shipping.ship_types:
            known[said] = by_code.get(said) or plain(said)
    others = text[~text.isin(list(known))]
    if len(others):
        names = ", ".join(repr(name) for name in sorted(others.unique())[:5])
        remarks.append(
            f"ship types that are not known in {len(others)} rows, such as {names}: the type of AIS counts there; "
            'map them with classes = { "Oil tanker" = "tanker" }'
        )
    return text.map(known).fillna("").astype(object)


def _anchor_types(text: pd.DataFrame, path: Path) -> pd.Series:
    said = text.get("anchor_type", pd.Series("", index=text.index)).map(plain)
    words = {word: name for name, many in _ANCHORS.items() for word in many} | {"": ""}
    _refuse(
        ~said.isin(list(words)),
        f"the anchor_type is none of {', '.join(name for many in _ANCHORS.values() for name in many)}",
        text, path,
    )  # fmt: skip
    return said.map(words).astype(object)
