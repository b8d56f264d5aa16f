"""How heavy a page may be, and which of its parts is to blame."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.errors import ConfigError
from pipeline.mapping.escape import json_block

_MB = 1_000_000


_ZONES = re.compile(r'<section class="sheet" id="zones".*?</section>', re.DOTALL)


def weigh(page: str, shown: Mapping[str, Any], layers: Mapping[str, int]) -> dict[str, int]:
    """Return what every part of a page weighs, the heaviest first; together they are the page.

    Parameters
    ----------
    page : str
        The page.
    shown : mapping
        What its template was given.
    layers : mapping of str to int
        Bytes that each layer of the map brought.

    Returns
    -------
    dict
        Bytes by part.
    """
    data = shown["data"]
    parts = dict(layers) | {
        "stations of the profile": _bytes(json_block(data["stations"])),
        "zones": sum(map(_bytes, _ZONES.findall(page))) + _bytes(json_block([data["zones"], data["all_zones"]])),
        "crossings": _bytes(json_block(shown["crossings"])),
        "languages": _bytes(json_block(shown["languages"])),
        "scripts and styles": sum(map(_bytes, [*shown["scripts"], shown["style"]])),
    }
    parts |= {f"packed block {name}": len(text) for name, text in shown["packed"].items()}
    parts["everything else"] = _bytes(page) - sum(parts.values())
    return dict(sorted(parts.items(), key=lambda part: (-part[1], part[0])))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8"))


def check_size(page: str, parts: Mapping[str, int], max_mb: float) -> None:
    """Refuse a page that is too heavy.

    Parameters
    ----------
    page : str
        The page.
    parts : mapping of str to int
        Bytes that each layer brought.
    max_mb : float
        The limit, megabytes of 10^6 bytes.

    Raises
    ------
    ConfigError
        If the page is heavier; names the heaviest layer.
    """
    size = len(page.encode("utf-8"))
    if size <= max_mb * _MB:
        return
    named = [name for name in sorted(parts) if name != "everything else"]
    heaviest = max(named, key=lambda name: parts[name])
    raise ConfigError(
        f"the map would weigh {size / _MB:.2f} MB, more than the {max_mb:g} MB allowed",
        where="corridor.toml, key map.max_mb",
        remedy=f"The heaviest layer is '{heaviest}' with {parts[heaviest] / _MB:.2f} MB: lower map.raster_max_px, "
        "map.swath_max_px, map.profile_points or map.most_zones, raise map.coast_tolerance_m, or allow a heavier page.",
    )
