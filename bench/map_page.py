"""The budgets of the map in Chromium: ``python -m bench.map_page PAGE`` for a page that is there.

Size, time until drawn, the slowest step of the what-if, requests and messages of the console. ``make bench
ONLY=map_page`` builds the default corridor for it and says what each part of its page weighs.
"""

from __future__ import annotations

import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.whatif import BUDGET_S as STEP_S
from bench.whatif import steps_of

SIZE_MB, DRAWN_S = 5.0, 2.0
_OPENINGS = 5
# The page says that it is ready when its last script ran; two frames later that is on the screen.
_DRAWN = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
    done(performance.now()))))"""


def open_page(browser: Browser, page: Path, width: int, height: int) -> dict[str, Any]:
    """Open a page as a reader does; return seconds until it is drawn, what it asked for, and what it complained of."""
    context = browser.new_context(viewport={"width": width, "height": height})
    opened = context.new_page()
    requests: list[str] = []
    messages: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: messages.append(message.text))
    opened.on("pageerror", lambda error: messages.append(str(error)))
    opened.goto(page.as_uri(), wait_until="commit")
    opened.wait_for_selector("html[data-ready=yes]", state="attached")
    drawn_s = opened.evaluate(_DRAWN) / 1e3
    context.close()
    outside = [url for url in requests if url != page.as_uri() and not url.startswith(("data:", "blob:"))]
    return {"drawn_s": drawn_s, "requests": outside, "messages": messages}


def measure(page: Path) -> dict[str, Any]:
    """Return size, times to be drawn on a desk and on a phone, requests, messages, and the steps of the what-if."""
    openings = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, size in (("desk", (1280, 800)), ("phone", (360, 740))):
            openings[name] = [open_page(browser, page, *size) for _ in range(_OPENINGS)]
        browser.close()
    every = [opening for found in openings.values() for opening in found]
    return {
        "size_mb": page.stat().st_size / 1e6,
        "drawn_s": {name: [opening["drawn_s"] for opening in found] for name, found in openings.items()},
        "requests": sorted({url for opening in every for url in opening["requests"]}),
        "messages": sorted({text for opening in every for text in opening["messages"]}),
        "step_s": [milliseconds / 1e3 for milliseconds in steps_of(page)["drawn"]],
    }


def main() -> None:
    """Measure the pages named on the command line."""
    for name in sys.argv[1:]:
        found = measure(Path(name).resolve())
        print(f"{name}: {found['size_mb']:.2f} MB (budget {SIZE_MB:g})")
        for device, times in found["drawn_s"].items():
            print(
                f"  drawn, {device}: median {statistics.median(times):.2f} s, "
                f"slowest {max(times):.2f} (budget {DRAWN_S:g})"
            )
        steps = found["step_s"]
        print(f"  what-if step: median {statistics.median(steps):.3f} s, slowest {max(steps):.3f} (budget {STEP_S:g})")
        print(f"  requests: {found['requests'] or 'none'}; console: {found['messages'] or 'silent'}")


if __name__ == "__main__":
    main()
