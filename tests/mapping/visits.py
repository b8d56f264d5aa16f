"""A browser's visit to a page, and text that tries to be more than text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

HOSTILE = (
    "<img src=x onerror=window.pwned=1>|C:\\path\\2019|`${window.pwned=1}`|</script><script>window.pwned=1</script>|"
    "{{7*7}}|{% x %}|{# y #}|<!--|--></style></title></textarea>|&lt;b&gt;|"
    "\u05d0\u05d1\u202e\u05d2|\U0001f30a|\u2028\u2029|\"'"
)
"""Pieces are joined by bars: each must be found on the page letter by letter."""

ENDLESS = "\u202eW<b>" + "W" * 10_000
"""Ten kilobytes without a place to break, and an order to write from the right."""


# Counts what the page has put off: `rest` waits until nothing is.
_COUNTED = """(() => {
    const waiting = new Set();
    const own = { frame: window.requestAnimationFrame.bind(window), time: window.setTimeout.bind(window) };
    const counted = (put, drop) => [
        (act, ...more) => {
            const id = put((...given) => { waiting.delete(key); act(...given); }, ...more);
            const key = drop + id;
            waiting.add(key);
            return id;
        },
        (id) => { waiting.delete(drop + id); own[drop](id); },
    ];
    own.cancelAnimationFrame = window.cancelAnimationFrame.bind(window);
    own.clearTimeout = window.clearTimeout.bind(window);
    [window.requestAnimationFrame, window.cancelAnimationFrame] = counted(own.frame, "cancelAnimationFrame");
    [window.setTimeout, window.clearTimeout] = counted(own.time, "clearTimeout");
    window.atRest = async () => {
        for (let quiet = 0; quiet < 2; quiet = waiting.size ? 0 : quiet + 1) await new Promise(own.frame);
    };
})()"""


def rest(page: Page) -> None:
    """Wait until a page has drawn and done all that it put off: animations, and the address that follows a view."""
    page.evaluate("atRest()")


class Visit:
    """A page opened with the network off, and all that happened in it."""

    def __init__(
        self, browser: Browser, path: Path, width: int, height: int, *, fragment: str = "", **options: Any
    ) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height}, **options)
        self.context.set_offline(True)
        self.context.add_init_script(_COUNTED)
        self.page: Page = self.context.new_page()
        self.trouble: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.trouble.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.trouble.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri() + (f"#{fragment}" if fragment else ""))
        if path.name != "index.html":
            self.page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=20_000)

    def outside(self, own: Path) -> list[str]:
        """Return what was asked for beside the page itself."""
        return [url for url in self.requests if url.split("#")[0] != own.as_uri() and not url.startswith("data:")]

    def nothing_ran(self) -> bool:
        """Say whether no text became script or markup."""
        return self.page.evaluate("window.pwned") is None and self.page.locator("img[src=x]").count() == 0
