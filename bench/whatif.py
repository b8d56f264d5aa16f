"""How long a step of the page's what-if takes: ``python -m bench.whatif PAGE`` for a page that is there.

A step is what follows a change of one slider: every station decided, zones cut, totals added, all parts drawn anew.
"""

from __future__ import annotations

import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

BUDGET_S = 0.1
MOVES = 40
_MOVE = """async (steps) => {
    const sliders = Array.from(document.querySelectorAll("#whatif input"));
    // The step runs in the first frame and asks for the profile, which is drawn in the second.
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const drawn = async () => { await frame(); await frame(); await new Promise((done) => setTimeout(done)); };
    const found = [];
    for (let step = 0; step < steps; step += 1) {
        const slider = sliders[step % sliders.length];
        const began = performance.now();
        slider.value = String((Number(slider.value) + 7) % (Number(slider.max) + 1));
        slider.dispatchEvent(new Event("input"));
        await drawn();
        found.push(performance.now() - began);
    }
    return { stations: corridor.stations.columns.kp_km.length, drawn: found,
             script: performance.getEntriesByName("what-if").map((entry) => entry.duration) };
}"""


def steps_of(page: Path) -> dict[str, Any]:
    """Move sliders in Chromium; return milliseconds of each step: of the script alone, and until all is drawn."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_page(viewport={"width": 1280, "height": 800})
        opened.goto(page.as_uri())
        opened.locator("#whatif > summary").click()
        opened.wait_for_selector("#whatif[data-ready=yes]")
        found: dict[str, Any] = opened.evaluate(_MOVE, MOVES)
        browser.close()
    return found


def main() -> None:
    for name in sys.argv[1:]:
        found = steps_of(Path(name).resolve())
        print(f"{name}: {found['stations']} stations, {MOVES} steps")
        for kind in ("script", "drawn"):
            times = found[kind]
            print(f"  {kind}: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms")


if __name__ == "__main__":
    main()
