"""What the work on single files gave the ``ais`` step: near reports, what ships say of themselves, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config.ais import AisSection
from pipeline.hazards.shipping.stream import NearFile
from pipeline.hazards.shipping.tables import STATICS
from pipeline.sources.ais.ais_file import NEAR
from pipeline.sources.ais.ais_file import STATICS as STATICS_FILE
from pipeline.sources.ais.period import Interval, configured_period
from pipeline.sources.ais.table import connect
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import SourceFiles


@dataclass(frozen=True)
class NearParts:
    """All files of all sources.

    Attributes
    ----------
    files : list[NearFile]
        Near reports.
    statics : list[Path]
        What ships say of themselves, a table a file.
    rows : Counter
        Rows by fate, which add up to the rows read.
    rows_of : dict[str, Counter]
        The same of each source.
    intervals : list[Interval]
        What each source covers: its period, or its first to last position.
    findings : list[str]
        What was told of files, each once.
    """

    files: list[NearFile]
    statics: list[Path]
    rows: Counter[str]
    rows_of: dict[str, Counter[str]]
    intervals: list[Interval]
    findings: list[str]

    @classmethod
    def of(cls, context: StepContext) -> NearParts:
        """Gather the parts of a step's context."""
        found = cls([], [], Counter(), {}, [], [])
        for source in context.role("ais"):
            facts: list[Facts] = []
            for path in source.paths:
                part = context.parts[source.name, path]
                facts.append(part.facts)
                found.files.append(NearFile(part.folder / NEAR, source.section.receiver == "satellite"))
                found.statics.append(part.folder / STATICS_FILE)
            rows = Counter[str]()
            for told in facts:
                rows.update(told["rows"])
            found.rows.update(rows)
            found.rows_of[source.name] = rows
            found.intervals.extend(_interval(source, facts))
            found.findings.extend(dict.fromkeys(text for told in facts for text in told["findings"]))
        return found

    def said(self, mmsi: Any, section: AisSection) -> Any:
        """Return the distinct static reports of ships, all files together, in an order that no partition changes."""
        keys = ", ".join(name for name in STATICS if name != "reports")
        with connect(section, "") as connection:
            connection.register("ships", {"mmsi": mmsi})
            return connection.execute(
                f"SELECT {keys}, sum(reports)::BIGINT AS reports FROM read_parquet($1) SEMI JOIN ships USING (mmsi) "
                "GROUP BY ALL ORDER BY ALL",
                [[str(path) for path in self.statics]],
            ).fetch_df()


def _interval(source: SourceFiles, facts: list[Facts]) -> Iterator[Interval]:
    if (period := configured_period(source)) is not None:
        yield period
        return
    first = [told["first_us"] for told in facts if told["first_us"] is not None]
    if first:
        yield min(first), max(told["last_us"] for told in facts if told["last_us"] is not None)
