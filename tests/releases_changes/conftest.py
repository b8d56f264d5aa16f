"""The browser of the page's tests is that of the map's."""

from tests.mapping.conftest import browser

__all__ = ["browser"]
