"""How heavy a page may be, and which of its parts is to blame."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.errors import ConfigError

_MB = 1_000_000


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
    heaviest = max(sorted(parts), key=lambda name: parts[name])
    raise ConfigError(
        f"the map would weigh {size / _MB:.2f} MB, more than the {max_mb:g} MB allowed",
        where="corridor.toml, key map.max_mb",
        remedy=f"The heaviest layer is '{heaviest}' with {parts[heaviest] / _MB:.2f} MB: lower map.raster_max_px, "
        "map.swath_max_px or map.profile_points, raise map.coast_tolerance_m, or allow a heavier page.",
    )
