"""The report as a browser draws it: from a file, with the network off, on a phone, in the dark, on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from pipeline.quality.report import render_report
from pipeline.quality.review import review
from pipeline.workspace import Workspace
from tests.mapping.visits import ENDLESS, Visit
from tests.quality.beds import SURVEY, make, noise, slope, write_survey

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("drawn"), sources=SURVEY + f"licence = '{ENDLESS}'\n")
    depth = slope() + noise()
    depth[150, 220] -= 30.0
    depth[300:340, 100:140] = np.nan
    write_survey(folder, depth)
    workspace = Workspace.at(folder)
    config = workspace.config()
    (folder / "index.html").write_text(render_report(review(workspace, config), config), encoding="utf-8")
    return folder / "index.html"


@pytest.mark.parametrize("width", [360, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_fetches_nothing_and_can_be_read(browser: Browser, page: Path, width: int, scheme: Any) -> None:
    visit = Visit(browser, page, width, 800, color_scheme=scheme)
    try:
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width
        assert visit.outside(page) == []
        assert visit.trouble == []
        pairs = visit.page.evaluate(_COLOURS)
        assert len(pairs) > 30
        assert [item for item in pairs if contrast(item[1], item[2]) < 4.5] == []
    finally:
        visit.context.close()


def test_on_paper_nothing_is_folded_away(browser: Browser, page: Path) -> None:
    visit = Visit(browser, page, 1000, 800)
    try:
        visit.page.emulate_media(media="print")
        assert visit.page.locator(".findings").first.is_visible()
        assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    finally:
        visit.context.close()


_COLOURS = """() => [...document.querySelectorAll('h1, h2, p, td, th, li, span, a, b, summary')]
  .filter((e) => e.offsetParent && e.textContent.trim())
  .map((e) => {
    let behind = e;
    while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
    const under = getComputedStyle(behind || document.body).backgroundColor;
    return [e.textContent.slice(0, 30), getComputedStyle(e).color, under];
  })"""


def contrast(one: str, other: str) -> float:
    """Contrast of two colours after WCAG 2.1."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
