"""Vector features on their way into a file: their extent, and the file itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.config.fetch import Box
from pipeline.fetch.ask import BrokenAnswerError


def extent(feature: dict[str, Any]) -> Box | None:
    """Return west, south, east, north of a feature; None where it has no geometry.

    Raises
    ------
    BrokenAnswerError
        If its geometry is none, or lies off the Earth in degrees.
    """
    geometry = feature.get("geometry")
    if geometry is None:
        return None
    if not isinstance(geometry, dict) or "coordinates" not in geometry:
        raise BrokenAnswerError("a feature's geometry is none")
    places = list(_positions(geometry["coordinates"]))
    if not places:
        return None
    lons, lats = [place[0] for place in places], [place[1] for place in places]
    box = (min(lons), min(lats), max(lons), max(lats))
    if box[0] < -180.001 or box[2] > 180.001 or box[1] < -90.001 or box[3] > 90.001:
        raise BrokenAnswerError("a feature lies off the Earth: its coordinates are not in degrees")
    return box


def _positions(value: Any) -> Iterator[tuple[float, float]]:
    """Yield the positions of nested coordinates, whatever their depth."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, list):
            raise BrokenAnswerError("a feature's coordinates are no list of positions")
        if len(item) >= 2 and all(isinstance(number, (int, float)) for number in item):
            yield float(item[0]), float(item[1])
        else:
            waiting.extend(item)


def meet(one: Box, other: Box) -> bool:
    """Tell whether two boxes touch."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def write_features(target: Path, features: Iterable[dict[str, Any]]) -> None:
    """Write features as GeoJSON, one a line; longitude and latitude in WGS84 (RFC 7946)."""
    with target.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [\n')
        for number, feature in enumerate(features):
            kept = {
                "type": "Feature",
                **({"id": feature["id"]} if "id" in feature else {}),
                "properties": feature.get("properties") or {},
                "geometry": feature.get("geometry"),
            }
            file.write(("" if number == 0 else ",\n") + json.dumps(kept, ensure_ascii=False, allow_nan=False))
        file.write("\n]}\n")
