"""How much of the ships' time beside the cable lies in silences: what the coverage factor is to make good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.config.ais import AisSection
from pipeline.geo import Ints
from pipeline.hazards.shipping.drag import KNOT_M_S
from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.hazards.shipping.tracks import Voyages


@dataclass(frozen=True)
class Coverage:
    """Ship-time under way beside the cable.

    Attributes
    ----------
    moving_us, silent_us : int
        In track segments, and in silences, microseconds.
    """

    moving_us: int = 0
    silent_us: int = 0

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(self.moving_us + other.moving_us, self.silent_us + other.silent_us)

    @property
    def share(self) -> float:
        """Share of the time that lies in silences; 0 where there was no ship."""
        return self.silent_us / max(self.moving_us + self.silent_us, 1)

    @property
    def suggested_factor(self) -> float:
        """The factor that would put the silences back."""
        return 1.0 + self.silent_us / self.moving_us if self.moving_us else 1.0

    def facts(self) -> dict[str, Any]:
        """Return it as facts, hours."""
        return {
            "moving_ship_hours": round(self.moving_us / HOUR_US, 3),
            "silent_ship_hours": round(self.silent_us / HOUR_US, 3),
            "silent_share": round(self.share, 6),
            "suggested_factor": round(self.suggested_factor, 4),
        }

    def findings(self, section: AisSection) -> list[str]:
        """Return what to tell, if it is more than a little; loud where little but silences is left."""
        if 100.0 * self.share < section.silent_told_pct:
            return []
        told = f"{self.share:.0%} of the ships' time under way beside the cable lies in silences and is in no track: "
        if 100.0 * self.share > section.silent_loud_pct:
            return [
                f"STRIKES ARE FAR TOO FEW: {told}about {self.suggested_factor:.3g} times too few. {remedy(section)}; a "
                "coverage_factor cannot stand in for so much"
            ]
        return [f"{told}a coverage_factor of {self.suggested_factor:.2f} would make it good"]


def remedy(section: AisSection) -> str:
    """Return what to do where reports come too seldom to make tracks of."""
    return (
        f"Reports come more seldom than gap_min ({section.gap_min:g} min): use AIS that was not thinned out, set "
        f'receiver = "satellite" in its source ({section.gap_satellite_min:g} min), or raise gap_min in [ais]'
    )


def silences_under_way(sailed: Voyages, legs: Ints, section: AisSection) -> Ints:
    """Return those of ``legs`` (places in ``Voyages.order``) that are silences between two reports under way.

    Neither reported speed is below ``stationary_kn``, and the speed made good across the silence is at least
    ``manoeuvring_kn``, so that she can have sailed a straight line: longer stays elsewhere are not guessed at.
    """
    legs = legs[sailed.is_silence[legs]]
    reports, last = sailed.reports, sailed.order[legs]
    first = sailed.before[last]
    seconds = (reports.time_us[last] - reports.time_us[first]) / 1e6
    slow = (reports.sog_kn[first] < section.stationary_kn) | (reports.sog_kn[last] < section.stationary_kn)
    return legs[~slow & (sailed.length_m[legs] >= section.manoeuvring_kn * KNOT_M_S * seconds)]
