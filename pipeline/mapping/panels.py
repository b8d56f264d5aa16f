"""The words and lists around the map: totals, legend, age of the data."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline.config.map import MapSection
from pipeline.mapping import words
from pipeline.mapping.messages import Number, counted, msgid, say
from pipeline.mapping.ramps import BLANK_COLOUR, NONE_COLOUR, Entry, TargetPalette
from pipeline.store import Facts


@dataclass(frozen=True)
class Legend:
    """One block of the legend.

    Attributes
    ----------
    title : str
        What the colours mean, with unit.
    entries : list of (str, str)
        Colour and label.
    note : str
        Provenance, or why the layer is missing.
    layer : str
        Name of the layer in the page's script; the block is seen while the map shows it. Empty: always.
    swath : bool
        It is a picture of decisions and threats in the swath, which a what-if does not draw anew.
    """

    title: str
    entries: list[Entry]
    note: str = ""
    layer: str = ""
    swath: bool = False


@dataclass(frozen=True)
class Headline:
    """A figure that answers at once.

    Attributes
    ----------
    key : str
        Name for the page's script.
    label, text : str
        In words.
    loud : bool
        Something is left to do.
    """

    key: str
    label: str
    text: str
    loud: bool = False


@dataclass(frozen=True)
class Bar:
    """Kilometres of one target depth; ``depth_m`` is None where none was decided."""

    colour: str
    label: str
    km: float
    share: float
    depth_m: float | None = None


def build_name(key: str) -> str:
    """Return what pages show of the key of a build: as much as the id of a release ends with."""
    return key[:8]


def target_legend(palette: TargetPalette) -> Legend:
    """Return the legend of the main layer."""
    entries = [(palette.colour(depth), words.depth(depth)) for depth in palette.ladder_m]
    return Legend(
        say("Target depth of lowering"),
        [(NONE_COLOUR, say("none: laid on the seabed")), *entries, (BLANK_COLOUR, words.NOT_ASSESSED)],
        say("Wider lines are deeper. Black dots: the target is out of reach of the tools for that soil."),
        layer="zones",
    )


def length_bars(totals: Mapping[str, Any], palette: TargetPalette) -> list[Bar]:
    """Return the kilometres by target depth, shallow first; depths that are not numbers come last, unassessed."""
    numbers, others = [], []
    for depth, km in (totals.get("dol_km") or {}).items():
        try:
            numbers.append((float(depth), float(km)))
        except ValueError:
            others.append((str(depth).replace("_", " "), float(km)))
    if totals.get("undecided_km"):
        others.append((words.NOT_ASSESSED, float(totals["undecided_km"])))
    longest = max([km for _, km in [*numbers, *others]], default=0.0) or 1.0
    bars = [
        Bar(palette.colour(depth), words.depth(depth) if depth > 0 else say("none"), km, km / longest, depth)
        for depth, km in sorted(numbers)
    ]
    return bars + [Bar(BLANK_COLOUR, label or words.NOT_ASSESSED, km, km / longest) for label, km in sorted(others)]


def headline(totals: Mapping[str, Any]) -> list[Headline]:
    """Return what a reader asks first: how often the cable is struck, buried and not, and where it cannot be buried."""
    built, laid = totals.get("strike_per_yr_as_trenchable"), totals.get("strike_per_yr_surface_laid")
    deficit = totals.get("deficit_km")
    return [
        Headline("return_period", say("A strike, as tools can bury it"), _once(built)),
        Headline("return_period_surface", say("A strike, laid on the seabed"), _once(laid)),
        Headline("strikes", say("Strikes as tools can bury it"), words.rate(built)),
        Headline(
            "deficit",
            say("Target out of reach (deficit)"),
            words.quantity(deficit, "km", 1),
            loud=not words.blank(deficit) and float(deficit or 0.0) > 0.0,
        ),
    ]


def totals_rows(
    totals: Mapping[str, Any], *, design_life_yr: float | None = None, scenarios: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """Return the route totals as labels and texts, and after them the scenarios, which are no part of them.

    Parameters
    ----------
    totals : mapping
        Of the burial step.
    design_life_yr : float, optional
        For the chance of a strike in the life of the cable, 1 - exp(-P L) (METHODS 1.2).
    scenarios : mapping, optional
        Of the burial step.
    """
    surface, target = totals.get("strike_per_yr_surface_laid"), totals.get("strike_per_yr_at_target")
    built = totals.get("strike_per_yr_as_trenchable")
    rows: list[tuple[str, str]] = [
        (say("Route length"), words.quantity(totals.get("route_length_km"), "km", 1)),
        (say("Strikes if laid on the seabed"), words.rate(surface)),
    ]
    if (limit := totals.get("uniform_limit_per_km_yr")) is not None:
        rows.append((say("Tolerable on the whole route"), words.rate(totals["tolerable_strike_per_yr"])))
        rows.append((say("Tolerable on each km, evenly shared"), words.rate(limit)))
    rows += [
        (say("Return period, laid on the seabed"), _once(surface)),
        (say("Strikes at target depth"), words.rate(target)),
        (say("Strikes as tools can bury it"), words.rate(built)),
        (say("Return period, as tools can bury it"), _once(built)),
    ]
    if design_life_yr and built is not None and not words.blank(built):
        chance = -math.expm1(-float(built) * design_life_yr)
        label = counted(
            "Chance of a strike in {n} year, as tools can bury it",
            "Chance of a strike in {n} years, as tools can bury it",
            n=design_life_yr,
        )
        rows.append((label, words.measure(Number(100 * chance, digits=2), "%")))
    rows.append((say("Target out of reach (deficit)"), words.quantity(totals.get("deficit_km"), "km", 1)))
    for key, named in (
        ("above_ladder_km", say("Needs more than the deepest order")),
        ("undecided_km", say("No depth decided")),
    ):
        if totals.get(key):
            rows.append((named, words.quantity(totals[key], "km", 1)))
    return [*rows, *_scenario_rows(scenarios or {})]


_HALF: Final = {
    text: text
    for text in (
        msgid(
            "strikes and targets hold anchors and the least depth by water depth only: fishing is not assessed, and 0 "
            "there is not the same as no risk"
        ),
        msgid(
            "strikes and targets hold fishing and the least depth by water depth only: anchors are not assessed, and 0 "
            "there is not the same as no risk"
        ),
    )
}
_OUTSIDE: Final = re.compile(
    r"surface-laid strikes of (?P<strikes>{n}) a year are outside the band (?P<low>{n}) to (?P<high>{n}) a year that "
    r"worldwide fault rates suggest for (?P<km>{n}) km".replace("{n}", r"\d[\d.e+-]*")
)


def warning(text: str) -> str:
    """Return a warning of the burial step as a message; text that is not known as it is."""
    outside = _OUTSIDE.fullmatch(text)
    if outside is None:
        return words.said(text, _HALF)
    return say(
        "surface-laid strikes of {strikes} a year are outside the band {low} to {high} a year that worldwide fault "
        "rates suggest for {km} km",
        **{name: Number(float(value)) for name, value in outside.groupdict().items() if name != "km"},
        km=Number(float(outside["km"]), 0),
    )


def _scenario_rows(scenarios: Mapping[str, Any]) -> list[tuple[str, str]]:
    released = scenarios.get("accidental_release")
    if not released or released["strike_per_yr_surface_laid"] is None:
        return []
    laid, built = (words.rate(released[f"strike_per_yr_{how}"]) for how in ("surface_laid", "as_trenchable"))
    return [
        (say("Beside these: anchors let go under way, cable on the seabed"), laid),
        (say("The same, as tools can bury it"), built),
    ]


def _once(strikes: Any) -> str:
    return words.years(None if words.blank(strikes) or not strikes else 1.0 / float(strikes), strikes)


def data_as_of(section: MapSection, facts: Iterable[Facts]) -> str:
    """Return the date that the data stand for: the configured one, else the latest end of a period that a step names.

    Returns
    -------
    str
        ``YYYY-MM-DD``; empty where nobody says.
    """
    if section.data_as_of:
        return section.data_as_of
    ends = []
    for told in facts:
        period = told.get("period")
        if isinstance(period, list | tuple) and period and (match := re.match(r"\d{4}-\d{2}-\d{2}", str(period[-1]))):
            ends.append(match[0])
    return max(ends, default="")
