"""Links from portal to map and back, followed in real releases as readers reach them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from playwright.sync_api import Browser, Page

from pipeline.mapping import public, step
from pipeline.releases import readers
from pipeline.releases.release import Release, all_releases
from pipeline.store import Facts, Step, StepContext
from pipeline.workspace import Workspace
from tests import toy
from tests.mapping.builder import build

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, list[Release]]:
    """Two releases with the real pages of a map, for the team and for the public."""
    folder = tmp_path_factory.mktemp("links")
    texts = {}
    for name, run in (("team", step.run), ("public", public.run)):
        context = build(folder / name)
        run(context)
        texts[name] = (context.out / "corridor.html").read_text(encoding="utf-8")

    def written(name: str) -> Step:
        def draw(context: StepContext) -> Facts:
            (context.out / "corridor.html").write_text(texts[name], encoding="utf-8")
            return {"build": context.config.corridor.name}

        place = {"team": "maps/*", "public": "public/maps/*"}[name]
        return Step(f"draw_{name}", "b", "Draw", draw, sections=("corridor",), products=(place,))

    steps = (toy.STEPS[0], written("public"), written("team"))
    workspace = toy.make(folder / "workspace")
    toy.run(workspace, steps=steps)
    workspace.config_path.write_text(toy.CONFIG.replace('"test"', '"two"'))
    toy.run(workspace, steps=steps)
    return workspace, all_releases(workspace)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    yield context.new_page()
    context.close()


def follow(page: Page, name: str) -> Path:
    """Click a link and return the place that it leads to, which must hold a file."""
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_selector("html[data-theme]", state="attached")
    place = Path(url2pathname(urlsplit(page.url).path))
    assert place.is_file(), place
    return place


def dead(page: Page) -> list[str]:
    links = page.eval_on_selector_all("a", "all => all.map((link) => link.href)")
    places = [url2pathname(urlsplit(link).path) for link in links]
    assert len(places) > 2
    return [place for place in places if not Path(place).exists()]


@pytest.mark.parametrize("audience", ["team", "public"])
def test_portal_and_map_lead_to_one_another_from_every_release(
    published: tuple[Workspace, list[Release]], page: Page, audience: str
) -> None:
    workspace, releases = published
    readers.show(workspace, releases[-1], audience)
    page.goto((workspace.maps / "index.html").as_uri())
    for _ in range(2):
        assert dead(page) == []
        assert follow(page, "Open the map") == workspace.maps / f"releases/{releases[-1].id}/maps/corridor.html"
        assert dead(page) == []
        assert follow(page, "Portal") == workspace.maps / "index.html"
    assert follow(page, f"map {releases[0].id}") == workspace.maps / f"releases/{releases[0].id}/maps/corridor.html"
    assert follow(page, "Portal") == workspace.maps / "index.html"


@pytest.mark.parametrize("part", ["", "public/"])
@pytest.mark.parametrize("shelf", ["maps/releases", ".corridor/releases"])
def test_pages_opened_in_the_folder_of_a_release_lead_on(
    published: tuple[Workspace, list[Release]], page: Page, shelf: str, part: str
) -> None:
    workspace, releases = published
    readers.show(workspace, releases[-1])
    shelves, last = workspace.root / shelf, f"{releases[-1].id}/{part}maps"
    page.goto((shelves / last / "index.html").as_uri())
    assert dead(page) == []
    assert follow(page, f"map {releases[0].id}") == shelves / f"{releases[0].id}/{part}maps/corridor.html"
    portal = follow(page, "Portal")
    beside = shelves / f"{releases[0].id}/{part}maps/index.html"
    assert portal == (beside if shelf.startswith(".") else workspace.maps / "index.html")
    assert dead(page) == []
    follow(page, "Open the map")


def test_language_and_theme_go_along_both_ways(published: tuple[Workspace, list[Release]], page: Page) -> None:
    workspace, releases = published
    readers.show(workspace, releases[-1])
    page.goto((workspace.maps / "index.html").as_uri() + "#lang=ru&theme=dark")
    page.locator("a.open").click()
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    page.locator("nav a[href$='index.html']").click()
    page.wait_for_selector("a.open")
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.locator("html").get_attribute("data-theme") == "dark"
