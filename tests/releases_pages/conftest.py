"""The browser and the hostile maps of the map's tests serve here too."""

from tests.mapping.conftest import browser, hostile_maps

__all__ = ["browser", "hostile_maps"]
