"""What a table layout is: under which names a file may hold each quantity of a report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

QUANTITIES = (
    "mmsi", "time", "lat", "lon", "sog", "heading", "draught", "status", "imo", "vessel_type", "length", "beam",
    "name", "to_bow", "to_stern", "to_port", "to_starboard", "mobile",
)  # fmt: skip
"""What is read of a report. ``mobile`` is a text that tells ships from stations."""
NEEDED = ("mmsi", "time", "lat", "lon")
HELPFUL = {"sog": "speed", "vessel_type": "ship type", "length": "length", "beam": "beam", "draught": "draught"}
"""Without these a ship's speed, type or size is not known."""


@dataclass(frozen=True)
class Layout:
    """A table layout.

    Attributes
    ----------
    key : str
        What a source calls it: ``layout = "danish"``.
    title : str
        What people call it.
    columns : mapping of str to tuple of str
        For each quantity the names that a file may give it, as ``plain`` writes them, the best first.
    written : mapping of str to str
        How the layout writes the names that messages tell.
    mark : str
        A column that no other layout has; empty where there is none.
    day_first : bool
        Whether times such as 02/03/2025 are the 2nd of March. Without it they are refused.
    """

    key: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    written: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    mark: str = ""
    day_first: bool = False

    def name_of(self, quantity: str) -> str:
        """Return how messages call a quantity."""
        return self.written.get(quantity, self.columns[quantity][0])


def plain(name: str) -> str:
    """Return a column's name without what does not count: case, blanks and signs, which become one underscore."""
    return re.sub(r"[^0-9a-z]+", "_", name.casefold()).strip("_")


def joined(name: str) -> str:
    """Return a plain name without underscores: ``base_date_time`` is ``BaseDateTime``."""
    return plain(name).replace("_", "")
