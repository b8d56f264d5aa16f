"""What releases cost to make: a reused result counts with what it cost when it was made, never as nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pipeline.mapping import words
from pipeline.mapping.messages import Listed, Number, Said, msgid, say
from pipeline.releases.release import Release

MOST_BARS: Final = 40
"""Bars that a phone's width still tells apart; a chart of more releases shows the newest."""
_WIDTH, _HEIGHT, _TOP, _BASE = 320.0, 128.0, 22.0, 104.0
_WIDEST, _GAP = 36.0, 0.22
_MOST_LABELS = 8
_CHARACTER = 6.6  # width of one in a label
_TITLES: Final = {
    title: title
    for title in (
        msgid("Read the route and lay stations and grid along it"),
        msgid("Lay points along the shoreline"),
        msgid("Ask depths about their own datum"),
        msgid("Merge depths and measure them from the surface level"),
        msgid("Slope, roughness, position index, curvature and bedforms"),
        msgid("Merge seabed soil from maps and samples"),
        msgid("Read ship positions, build tracks, find passages and exposure"),
        msgid("Ship-hours from density rasters"),
        msgid("Deadweight, anchor and chain of every ship"),
        msgid("Passages, density and anchorages by class"),
        msgid("Anchor strikes, ship by ship"),
        msgid("Fishing effort, contacts and strikes"),
        msgid("Ground motion for 475 and 2475 years"),
        msgid("Slope stability under that ground motion"),
        msgid("Required, achievable and target depth; zones"),
        msgid("Other levels of the sea and drop speeds, for the map"),
        msgid("Tables, GeoPackage and route position list"),
        msgid("Draw the map for the public"),
        msgid("Draw the map"),
    )
}
"""What the steps of the plan do; a release keeps their English."""
_WHY: Final = {
    why: why
    for why in (
        msgid("no earlier result"),
        msgid("unchanged"),
        msgid("forced"),
        msgid("the program changed"),
        msgid("its kept result was evicted"),
    )
}
"""Reasons that name no file and no setting; the others stand in English, as the build wrote them."""


@dataclass(frozen=True)
class StepCost:
    """A step in one release.

    Attributes
    ----------
    title : str
        What it does.
    ran : bool
        Whether this build made its result; else it was taken over from an earlier build.
    why : str
        Why, in words.
    files : str
        Of a step that works file by file: how many of all it read; empty for others.
    seconds, peak_mb : float
        What making the result from nothing takes, its files in whichever build each was read.
    share : float
        Its part of the longest step's seconds.
    """

    title: str
    ran: bool
    why: str
    files: str
    seconds: float
    peak_mb: float
    share: float


@dataclass(frozen=True)
class BuildCost:
    """What one release took.

    Attributes
    ----------
    release : str
        Its id.
    published : str
        When, for people (UTC).
    all_s : float
        Making every result of it from nothing (s).
    spent_s : float
        The steps that ran in this build (s).
    peak_mb : float
        Highest of its steps (MB).
    ran, reused : int
        Steps.
    """

    release: str
    published: str
    all_s: float
    spent_s: float
    peak_mb: float
    ran: int
    reused: int


@dataclass(frozen=True)
class Bar:
    """A bar of a chart, in the chart's own units."""

    x: float
    y: float
    width: float
    height: float
    label: str
    label_x: float
    words: Said
    shown: bool


@dataclass(frozen=True)
class Chart:
    """Small bars, one a release, oldest at the left.

    Attributes
    ----------
    title, note : str
        What it shows.
    told : str
        The same in words, for those who do not see it.
    bars : list of Bar
        One a release.
    first, last : str
        Dates under the ends.
    """

    title: Said
    note: Said
    told: Said
    bars: list[Bar]
    first: str
    last: str
    width: float = _WIDTH
    height: float = _HEIGHT
    base: float = _BASE


def when(manifest: dict[str, Any]) -> str:
    """Return when a release was published, for people."""
    return f"{datetime.fromisoformat(manifest['published']):%Y-%m-%d %H:%M} UTC"


