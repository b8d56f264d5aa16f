"""What is said of a source beside its numbers: what was set aside, mended or taken in a certain way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

_NAMED = 5


@dataclass(frozen=True)
class Remark:
    """One thing that whoever gave the file should know; the build goes on.

    Attributes
    ----------
    severity : {"warning", "note"}
        A warning changes the result; a note is good to know.
    place : str
        Where in the file, such as ``feature 12``.
    message, remedy : str
        What was noticed, and what can be done.
    """

    severity: Literal["warning", "note"]
    place: str
    message: str
    remedy: str = ""


def set_aside(reasons: Mapping[int, str], remedy: str) -> list[Remark]:
    """Return one warning for each distinct reason why features were left out; features are numbered from 1."""
    by_reason: dict[str, list[int]] = {}
    for number in sorted(reasons):
        by_reason.setdefault(reasons[number], []).append(number)
    return [
        Remark("warning", features(numbers), f"{_count(numbers)} set aside: {reason}", remedy)
        for reason, numbers in by_reason.items()
    ]


def features(numbers: list[int]) -> str:
    """Return ``feature 3`` or ``features 3, 5 and 9 more``."""
    named = ", ".join(map(str, numbers[:_NAMED]))
    more = f" and {len(numbers) - _NAMED} more" if numbers[_NAMED:] else ""
    return f"feature{'s' if numbers[1:] else ''} {named}{more}"


def _count(numbers: list[int]) -> str:
    return "1 feature is" if len(numbers) == 1 else f"{len(numbers)} features are"
