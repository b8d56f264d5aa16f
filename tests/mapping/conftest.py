"""The browser of the map's tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from .visits import QUIET

expect.set_options(timeout=30_000)  # a machine that is busy draws late


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the distribution, without habits that use the network."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed (make test installs it)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield running
        running.close()
