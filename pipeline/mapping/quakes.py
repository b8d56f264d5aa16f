"""Optional layers: the earthquakes and the seismic source zones that the shaking was computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.hazards.seismic.catalogue import read_catalogue
from pipeline.hazards.seismic.zones import read_zones
from pipeline.mapping import vectors
from pipeline.mapping.messages import Number, say
from pipeline.mapping.vectors import GeoJson
from pipeline.mapping.words import PROVENANCE, said
from pipeline.workspace import SourceFiles

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Marked:
    """Shapes and the words that belong to them.

    Attributes
    ----------
    shapes : dict
        Feature collection; the id of a feature is the place of its words.
    words : list[str]
        One text a feature, for the page's data block.
    radii_px : list[float]
        Size of each mark; empty for areas.
    """

    shapes: GeoJson
    words: list[str]
    radii_px: list[float]


def earthquakes(sources: Sequence[SourceFiles], box: Box, most: int) -> Marked:
    """Return the largest earthquakes inside a box of west, south, east, north, at most so many.

    Records that two catalogues share are drawn twice here; the hazard step takes duplicates out with its own limits.
    """
    tables = [read_catalogue(source, duplicate_seconds=0.0, duplicate_km=0.0) for source in sources]
    events = pd.concat(tables, ignore_index=True)
    inside = events["lon_deg"].between(box[0], box[2]) & events["lat_deg"].between(box[1], box[3])
    events = events[inside].sort_values(["mw", "year", "lon_deg", "lat_deg"], ascending=False, kind="stable")[:most]
    magnitudes = events["mw"].to_numpy(float)
    lonlat = np.round(events[["lon_deg", "lat_deg"]].to_numpy(float), 4).tolist()
    return Marked(
        vectors.collection(
            vectors.feature(str(index), {"type": "Point", "coordinates": place}) for index, place in enumerate(lonlat)
        ),
        [
            say(
                "Earthquake of {year}, moment magnitude {magnitude}",
                year=str(int(year)),
                magnitude=Number(magnitude, 1),
            )
            for year, magnitude in zip(events["year"].to_numpy(float), magnitudes, strict=True)
        ],
        [round(max(2.0, 3.0 * magnitude - 10.0), 1) for magnitude in magnitudes.tolist()],
    )


def source_zones(sources: Sequence[SourceFiles]) -> Marked:
    """Return the seismic source zones with their Gutenberg-Richter numbers."""
    zones = [zone for source in sources for zone in read_zones(source)]
    return Marked(
        vectors.collection(vectors.feature(str(index), zone.polygon) for index, zone in enumerate(zones)),
        [
            say(
                "{name}: a {a}, b {b}, magnitudes {least} to {most} ({provenance})",
                name=zone.name,
                a=Number(zone.a_value, digits=4),
                b=Number(zone.b_value, digits=4),
                least=zone.mmin,
                most=zone.mmax,
                provenance=said(zone.provenance or "not stated", PROVENANCE),
            )
            for zone in zones
        ],
        [],
    )
