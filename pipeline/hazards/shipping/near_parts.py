"""What the work on single files gave the ``ais`` step: where near reports lie, counts, time that is covered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pipeline.config.ais import AisSection
from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.hazards.shipping.noted import counted
from pipeline.hazards.shipping.stream import NearReports
from pipeline.sources.ais.losses import large_loss, types_unknown
from pipeline.sources.ais.near_part import near_parts
from pipeline.sources.ais.period import (
    DAY_US,
    HOURS_PER_YEAR,
    Day,
    Interval,
    configured_period,
    covered,
    days_together,
    days_within,
    years_covered,
)
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import SourceFiles


def near_reports(context: StepContext) -> list[NearReports]:
    """Return the near reports of all files of all sources."""
    return [
        NearReports(part, source.section.receiver == "satellite")
        for source in context.role("ais")
        for path in source.paths
        for part in near_parts(
            context.parts[source.name, path].folder, context.parts[source.name, path].facts["rows"]["near"]
        )
    ]


@dataclass(frozen=True)
class FilesTold:
    """What is told of all files of all sources.

    Attributes
    ----------
    rows : Counter
        Rows by fate, which add up to the rows read.
    rows_of : dict[str, Counter]
        The same of each source.
    swapped : dict[str, int]
        Of each source without a near row, rows that were near if latitude and longitude were exchanged.
    interval_of : dict[str, Interval]
        What each source covers: its period, or its first to last position but for strays.
    findings : list[str]
        What was told of files, each once.
    """

    rows: Counter[str]
    rows_of: dict[str, Counter[str]]
    swapped: dict[str, int]
    interval_of: dict[str, Interval]
    findings: list[str]

    @classmethod
    def of(cls, context: StepContext) -> FilesTold:
        """Gather the parts of a step's context."""
        found = cls(Counter(), {}, {}, {}, [])
        for source in context.role("ais"):
            facts = [context.parts[source.name, path].facts for path in source.paths]
            rows = Counter[str]()
            for told in facts:
                rows.update(told["rows"])
            found.rows.update(rows)
            found.rows_of[source.name] = rows
            found.findings.extend(dict.fromkeys(text for told in facts for text in told["findings"]))
            found.swapped[source.name] = sum(told["swapped"] for told in facts)
            found._tell(source, facts, rows, context.config.ais)
            found._cover(source, facts, context.config.ais)
        return found

    def _tell(self, source: SourceFiles, facts: list[Facts], rows: Counter[str], section: AisSection) -> None:
        unknown = Counter[str]()
        for told in facts:
            unknown.update(told["unknown_types"])
        if unknown:
            self.findings.append(f"source {source.name} has {types_unknown(unknown)}")
        if rows["near"] and (loss := large_loss(rows, section)) is not None:
            self.findings.append(f"source {source.name}: {loss.cause}. {loss.remedy}")

    def _cover(self, source: SourceFiles, facts: list[Facts], section: AisSection) -> None:
        days, interval = days_together(day for told in facts for day in told["days"]), configured_period(source)
        if interval is None:
            time = covered(days, section.stray_pct)
            if time.interval is None:
                return
            interval = time.interval
            if time.strays:
                self.findings.append(
                    f"{counted(time.strays, 'row')} of source {source.name} before or after all days with at least "
                    f"{section.stray_pct:g} percent of the rows of a usual day: clocks that were wrong; the time that "
                    "is covered leaves them out"
                )
        self.interval_of[source.name] = interval
        self.findings.extend(_empty_days(source.name, days, interval, section.empty_days_pct))

    @property
    def intervals(self) -> list[Interval]:
        """What the sources cover, one after the other."""
        return list(self.interval_of.values())

    def overlaps(self, section: AisSection) -> list[str]:
        """Return what to tell of sources that ran beside others for a part of the time that all are divided by."""
        if len(self.intervals) < 2:
            return []
        whole = years_covered(self.intervals, "")
        told = []
        for name, (start, end) in self.interval_of.items():
            others = [other for other in self.intervals if other != (start, end)]
            beside = any(min(end, other[1]) - max(start, other[0]) >= DAY_US for other in others)
            share = (end - start) / (HOUR_US * HOURS_PER_YEAR) / whole
            if beside and 100.0 * (1.0 - share) > section.empty_days_pct:
                told.append(
                    f"source {name} ran beside others for {share:.0%} of the time that all are divided by: strikes of "
                    f"ships that only it heard are up to {1.0 / share:.3g} times too few"
                )
        return told


def _empty_days(name: str, days: list[Day], interval: Interval, most_pct: float) -> list[str]:
    """Return what to tell of days without a row of any ship, under a stated period too: nobody may have listened."""
    heard, of = days_within(days, interval)
    if not heard or 100.0 * (of - heard) <= most_pct * of:
        return []
    return [
        f"source {name} has no row of any ship on {of - heard:,} of the {of:,} days that it is taken to cover: if "
        f"nobody listened then, or files are missing, its strikes are {of / heard:.3g} times too few; state the period "
        "that was listened to, or make it several sources, each with its period"
    ]
