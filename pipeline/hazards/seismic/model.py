"""The source model of a build: zones, smoothed catalogue, or both, as configured and as far as there are data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline.config.seismic import SeismicSection
from pipeline.geo import Frame
from pipeline.hazards.seismic.catalogue import read_catalogue
from pipeline.hazards.seismic.sources import PointSources, from_catalogue, from_zone
from pipeline.hazards.seismic.zones import read_zones
from pipeline.store import StepContext
from pipeline.workspace import SourceFiles


@dataclass
class SourceModel:
    """Point sources in reach of the corridor and where they come from.

    Attributes
    ----------
    points : list of PointSources
        Empty where earthquakes cannot be assessed; ``why`` then says why.
    used : list of SourceFiles
        Configured sources that were read.
    provenances : list of str
        Provenance that zones state of themselves.
    notes : list of str
        Findings for people.
    catalogue : dict
        What was made of the catalogue.
    why : str
        Reason for an empty model.
    """

    points: list[PointSources] = field(default_factory=list)
    used: list[SourceFiles] = field(default_factory=list)
    provenances: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    catalogue: dict[str, Any] = field(default_factory=dict)
    why: str = ""


def build_model(context: StepContext, frame: Frame, section: SeismicSection) -> SourceModel:
    """Read zones and catalogue as the configuration asks, and keep what lies in reach.

    Only the best source of each role is read: zone models are alternatives, and catalogues repeat each other.

    Raises
    ------
    DataError
        If a file cannot be used.
    """
    found = SourceModel()
    zone_sources, catalogues = context.role("seismic_zones"), context.role("earthquakes")
    weight = {"zones": 0.0, "catalogue": 1.0, "both": section.catalogue_weight}[section.rates_from]
    if catalogues and (weight > 0.0 or not zone_sources):
        if not zone_sources and weight < 1.0:
            found.notes.append("rates come from the catalogue alone: there is no source of seismic zones")
        weight = _add_catalogue(found, catalogues[0], 1.0 if not zone_sources else weight, frame, section)
    elif not catalogues and weight > 0.0:
        found.notes.append("rates come from the zones alone: there is no source of earthquakes")
        weight = 0.0
    if zone_sources and weight < 1.0:
        _add_zones(found, zone_sources[0], 1.0 - weight, frame, section)
    found.points = [sources for sources in found.points if _in_reach(sources, frame, section)]
    if not found.points and not found.why and found.used:
        found.why = "no zone lies in reach of the corridor"
    return found


def _add_zones(found: SourceModel, source: SourceFiles, weight: float, frame: Frame, section: SeismicSection) -> None:
    zones = read_zones(source)
    found.used.append(source)
    found.provenances += [zone.provenance for zone in zones]
    found.points += [from_zone(zone, frame.grid.crs, section.source_spacing_km).scaled(weight) for zone in zones]
    found.notes += [
        f"zone '{zone.name}' has magnitudes to {zone.mmax:g}; ground motion above 8.0 is that of 8.0"
        for zone in zones
        if zone.mmax > 8.0
    ]


def _add_catalogue(
    found: SourceModel, source: SourceFiles, weight: float, frame: Frame, section: SeismicSection
) -> float:
    """Add smoothed seismicity; return the weight it got: none where the catalogue gives no rates beside zones."""
    events = read_catalogue(source, duplicate_seconds=section.duplicate_seconds, duplicate_km=section.duplicate_km)
    sources, counts = from_catalogue(events, frame.grid, section, _last_year(source, events))
    found.catalogue = counts | {str(key): value for key, value in events.attrs.items()}
    found.used.append(source)
    if sources is not None:
        found.points.append(sources.scaled(weight))
        return weight
    why = "the catalogue holds no complete mainshock in reach of the corridor"
    if weight < 1.0:
        found.notes.append(f"{why}: rates come from the zones alone")
        return 0.0
    found.why = why
    return weight


def _in_reach(sources: PointSources, frame: Frame, section: SeismicSection) -> bool:
    west, south, east, north = (value / 1000.0 for value in frame.grid.bounds)
    reach = section.maximum_distance_km
    near = (sources.x_km >= west - reach) & (sources.x_km <= east + reach)
    near &= (sources.y_km >= south - reach) & (sources.y_km <= north + reach)
    return bool(near.any())


def _last_year(source: SourceFiles, events: pd.DataFrame) -> float:
    """Return the end of the observation: of the configured period, else the year of the last event, inclusive."""
    if source.section.period and (match := re.match(r"\d{4}", source.section.period[1])):
        return float(match[0]) + 1.0
    return float(np.floor(events["year"].max())) + 1.0 if len(events) else 0.0
