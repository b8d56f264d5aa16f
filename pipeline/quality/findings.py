"""What quality control says: findings, each with its file, its place and what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipeline.errors import ConfigError, CorridorError
from pipeline.workspace import SourceFiles, Workspace

Severity = Literal["error", "warning", "note"]

ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}
"""Findings are told in this order."""


@dataclass(frozen=True)
class Finding:
    """One thing that was noticed.

    Attributes
    ----------
    severity : {"error", "warning", "note"}
        An error stops a build; a warning changes its result, or may do so; a note is good to know.
    source : str
        Name of the source, or ``route``.
    file : str
        The file, by its place in the workspace where it has one.
    place : str
        Where in the file or along the route, in words.
    message, remedy : str
        What is the matter, and what can be done.
    code : str
        What kind of finding it is, for programs: ``spike``, ``tile_step`` and so on.
    kp_km : tuple of float, optional
        First and last kilometre post that it concerns.
    lon, lat : float, optional
        The one place to look at first, degrees WGS84.
    """

    severity: Severity
    source: str
    file: str
    place: str
    message: str
    remedy: str
    code: str = field(kw_only=True)
    kp_km: tuple[float, float] | None = None
    lon: float | None = None
    lat: float | None = None


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return errors first, then warnings, then notes; otherwise the order stays."""
    return sorted(findings, key=lambda finding: ORDER[finding.severity])


def counts(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Return how many findings there are of each severity."""
    found = [finding.severity for finding in findings]
    return {severity: found.count(severity) for severity in ORDER}


def finding_of(error: CorridorError, source: str, workspace: Workspace, code: str = "unusable") -> Finding:
    """Turn an error into a finding; its place is "file, place in it"."""
    where = error.where.replace(f"{workspace.root}/", "")
    file, _, place = where.partition(", ")
    if file.startswith("source '"):
        file, _, place = place.partition(", ")
    cause = error.cause[0].upper() + error.cause[1:] if isinstance(error, ConfigError) else error.cause
    cause = cause.replace(f"{workspace.root}/", "")
    return Finding("error", source, file, place, cause, error.remedy, code=code)


def short(path: Path, workspace: Workspace) -> str:
    """Return how findings call a file: its place in the workspace."""
    return workspace.name_of(path)


def files_of(source: SourceFiles) -> str:
    """Return how findings call all files of a source."""
    more = f" and {len(source.paths) - 1} more" if len(source.paths) > 1 else ""
    return source.name_of(source.paths[0]) + more
