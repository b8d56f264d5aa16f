"""``corridor check``: what quality control found, on a terminal, for a program, or as a page."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.display import printable
from flows.terminal import Json, out, print_json, table, workspace_of

if TYPE_CHECKING:
    from pipeline.quality.findings import Finding

_UNUSABLE = 65


def check(
    context: typer.Context,
    as_json: Json = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a report, too.")] = None,
) -> None:
    """Look over every source; build nothing."""
    from pipeline.quality.findings import counts
    from pipeline.quality.report import render_report
    from pipeline.quality.review import review
    from pipeline.workspace import write_text

    workspace = workspace_of(context)
    config = workspace.config()
    found = review(workspace, config)
    number = counts(found.findings)
    if html is not None:
        write_text(html, render_report(found, config))
    if as_json:
        coverage = [asdict(item) for item in found.coverage]
        print_json({"findings": [asdict(item) for item in found.findings], "counts": number, "coverage": coverage})
    else:
        _tell(found.findings)
        out.print(", ".join(f"{count} {level}{'s' if count != 1 else ''}" for level, count in number.items()))
        if html is not None:
            out.print(f"Report: {html}", markup=False)
    if number["error"]:
        raise typer.Exit(_UNUSABLE)


def _tell(findings: tuple[Finding, ...]) -> None:
    """Show findings in a table that fits a terminal, and one a line elsewhere."""
    if sys.stdout.isatty():
        table([_row(finding) for finding in findings], ["finding", "where", "what", "remedy"])
        return
    for finding in findings:
        place = ", ".join(part for part in (finding.file, finding.place) if part)
        line = f"{finding.severity}: {finding.source}: {finding.message}{f' ({place})' if place else ''}."
        out.print(printable(f"{line} {finding.remedy}".rstrip()), markup=False)


def _row(finding: Finding) -> dict[str, str]:
    where = ", ".join(part for part in (finding.source, finding.file, finding.place) if part)
    cells = {"finding": finding.severity, "where": where, "what": finding.message, "remedy": finding.remedy}
    return {name: printable(text) for name, text in cells.items()}
