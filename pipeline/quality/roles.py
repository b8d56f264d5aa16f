"""Roles that no source fills: what is impossible without them, and what stays not assessed."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import Config
from pipeline.quality.findings import Finding

# Threats that a map must call "not assessed" where nobody gives data for them.
_THREATS = {"ais": "anchors", "fishing_effort": "fishing"}
_STAND_INS = {"ais": "ship_density"}


def check_roles(config: Config) -> Iterator[Finding]:
    """Say which roles have no source."""
    roles = {section.role for section in config.sources.values()}
    if "bathymetry" not in roles:
        yield Finding(
            "error", "bathymetry", "", "", "no source gives depths, and without depths nothing can be built",
            'Add a source with role = "bathymetry".', code="no_source",
        )  # fmt: skip
    if "soil" not in roles:
        yield Finding(
            "warning", "soil", "", "", "no source gives the soil: all of it is unknown and treated as such",
            'Add a source with role = "soil".', code="no_source",
        )  # fmt: skip
    for role, threat in _THREATS.items():
        if not roles & {role, _STAND_INS.get(role)}:
            yield _not_assessed(role, threat, f'Add a source with role = "{role}".')
    if not roles & {"seismic_zones", "earthquakes"}:
        remedy = 'Add a source with role = "seismic_zones" or "earthquakes".'
        yield _not_assessed("seismic_zones", "earthquakes", remedy)


def _not_assessed(role: str, threat: str, remedy: str) -> Finding:
    message = f"{threat}: not assessed, because no source gives data"
    return Finding("warning", role, "", "", message, remedy, code="not_assessed")
