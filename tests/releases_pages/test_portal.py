"""The portal as text: one release, what changed, those before it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.errors import CorridorError
from pipeline.mapping.assets import remote_links
from pipeline.releases.portal import render_portal
from pipeline.releases.release import CHANGES_JSON

from .made import made, totals


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.found += [str(value) for name, value in attrs if name in ("href", "src") and value != "data:,"]


def test_every_file_of_a_release_is_reached_through_that_release() -> None:
    history = [made(1), made(2)]
    here = f"releases/{history[1].manifest['release']}"
    links = Links(render_portal(history[1], history, ["Deeper along 3 km."], []))
    assert {link for link in links.found if not link.startswith(here)} == {
        "#steps",
        f"releases/{history[0].manifest['release']}/maps/corridor.html",
        f"releases/{history[0].manifest['release']}/data/processed/",
    }
    assert {
        f"{here}/maps/corridor.html", f"{here}/maps/changes.html", f"{here}/data/processed/manifest.json",
        f"{here}/data/processed/zones.csv", f"{here}/data/processed/slope.tif",
        f"{here}/data/processed/new%20%26%20%3Cb%3E.txt",
    } <= set(links.found)  # fmt: skip
    assert not any("soil_class.tif" in link or "metadata" in link for link in links.found), "only what is there"


def test_it_connects_to_nothing_and_says_what_it_must() -> None:
    page = render_portal(made(1), [made(1)], [], ["restored on 2026-11-03"])
    assert remote_links(page) == []
    assert "default-src 'none'" in page
    assert "connect-src 'none'" in page
    assert '<html lang="en">' in page
    for text in (
        "Not for construction or navigation", "Ship data to 31 December 2025", "published 2026-11-01 02:15 UTC",
        "lead to the current release",
        "All burial depths rest on synthetic data", "Danciu et al. 2018", "0.021 per year", "Sumqayit", "380.0",
        "restored on 2026-11-03", "the first release that is kept here", "Made from 1 input file.",
    ):  # fmt: skip
        assert text in page, text
    assert "changes.html" not in page
    assert "the map calls it build 663ae701" in page


def test_what_changed_is_told_and_the_rest_is_folded() -> None:
    history = [made(1), made(2)]
    page = render_portal(history[1], history, [f"line {n}." for n in range(11)], [])
    assert page.index("line 7.") < page.index(">3 more lines</span></summary>") < page.index("line 8.")
    assert "not compared" in render_portal(history[1], history, [], [])


def test_what_was_left_for_the_next_run_is_named() -> None:
    files = [f"data/raw/tile_{n}.tif" for n in range(7)]
    page = render_portal(release := made(1, left_for_next_run=files), [release], [], [])
    assert "data/raw/tile_4.tif <span" in page
    assert "Left for the next run" not in render_portal(made(1), [made(1)], [], [])


def test_releases_are_listed_newest_first_with_their_place() -> None:
    history = [made(1), made(2), made(3, totals=totals(strike_per_yr_at_target=None))]
    page = render_portal(history[1], history, [], [])
    ids = [release.manifest["release"] for release in history]
    rows = re.findall(r'<tr(?: class="this")?>\s*<th scope="row">(.*?)</tr>', page, re.DOTALL)[:3]
    assert [next(i for i in ids if i in row) for row in rows] == ids[::-1]
    assert ["newer" in row for row in rows] == [True, False, False]
    assert ["this page" in row for row in rows] == [False, True, False]
    assert "not assessed" in rows[0], "never zero"
    assert re.search(r"0\.6\u00a0m</span> <span[^>]*>50\.5\u00a0km", rows[1])


def test_how_deep_comes_first_and_what_changed_before_the_strikes() -> None:
    history = [made(1), made(2)]
    page = render_portal(history[1], history, ["Deeper along 3 km."], ["brought back by hand"])
    order = [
        "brought back by hand", "<h1>", "For the project team", "Not for construction", "How deep", "0.6\u00a0m</span>",
        "50.5\u00a0km</span>", ">What changed</span></h2>", ">Route totals</span></h2>", ">Downloads</span></h2>",
    ]  # fmt: skip
    assert [text for _, text in sorted((page.index(text), text) for text in order)] == order
    assert "How deep" not in render_portal(made(1, totals={}), [made(1, totals={})], [], [])


def test_the_date_of_the_data_says_of_which() -> None:
    release = made(1)
    source = {"role": "fishing_effort", "period": ["2025-01-01", "2025-12-31"]}
    release.manifest["layers"]["ais"]["period"] = ["2025-01-01", "2025-12-31"]
    release.manifest["parameters"]["sources"] = {"effort": source, "depths": {"role": "bathymetry", "period": None}}
    assert "Ship and fishing data to 31 December 2025" in render_portal(release, [release], [], [])
    source["period"] = ["2024-01-01", "2024-06-30"]
    page = render_portal(release, [release], [], [])
    assert all(text in page for text in ("Ship data to 31 December 2025", "Fishing data to 30 June 2024"))
    release.manifest["layers"]["fishing"]["assessed"] = False
    assert "Fishing data to" not in render_portal(release, [release], [], [])
    release.manifest["parameters"]["map"]["data_as_of"] = "2025-12-31"
    assert "Data as of 31 December 2025" in render_portal(release, [release], [], []), "as it was configured"


def test_every_release_in_the_list_says_why_it_exists(tmp_path: Path) -> None:
    history = [made(1), made(2, outputs={"data/processed/zones.csv": "1" * 64}), made(3), made(4), made(6)]
    history[1] = replace(history[1], folder=tmp_path, pages={CHANGES_JSON: ""})
    told = tmp_path / CHANGES_JSON
    told.parent.mkdir(parents=True)
    names = f"Release {history[1].id} compared with {history[0].id}."
    told.write_text(json.dumps({"words": [names, "Deeper along 3 km.", "tile_1.tif changed.", "KP 1 to 4."]}))

    def why() -> list[str]:
        page = render_portal(history[3], history, ["Shallower along 2 km."], [])
        return re.findall(r'class="few" title="(.*?)"', page)[::-1]

    none = "There was none before to compare with."
    same = "Same results as the release before."
    assert why() == [none, "Deeper along 3 km. tile_1.tif changed.", "Not compared.", same, "Not compared."]
    for damaged in (
        "cut sho", '{"messages": [1]}', '{"messages": [{"t": "{a}", "v": {"a": [NaN, 2]}}]}', '{"messages": {}}',
        '{"messages": [{"t": "{a}", "v": {"a": [1, 1e999]}}]}', '{"words": [1]}', '["words"]',
    ):  # fmt: skip
        told.write_text(damaged)
        assert why()[1] == "Not compared.", "a damaged old release does not keep a new one from being shown"


def test_releases_of_small_or_earlier_programs_are_shown() -> None:
    """A manifest without totals, map or files read: what is not there is left out."""
    bare = made(1, totals={}, layers={}, outputs={}, steps=[], versions={}, inputs=[])
    del bare.manifest["left_for_next_run"]
    page = render_portal(bare, [bare], [], [])
    assert "not stated" in page
    assert "Open the map" not in page
    assert "Route totals" not in page
    assert "Made from 0 input files." in page


def test_a_page_that_would_fetch_something_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.releases.looks.style_text", lambda text: "@import 'https://example.org/x.css';")
    with pytest.raises(CorridorError, match="fetch something from outside"):
        render_portal(made(1), [made(1)], [], [])


def test_the_same_releases_give_the_same_bytes() -> None:
    assert render_portal(made(2), [made(1), made(2)], ["a"], []) == render_portal(
        made(2), [made(1), made(2)], ["a"], []
    )
