"""Where the published numbers come from, in words that go into every file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.config import Config
from pipeline.store import Facts

NOTICE = (
    "Not for construction or navigation. Blank means not assessed, never zero, unless a column says what else it means."
)


@dataclass(frozen=True)
class Lineage:
    """Lineage of a build.

    Attributes
    ----------
    corridor : str
        Name of the corridor.
    provenance : str
        The weakest provenance that the decision rests on.
    sources : tuple of str
        One line a source.
    by_step : dict of str to str
        Step to what its data are: a provenance and its sources, or ``not assessed``.
    surface_m : float
        Surface level that depths are measured from, Baltic 1977.
    """

    corridor: str
    provenance: str
    sources: tuple[str, ...]
    by_step: dict[str, str]
    surface_m: float

    @classmethod
    def of(cls, config: Config, facts: Mapping[str, Facts]) -> Lineage:
        """Gather lineage from what the steps told."""
        by_step, lines = {}, {}
        for step, told in sorted(facts.items()):
            names = sorted(str(source["name"]) for source in told.get("sources", []))
            words = f"{told.get('provenance', '')} ({', '.join(names)})" if names else str(told.get("provenance", ""))
            by_step[step] = words if told.get("assessed", True) else "not assessed"
            for source in told.get("sources", []):
                licence = f"; {source['licence']}" if source.get("licence") else ""
                credit = f"; {source['attribution']}" if source.get("attribution") else ""
                role, provenance = source.get("role", ""), source.get("provenance", "")
                lines[source["name"]] = f"{source['name']}: {role}, {provenance}{licence}{credit}"
        burial = facts.get("burial", {})
        sources = tuple(lines[name] for name in sorted(lines))
        return cls(config.corridor.name, str(burial.get("provenance", "")), sources, by_step, config.water.surface_m)

    @property
    def missing(self) -> list[str]:
        """Steps whose threat or layer is not assessed; what only stands in for another is not missed."""
        return [step for step, words in self.by_step.items() if words == "not assessed" and step != "density"]

    @property
    def statement(self) -> str:
        """One paragraph for a file's description."""
        missing = f" Not assessed: {', '.join(self.missing)}." if self.missing else ""
        return (
            f"{self.corridor}. Rests on {self.provenance or 'unknown'} data.{missing} "
            f"Depths are from a surface level of {self.surface_m} m (Baltic 1977). {NOTICE}"
        )
