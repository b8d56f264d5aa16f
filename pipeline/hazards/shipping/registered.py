"""What a registry says of the ships that AIS shows: by IMO number, then by MMSI (METHODS 1.5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.shipping import ShippingSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Ints
from pipeline.hazards.shipping.noted import Bools, Noted
from pipeline.sources.ships.registry import NUMBERS, WORDS

Words = NDArray[np.object_]
_KEYS = ("imo", "mmsi")
_FEET, _FEET_OFF = 3.2808, 0.03  # feet in a metre, and how near a ratio must come to be taken for it
_MANY = 3  # rows of a file that show another unit make it the file's, if over half of those compared do, or all of 2
_TOLD = 5


@dataclass(frozen=True)
class Registered:
    """What the registry says of each ship of a fleet, shape (ships,) each.

    Attributes
    ----------
    by : ndarray of str
        By which key she is known: "imo", "mmsi" or "" if she is not.
    imo : ndarray
        Her IMO number where the registry tells it by her MMSI; else NaN.
    values : dict[str, ndarray]
        Numbers (``NUMBERS``), NaN where not said.
    value_by : dict[str, ndarray of str]
        By which key each number is known.
    name, type_class, anchor_type : ndarray of str
        Words, "" where not said.
    differs : ndarray of bool
        Whether AIS says another length or beam.
    """

    by: Words
    imo: Floats
    values: dict[str, Floats]
    value_by: dict[str, Words]
    name: Words
    type_class: Words
    anchor_type: Words
    differs: Bools

    @classmethod
    def nothing(cls, ships: int) -> Registered:
        """Return what is known without a registry."""
        blank, nan = np.full(ships, "", object), np.full(ships, np.nan)
        return cls(
            blank, nan, dict.fromkeys(NUMBERS, nan), dict.fromkeys(NUMBERS, blank), blank, blank, blank,
            np.zeros(ships, bool),
        )  # fmt: skip

    def over(self, name: str, values: Floats, noted: Noted) -> Floats:
        """Return values with those of the registry put in their place, and note where they come from."""
        said = ~np.isnan(self.values[name])
        for key in _KEYS:
            noted.origin(name, f"registry_{key}", said & (self.value_by[name] == key))
        return np.where(said, self.values[name], values)


def match(
    ships: pd.DataFrame, registry: pd.DataFrame, section: ShippingSection
) -> tuple[Registered, list[str], dict[str, int]]:
    """Look up ships in a registry.

    Parameters
    ----------
    ships : DataFrame
        ``mmsi imo length_m beam_m reported_draught_m``, one row a ship, as AIS states them.
    registry : DataFrame
        Rows of ``read_registry``, best source first: a value that a better source leaves blank is taken from the next.
    section : ShippingSection
        How far registry and AIS may differ.

    Returns
    -------
    registered : Registered
        What counts. A value that looks as if it were in another unit is set aside.
    findings : list of str
        By file and row, without the names and numbers of ships.
    counts : dict
        ``rows``, ships ``by_imo`` and ``by_mmsi``, and ``contradicted``: rows that have a ship's MMSI but another IMO
        number than she states, which are not hers.

    Raises
    ------
    DataError
        Naming the file, if a whole column is in another unit.
    """
    hers = _Rows.of(ships, registry)
    by = np.where(hers.any_row("imo"), "imo", np.where(hers.any_row("mmsi"), "mmsi", "")).astype(object)
    found = Registered.nothing(len(ships))
    values, value_by, rows = {}, {}, {}
    for name in NUMBERS:
        rows[name], value_by[name] = hers.where(registry[name].notna().to_numpy())
        values[name] = _take(registry[name].to_numpy(float), rows[name], np.nan)
    words = {}
    for name in WORDS:
        at, _ = hers.where((registry[name] != "").to_numpy())
        words[name] = _take(registry[name].to_numpy(object), at, "")
    at, _ = hers.where(registry["imo"].notna().to_numpy())
    own = ships["imo"].to_numpy(float)
    imo = np.where(np.isnan(own), _take(registry["imo"].to_numpy(float), at, np.nan), np.nan)
    found = replace(found, by=by, imo=imo, values=values, value_by=value_by, **words)
    findings = _set_aside_other_units(found, rows, ships, registry, section)
    differs = np.zeros(len(ships), bool)
    for name in ("length_m", "beam_m"):
        with np.errstate(invalid="ignore"):
            differs |= np.abs(values[name] / ships[name].to_numpy(float) - 1.0) > section.registry_differs
    counts = {
        "rows": len(registry), "by_imo": int((by == "imo").sum()), "by_mmsi": int((by == "mmsi").sum()),
        "contradicted": hers.contradicted,
    }  # fmt: skip
    return replace(found, differs=differs), findings, counts


@dataclass(frozen=True)
class _Rows:
    """Rows of the registry for each ship, by key."""

    ships: dict[str, Floats]
    rows: dict[str, Floats]
    contradicted: int

    @classmethod
    def of(cls, ships: pd.DataFrame, registry: pd.DataFrame) -> _Rows:
        keys = {key: registry[key].to_numpy(float) for key in _KEYS}
        # An MMSI that the registry gives to several hulls names none of them.
        hulls = registry[registry["imo"].notna()].groupby("mmsi")["imo"].nunique()
        several = np.isin(keys["mmsi"], hulls[hulls > 1].index.to_numpy(float))
        # Nor does a row with her MMSI and another IMO number than she states speak of her.
        stated = pd.Series(ships["imo"].to_numpy(float), index=ships["mmsi"].to_numpy(float))
        hers = stated.reindex(keys["mmsi"]).to_numpy()
        with np.errstate(invalid="ignore"):
            other = ~np.isnan(hers) & ~np.isnan(keys["imo"]) & (hers != keys["imo"])
        keys["mmsi"] = np.where(several | other, np.nan, keys["mmsi"])
        return cls({key: ships[key].to_numpy(float) for key in _KEYS}, keys, int((other & ~several).sum()))

    def any_row(self, key: str) -> Bools:
        """Return which ships have a row by a key."""
        return np.isin(self.ships[key], self.rows[key][~np.isnan(self.rows[key])])

    def where(self, said: Bools) -> tuple[Ints, Words]:
        """Return for each ship the best row that says something, -1 if none, and by which key."""
        at, by = np.full(len(self.ships["imo"]), -1, np.int64), np.full(len(self.ships["imo"]), "", object)
        for key in _KEYS:
            rows = np.flatnonzero(said & ~np.isnan(self.rows[key]))
            values, first = np.unique(self.rows[key][rows], return_index=True)
            if not len(rows):
                continue
            place = np.minimum(np.searchsorted(values, self.ships[key]), len(values) - 1)
            hit = (values[place] == self.ships[key]) & (at < 0)
            at[hit], by[hit] = rows[first[place[hit]]], key
        return at, by


def _take(values: NDArray[Any], at: Ints, blank: float | str) -> NDArray[Any]:
    """Return the values at some rows, blank where the row is -1."""
    return np.append(values, np.array([blank], dtype=values.dtype))[at]


def _set_aside_other_units(
    found: Registered, rows: dict[str, Ints], ships: pd.DataFrame, registry: pd.DataFrame, section: ShippingSection
) -> list[str]:
    """Blank, in place, values that are what AIS says in another unit; refuse a file that is full of them."""
    findings: list[str] = []
    for name, column in (("length_m", "length_m"), ("beam_m", "beam_m"), ("draught_m", "reported_draught_m")):
        ratio = found.values[name] / ships[column].to_numpy(float)
        with np.errstate(invalid="ignore"):
            odd = np.abs(ratio / _FEET - 1.0) < _FEET_OFF
        findings += _told(name, odd, ~np.isnan(ratio), rows[name], registry, f"{_FEET:.2f} times what AIS says: feet?")
        found.values[name][odd] = np.nan
    length = np.where(np.isnan(found.values["length_m"]), ships["length_m"].to_numpy(float), found.values["length_m"])
    form = section.ship_types["other"]
    usual_t = (
        section.water_density_kg_m3 / 1000.0 * length**3 / form.length_per_beam / form.length_per_draught
        * form.block_coefficient * form.dwt_per_displacement
    )  # fmt: skip
    ratio = found.values["dwt_t"] / usual_t
    with np.errstate(invalid="ignore"):
        odd = ratio < section.registry_least_dwt
    what = f"under {section.registry_least_dwt:g} of what is usual for the length: thousands of tonnes?"
    findings += _told("dwt_t", odd, ~np.isnan(ratio), rows["dwt_t"], registry, what)
    found.values["dwt_t"][odd] = np.nan
    return findings


def _told(name: str, odd: Bools, compared: Bools, rows: Ints, registry: pd.DataFrame, what: str) -> list[str]:
    """Return a finding for each row of odd values; refuse the column of a file where most are."""
    table = registry[["file", "line"]].iloc[rows[compared]].assign(odd=odd[compared]).drop_duplicates()
    for file, own in table.groupby("file"):
        if own["odd"].sum() >= min(_MANY, max(len(own), 2)) and own["odd"].mean() > 0.5:
            raise DataError(
                f"{name} is in {own['odd'].sum()} of {len(own)} rows {what}",
                where=f"{file}, line {own.loc[own['odd'], 'line'].min()}",
                remedy="Convert the column, or leave it out.",
            )
    told = table[table["odd"]].sort_values(["file", "line"])
    findings = [f"{row.file}, line {row.line}: {name} is {what} It is left out" for row in told.itertuples()]
    more = [f"{name}: {len(findings) - _TOLD} more rows like these"] if len(findings) > _TOLD else []
    return findings[:_TOLD] + more