def step_costs(release: Release) -> list[StepCost]:
    """Return what each step of a release cost, in the order of the plan."""
    steps = release.manifest["steps"]
    longest = max((step["seconds"] for step in steps), default=0.0) or 1.0
    return [
        StepCost(
            title=words.said(step.get("title") or step["name"], _TITLES),
            ran=step["state"] == "run",
            why=words.said(step["why"], _WHY),
            files=say("{read} of {all}", **step["files"]) if step.get("files") else "",
            seconds=step["seconds"],
            peak_mb=step["peak_mb"],
            share=step["seconds"] / longest,
        )
        for step in steps
    ]


def build_costs(history: Sequence[Release]) -> list[BuildCost]:
    """Return what every release took, oldest first as given."""
    return [_build_cost(release.manifest) for release in history]


def _build_cost(manifest: dict[str, Any]) -> BuildCost:
    steps = manifest["steps"]
    ran = sum(step["state"] == "run" for step in steps)
    return BuildCost(
        release=manifest["release"],
        published=when(manifest),
        all_s=sum(step["seconds"] for step in steps),
        spent_s=sum(step["spent_s"] for step in steps),
        peak_mb=max((step["peak_mb"] for step in steps), default=0.0),
        ran=ran,
        reused=len(steps) - ran,
    )


def charts(costs: Sequence[BuildCost], shown: str) -> list[Chart]:
    """Return the trend as small multiples, of the newest ``MOST_BARS`` releases.

    Parameters
    ----------
    costs : sequence of BuildCost
        Oldest first.
    shown : str
        Id of the release that is marked.
    """
    newest = list(costs)[-MOST_BARS:]
    return [
        _chart(
            say("Cost of all results (s)"),
            say(
                "What making every result took, reused ones counted with what they cost when they were made. "
                "This is how fast the program is on these data."
            ),
            newest, [cost.all_s for cost in newest], "s", shown,
        ),
        _chart(
            say("Time spent in each build (s)"),
            say("Only the steps that ran. A short bar means that little had changed, not that the program is faster."),
            newest, [cost.spent_s for cost in newest], "s", shown,
        ),
        _chart(
            say("Peak memory (MB)"),
            say("The highest of any step, in whichever build its result was made."),
            newest, [cost.peak_mb for cost in newest], "MB", shown,
        ),
    ]  # fmt: skip


def _chart(
    title: Said,
    note: Said,
    costs: list[BuildCost],
    values: list[float],
    unit: str,
    shown: str,
) -> Chart:
    most = max(values, default=0.0) or 1.0
    slot = min(_WIDTH / max(len(values), 1), _WIDEST / (1 - _GAP))
    bars = []
    for place, (cost, value) in enumerate(zip(costs, values, strict=True)):
        height = max((_BASE - _TOP) * value / most, 1.0)
        label = words.number(value) if _labelled(place, values) else ""
        half = len(label) * _CHARACTER / 2
        bars.append(
            Bar(
                x=round((place + _GAP / 2) * slot, 2),
                y=round(_BASE - height, 2),
                width=round(slot * (1 - _GAP), 2),
                height=round(height, 2),
                label=label,
                label_x=round(min(max((place + 0.5) * slot, half), _WIDTH - half), 2),
                words=say(
                    "{when}: {cost}; steps that ran: {ran}, reused: {reused}",
                    when=cost.published,
                    cost=words.measure(Number(value), unit),
                    ran=cost.ran,
                    reused=cost.reused,
                ),
                shown=cost.release == shown,
            )
        )
    told = say("{title}, oldest first: {bars}", title=title, bars=Listed([bar.words for bar in bars]))
    ends = [cost.published[:10] for cost in costs]
    return Chart(title, note, told, bars, ends[0] if len(ends) > 1 else "", ends[-1] if ends else "")


def _labelled(place: int, values: list[float]) -> bool:
    """Say whether a bar carries its number: all of few; of many the highest and the last, unless they stand close."""
    if len(values) <= _MOST_LABELS:
        return True
    highest = values.index(max(values))
    return place == len(values) - 1 or (place == highest and len(values) - place > len(values) / 6)
