"""The settings that the page may choose from: levels of the sea, drop speeds, acceptance and traffic."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.config import Config
from pipeline.config.shipping import ShippingSection

_DIGITS = 9  # metres and knots that differ by less are one setting


@dataclass(frozen=True)
class Settings:
    """Levels and speeds to be worked out beforehand, and the ranges of what the page works out itself.

    Attributes
    ----------
    changes_m : tuple of float
        Levels of the sea relative to the configured one, from high to low; 0 is among them.
    labels : tuple of str
        What the scenarios of ``[water]`` call them, or nothing.
    speeds_kn : tuple of float
        Speeds at which an anchor is let go, ascending; the configured one is among them.
    drop_speed_kn : float
        The configured one.
    tolerance_range : tuple of float
        Least and most that the tolerated strikes of the route may be over the configured ones.
    traffic_range : tuple of float
        Least and most that traffic may be over the configured one.
    """

    changes_m: tuple[float, ...]
    labels: tuple[str, ...]
    speeds_kn: tuple[float, ...]
    drop_speed_kn: float
    tolerance_range: tuple[float, float]
    traffic_range: tuple[float, float]

    @classmethod
    def of(cls, config: Config) -> Settings:
        """Take them from sections ``water acceptance shipping whatif``."""
        section = config.whatif
        named: dict[float, list[str]] = {}
        for label, change in sorted(config.water.scenarios_m.items()):
            named.setdefault(round(change, _DIGITS), []).append(label)
        changes = {0.0, *(round(change, _DIGITS) for change in section.surface_changes_m), *named}
        ordered = tuple(sorted(changes, reverse=True))
        speed = config.shipping.drop_speed_kn
        slow = {round(other, _DIGITS): other for other in section.drop_speeds_kn} | {round(speed, _DIGITS): speed}
        years = (*section.strike_years, 1.0 / config.acceptance.route_strikes_per_yr)
        own = 1.0 + config.shipping.traffic_growth_pct / 100.0
        growth = (*section.growth_pct, config.shipping.traffic_growth_pct)
        return cls(
            ordered,
            tuple(", ".join(named.get(change, [])) for change in ordered),
            tuple(slow[key] for key in sorted(slow)),
            speed,
            (years[2] / max(years), years[2] / min(years)),
            ((1.0 + min(growth) / 100.0) / own, (1.0 + max(growth) / 100.0) / own),
        )

    @property
    def surface(self) -> int:
        """Index of the configured level."""
        return self.changes_m.index(0.0)

    @property
    def speed(self) -> int:
        """Index of the configured drop speed."""
        return self.speeds_kn.index(self.drop_speed_kn)

    def shipping(self, section: ShippingSection) -> list[ShippingSection]:
        """Return ``[shipping]`` for each drop speed."""
        return [section.model_copy(update={"drop_speed_kn": speed}) for speed in self.speeds_kn]

    def speed_ratio(self) -> list[float]:
        """Return, for each drop speed, what the drag of an anchor is over that at the configured one, uncapped."""
        return [(speed / self.drop_speed_kn) ** 2 for speed in self.speeds_kn]
