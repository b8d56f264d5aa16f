"""The page looks as its stored pictures do (``make pictures`` takes them anew)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .looks import LOOKS, Look, share_changed, stored, take

pytestmark = pytest.mark.browser

MOST_CHANGED = 0.02


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_page_looks_as_stored(browser: Browser, small_map: Path, look: Look) -> None:
    assert share_changed(take(browser, small_map, look), stored(look), look) <= MOST_CHANGED


@pytest.mark.parametrize(
    "spoil",
    [
        "document.querySelector('.leaflet-depth-pane').remove()",
        "document.querySelector('#profile svg').remove()",
        "document.documentElement.dataset.theme = 'dark'",
    ],
)
def test_a_page_that_lost_something_is_told_from_it(browser: Browser, small_map: Path, spoil: str) -> None:
    look = LOOKS[0]
    assert share_changed(take(browser, small_map, look, spoil), stored(look), look) > 2 * MOST_CHANGED
