"""Both portals and the map for the public: themes, languages, axe-core, small screens, paper."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from pipeline.mapping import public
from pipeline.releases.portal import render_portal
from pipeline.releases.public import render_public_portal
from pipeline.releases.small_map import drawn
from tests.mapping.builder import build, small_land
from tests.mapping.test_access import findings
from tests.mapping.visits import Visit

from .made import made

pytestmark = pytest.mark.browser

VIEWS = (("team", 1280, "light", "en"), ("team", 360, "dark", "ru"), ("public", 360, "light", "kk"),
         ("public", 1280, "dark", "az"), ("map", 1280, "dark", "ru"), ("map", 360, "light", "en"))  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("everybody")
    context = build(folder / "workspace", land=small_land(folder))
    facts = public.run(context)
    history = [made(1), made(2)]
    for release in history:
        release.manifest["layers"]["public"] = facts
        release.manifest["outputs"]["public/maps/corridor.html"] = "0" * 64
    kp = np.linspace(0.0, 20.0, 50)
    small = drawn(kp, 50.0 + kp / 100, 41.0 + kp / 200, [("deeper", 2.0, 5.0), ("other", 7.0, 8.0)], facts["land"])
    texts = {
        "team": render_portal(history[1], history, ["Deeper along 3 km."], [], small),
        "public": render_public_portal(history[1], history),
    }
    found = {"map": context.out / "corridor.html"}
    for name, text in texts.items():
        found[name] = folder / name / "index.html"
        found[name].parent.mkdir()
        found[name].write_text(text, encoding="utf-8")
    return found


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_axe_finds_nothing_serious_and_nothing_overflows(
    browser: Browser, pages: dict[str, Path], view: tuple[str, int, str, str]
) -> None:
    name, width, theme, language = view
    visit = Visit(browser, pages[name], width, 740, fragment=f"theme={theme}&lang={language}")
    page = visit.page
    assert page.locator("html").get_attribute("data-theme") == theme
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert findings(page) == {}
    assert visit.trouble == []
    assert visit.outside(pages[name]) == []
    visit.context.close()


def test_the_choice_of_theme_and_language_goes_along_to_the_map(browser: Browser, pages: dict[str, Path]) -> None:
    visit = Visit(browser, pages["team"], 1280, 740, fragment="theme=light&lang=ru")
    page = visit.page
    assert page.locator(".sums h2").inner_text() == "Итоги по трассе"
    page.locator("#theme").click()
    expect(page).to_have_url(re.compile("theme=dark"))
    link = page.locator("a.open")
    link.evaluate("(a) => a.addEventListener('click', (event) => event.preventDefault())")
    link.click()
    assert re.search(r"corridor\.html#(?=.*theme=dark)(?=.*lang=ru)", str(link.evaluate("(a) => a.href")))
    visit.context.close()


def test_the_small_map_lies_in_its_frame(browser: Browser, pages: dict[str, Path]) -> None:
    for name in ("team", "public"):
        visit = Visit(browser, pages[name], 1280, 740)
        frame = visit.page.locator("svg.place").bounding_box()
        assert frame is not None
        assert visit.page.locator(".drawing .stamped").inner_text().upper() == "SYNTHETIC DATA"
        for part in visit.page.locator("svg.place .route, svg.place circle, svg.place text, .stamped").all():
            box = part.bounding_box()
            assert box is not None
            assert frame["x"] <= box["x"] <= box["x"] + box["width"] <= frame["x"] + frame["width"] + 0.5
            assert frame["y"] <= box["y"] <= box["y"] + box["height"] <= frame["y"] + frame["height"] + 0.5
        assert visit.page.locator("svg.place .rim").count() == (2 if name == "team" else 0)
        visit.context.close()


def test_every_sheet_of_paper_says_who_may_read_it(browser: Browser, pages: dict[str, Path]) -> None:
    visit = Visit(browser, pages["map"], 1280, 740)
    visit.page.emulate_media(media="print")
    marking = visit.page.locator(".marking")
    assert marking.is_visible()
    assert marking.evaluate("(e) => getComputedStyle(e).position") == "fixed", "repeated on every sheet"
    visit.context.close()
