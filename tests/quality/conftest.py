"""The browser of the map's tests serves here too."""

from tests.mapping.conftest import browser

__all__ = ["browser"]
