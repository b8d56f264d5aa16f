"""Cone resistance is no shear strength: columns of a cone test that must not be renamed to ``su_kpa``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.errors import DataError

_CONE = {"qc", "qt", "qn", "qnet", "fs"}
SU_FROM_CONE = (
    "Work out su first, in kPa: su = (qt - sigma_v) / Nkt, with qt corrected cone resistance, sigma_v total overburden "
    "and Nkt of the site (Lunne, Robertson and Powell 1997); give it as su_kpa."
)
"""What to do with cone resistance."""


def cone_columns(names: Iterable[str]) -> list[str]:
    """Return the names that are of cone resistance or sleeve friction, or in megapascals."""
    return [name for name in names if _CONE & set(_words(name)) or "mpa" in _words(name)]


def refuse_cone_as_strength(columns: Mapping[str, str] | None, path: Path) -> None:
    """Refuse ``columns`` of a source that call cone resistance or megapascals ``su_kpa``.

    Raises
    ------
    DataError
        If they do; renaming changes no value.
    """
    for pair in (columns or {}).items():
        for name in cone_columns(pair) if "su_kpa" in pair else ():
            if "su" in _words(name):
                raise DataError(
                    f"columns renames '{name}' to su_kpa, and renaming does not convert MPa to kPa",
                    where=str(path),
                    remedy="Multiply the column by 1000 in the file and call it su_kpa.",
                )
            raise DataError(
                f"columns renames '{name}' to su_kpa, and {name} is not su", where=str(path), remedy=SU_FROM_CONE
            )


def _words(name: str) -> list[str]:
    return re.split(r"[^a-z]+", name.lower())
