"""Hostile names of sea levels in the what-if: slider, notes, what a screen reader says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.mapping.step import run
from pipeline.plan import STEPS
from pipeline.store import StepContext
from pipeline.whatif.step import META
from tests.whatif import made

from .hostile import BAR, PIECES
from .visits import Visit

pytestmark = pytest.mark.browser

# What is said at every place of the slider: beside it, by it, and in every note.
SAID = """async () => {
    const slider = document.getElementById("whatif-surface");
    const said = [];
    for (let place = 0; place <= Number(slider.max); place += 1) {
        slider.value = String(place);
        slider.dispatchEvent(new Event("input"));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const places = document.querySelectorAll("#whatif-surface-said, .whatif-note:not(.brief)");
        said.push([slider.getAttribute("aria-valuetext"), ...Array.from(places, (place) => place.textContent)]);
    }
    return said;
}"""


@pytest.fixture(scope="module")
def whatif_map(whatif_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of the what-if's workspace, its scenarios of the sea called by the pieces."""
    build, folder = made.build(whatif_workspace), tmp_path_factory.mktemp("whatif")
    step = next(step for step in STEPS if step.name == "map")
    inputs = {name: build.results[name].folder for name in step.after}
    inputs["whatif"] = shutil.copytree(inputs["whatif"], folder / "whatif")
    described = json.loads((inputs["whatif"] / META).read_text(encoding="utf-8"))
    levels = [level for level in described["meta"]["surfaces"] if level["change_m"]]
    for place, level in enumerate(levels):
        level["label"] = BAR.join(PIECES[place :: len(levels)])
    (inputs["whatif"] / META).write_text(json.dumps(described), encoding="utf-8")
    context = StepContext(
        config=build.config.only(*step.sections), sources=build.workspace.sources(build.config), inputs=inputs,
        facts={name: build.results[name].facts for name in step.after}, out=folder, log=lambda line: None,
    )  # fmt: skip
    run(context)
    return folder / "corridor.html"


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "kk")])
def test_scenarios_of_the_sea_stay_text(browser: Browser, whatif_map: Path, width: int, language: str) -> None:
    visit = Visit(browser, whatif_map, width, 740, fragment=f"lang={language}")
    page = visit.page
    page.locator("#whatif > summary").click()
    page.wait_for_selector("#whatif[data-ready=yes]")
    said = page.evaluate(SAID)
    assert len(said) > 4
    for piece in PIECES:
        assert any(all(piece in text for text in texts) for texts in said), piece
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.nothing_ran()
    assert visit.outside(whatif_map) == []
    assert visit.trouble == []
    visit.context.close()
