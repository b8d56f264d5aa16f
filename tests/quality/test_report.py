"""The report as a page: whole, closed to the world, and harmless whatever files and sources are called."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from pipeline.quality.report import render_report
from pipeline.quality.review import Review, review
from pipeline.workspace import Workspace
from tests.mapping.visits import HOSTILE
from tests.quality.beds import HEAD, SURVEY, make, noise, slope, write_survey

# A path cannot hold a slash or a zero byte, and TOML keys and names of files hold the rest.
HOSTILE_FILE = HOSTILE.replace("/", "\u2215").replace("|", " ")


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def rendered(folder: Path) -> tuple[Review, str]:
    workspace = Workspace.at(folder)
    config = workspace.config()
    found = review(workspace, config)
    return found, render_report(found, config)


def spoilt(folder: Path, *, sources: str = SURVEY, head: str = HEAD, name: str = "survey.tif") -> Path:
    depth = slope() + noise()
    depth[150, 220] -= 30.0
    depth[300:340, 100:140] = np.nan
    depth[:200, 240:270] = np.nan  # no depths along the northern part of the route
    make(folder, sources=sources, head=head)
    write_survey(folder, depth, name)
    return folder


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[Review, str]:
    return rendered(spoilt(tmp_path_factory.mktemp("report")))


def test_it_tells_every_finding_with_file_place_and_remedy(page: tuple[Review, str]) -> None:
    found, text = page
    words = " ".join(Page(text).words.split())
    for finding in found.findings:
        message = finding.message[0].upper() + finding.message[1:]
        for part in (message, finding.remedy, finding.file, finding.place):
            assert " ".join(part.split()) in words
    assert "Not for construction or navigation." in words
    assert "Data as of" in words
    assert "not assessed" in words.lower()
    assert "51.0" in words, "longitudes"


def test_it_is_closed_whole_and_made_for_all_readers(page: tuple[Review, str]) -> None:
    found, text = page
    made = Page(text)
    assert made.all("script") == []
    assert made.all("html")[0]["lang"] == "en"
    policy = next(meta for meta in made.all("meta") if meta.get("http-equiv"))["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", text)
    assert len(made.all("h1")) == 1
    assert all(header.get("scope") in ("col", "row") for header in made.all("th"))
    ids = [attributes["id"] for _, attributes in made.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for a in made.all("a")} <= set(ids)
    assert all(svg.get("role") == "img" and svg.get("aria-label") for svg in made.all("svg"))
    with_place = [f for f in found.findings if f.lon is not None and f.severity != "note"]
    assert len([g for g in made.all("g") if str(g.get("class")).startswith("mark")]) == len(with_place)


def test_the_same_review_gives_the_same_bytes(page: tuple[Review, str], tmp_path: Path) -> None:
    assert rendered(spoilt(tmp_path))[1] == page[1]


def test_a_route_at_fault_leaves_a_report_without_a_map(tmp_path: Path) -> None:
    spoilt(tmp_path)
    (tmp_path / "rpl.csv").write_text("lon,lat\n51.0,42.0\n")
    found, text = rendered(tmp_path)
    assert found.stations is None
    assert Page(text).all("svg") == []
    assert "cannot be built" in text


def test_hostile_names_stay_words(tmp_path: Path) -> None:
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    sources = SURVEY.replace("[sources.survey]", f'[sources."{quoted}"]') + f'licence = "{quoted}"\n'
    head = HEAD.replace("[corridor]", f'[corridor]\nname = "{quoted}"')
    spoilt(tmp_path, sources=sources, head=head, name=f"survey{HOSTILE_FILE}.tif")
    found, text = rendered(tmp_path)
    assert any(HOSTILE_FILE in finding.file for finding in found.findings)
    made = Page(text)
    assert made.all("script", "img") == []
    assert {tag for tag, _ in made.tags} <= {
        "html", "head", "meta", "title", "link", "style", "body", "header", "p", "h1", "h2", "b", "bdi", "div", "span",
        "strong", "main", "section", "ul", "li", "a", "figure", "svg", "polyline", "circle", "text", "g", "path",
        "rect", "figcaption", "table", "thead", "tbody", "tr", "th", "td", "br", "wbr", "details", "summary", "footer",
    }  # fmt: skip
    assert all(name.split("-")[0] != "on" and not name.startswith("on") for _, a in made.tags for name in a)
    for piece in HOSTILE.split("|"):
        assert piece in made.words
