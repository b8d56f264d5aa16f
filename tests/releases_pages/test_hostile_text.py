"""Hundreds of hostile texts on the portal, on the page of changes and in the report: text stays text."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.config import Config
from pipeline.quality.findings import Finding
from pipeline.quality.report import render_report
from pipeline.quality.review import Review
from pipeline.releases.changes import compare, map_page
from pipeline.releases.portal import render_portal
from tests.mapping.hostile import CORPUS, PIECES, at_once
from tests.mapping.visits import Visit
from tests.releases_changes.made import Pair

from .made import made, totals

pytestmark = pytest.mark.browser


def shown(browser: Browser, page: Path, width: int = 1280) -> tuple[Visit, list[str]]:
    """Open a page, see that nothing ran and nothing broke; return the visit and the texts of its elements."""
    visit = Visit(browser, page, width, 800)
    assert visit.nothing_ran()
    assert visit.trouble == []
    assert visit.outside(page) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    return visit, visit.page.eval_on_selector_all("body *", "(all) => all.map((e) => e.textContent)")


def lacking(texts: list[str], times: int = 1) -> list[str]:
    """Return the pieces that fewer elements hold, to the letter, with or without words of ours around them."""
    return [piece for piece in PIECES if sum(piece in text for text in texts) < times]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_portal(browser: Browser, tmp_path: Path, width: int) -> None:
    files = [piece.replace("/", "\u2215") for piece in PIECES]
    history = [made(number, hostile=at_once()) for number in (1, 2)]
    manifest = history[-1].manifest
    manifest |= {
        "totals": totals(warnings=list(PIECES), not_assessed=list(PIECES)),
        "left_for_next_run": list(PIECES[:5]),
        "outputs": {**manifest["outputs"], **{f"data/processed/{name}": "0" * 64 for name in files}},
        "versions": dict.fromkeys(PIECES, "1"),
    }
    page = tmp_path / "index.html"
    page.write_text(render_portal(history[-1], history, PIECES, PIECES), encoding="utf-8")
    visit, texts = shown(browser, page, width)
    whole = at_once()
    assert lacking(texts, 5) == []
    for place in (".notes p", ".changes li", ".warning", ".downloads a"):
        held = visit.page.locator(place).all_text_contents()
        wanted = files if place == ".downloads a" else PIECES
        assert [piece for piece in wanted if not any(piece in text for text in held)] == [], place
    assert visit.page.locator("h1").text_content() == whole
    links = visit.page.eval_on_selector_all(".downloads a", "(all) => all.map((a) => a.protocol)")
    assert set(links) == {"file:"}
    visit.context.close()


def test_the_page_of_changes(browser: Browser, tmp_path: Path) -> None:
    file = f"data/raw/{at_once(CORPUS['event attribute'])}"
    pair = Pair(tmp_path)
    for number, piece in enumerate(PIECES):
        start, target = 0.1 * number, (1.5, 0.6)[number % 2]
        pair.at(start, start, target_dol_m=target, soil_class=piece, governing=piece, protection=piece)
    pair.file("soil", file, "new").file("ais", "data/raw/ais_2.csv")
    # Names of a source, a parameter, a library and a file that changed, none the cause of a range: each has its own.
    pair.old_parts["soil"]["sources"]["old"] = pair.new_parts["soil"]["sources"][at_once()] = {"priority": 1}
    pair.new_parts["map"]["parameters"]["map"][at_once()] = "<b>"
    pair.new_parts["map"]["libraries"] |= {at_once(): at_once()}
    pair.old_parts["seismic"]["files"][f"data/raw/{at_once()}"] = "same"
    pair.new_parts["seismic"]["files"]["data/raw/other"] = "same"
    pair.manifest["corridor"] = at_once()
    pair.manifest["layers"]["map"] = {"landings": [at_once(), at_once()], "data_as_of": "2025-12-31"}
    pair.manifest["parameters"]["changes"] |= {"most_rows": 1000}
    old, new = pair.releases()
    page = tmp_path / "changes.html"
    page.write_text(map_page(compare(old, new), new, old, published=True), encoding="utf-8")
    visit, _ = shown(browser, page)
    rows = visit.page.locator("#ranges tbody tr").all_text_contents()
    named = [piece.replace("_", " ") for piece in PIECES]  # names of classes are written with blanks
    assert [piece for piece in named if not any(piece in row.replace("_", " ") for row in rows)] == []
    assert at_once() in (visit.page.locator("h1").text_content() or "")
    inputs = visit.page.locator("#inputs li").all_text_contents()
    assert any(file in line for line in inputs)
    assert sum(at_once() in line for line in inputs) >= 4
    popups = visit.page.evaluate(
        "[...document.querySelectorAll('#ranges button.show')].map((button) => { button.click();"
        " return [...document.querySelectorAll('.leaflet-popup-content')].pop().textContent; })"
    )
    for row, popup in zip(rows, popups, strict=True):
        piece = next(piece for piece in named if piece.replace("_", " ") in row.replace("_", " "))
        assert piece.replace("_", " ") in popup.replace("_", " "), piece
    assert visit.nothing_ran()
    assert visit.trouble == []
    visit.context.close()


def test_the_report_of_quality_control(browser: Browser, tmp_path: Path) -> None:
    findings = tuple(
        Finding("warning", piece, piece, piece, piece, piece, code="spike", kp_km=(1.0, 2.0)) for piece in PIECES
    )
    sources = {
        piece: {"role": "soil", "files": "data/raw/soil.tif", "licence": piece, "provenance": "synthetic"}
        for piece in PIECES
    }
    config = Config.model_validate(
        {"corridor": {"name": at_once()}, "route": {"label": at_once()}, "sources": sources}
    )  # fmt: skip
    page = tmp_path / "index.html"
    page.write_text(render_report(Review(findings, (), None), config), encoding="utf-8")
    visit, _ = shown(browser, page)
    rows = visit.page.locator(".findings tbody tr")
    for piece, row in zip(PIECES, rows.all(), strict=True):
        cells = row.locator("td").all_text_contents()
        assert sum(piece in text for text in cells) >= 4, piece
        assert piece[0].upper() + piece[1:] in cells[0], piece
    assert visit.page.locator("h1").text_content() == at_once()
    visit.context.close()
