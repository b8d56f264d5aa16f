"""Stored pictures of a small map, and the command that renews them: ``python -m tests.mapping.looks``."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from pipeline.mapping.step import run

from .builder import build, small_land
from .visits import QUIET, Visit

FOLDER = Path(__file__).parent / "pictures"
_STORED_SHARE = 0.5
_BLOCK_PX = 16
"""Side of a block, in pixels of the screen: text of another font weighs about the same in it."""
FAR = 26.0
"""Difference of a block, of 255, that is more than another font or another edge of a line."""


@dataclass(frozen=True)
class Look:
    """One way of looking at the page.

    Attributes
    ----------
    name : str
        Also of the stored file.
    width, height : int
        Of the window, pixels.
    fragment : str
        Of the address.
    paper : bool
        As it is printed.
    options : dict
        Of the browser's context.
    """

    name: str
    width: int
    height: int
    fragment: str = ""
    paper: bool = False
    options: dict[str, Any] = field(default_factory=dict)


LOOKS = (
    Look("desk", 1280, 800),
    Look("desk-dark", 1280, 800, "theme=dark"),
    Look("phone", 360, 740, options={"has_touch": True, "is_mobile": True}),
    Look("projector", 1920, 1080),
    Look("paper", 1512, 1046, paper=True),
)


def small_map(root: Path) -> Path:
    """Build the map that the pictures show; its looks do not change with the calendar."""
    context = build(root / "w", land=small_land(root), map_section={"stale_after_days": 1_000_000})
    run(context)
    return context.out / "corridor.html"


def take(browser: Browser, page: Path, look: Look, spoil: str = "") -> Image.Image:
    """Return a picture of the page; ``spoil`` is a script that damages it first."""
    visit = Visit(browser, page, look.width, look.height, fragment=look.fragment, **look.options)
    try:
        if look.paper:
            visit.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
            visit.page.emulate_media(media="print")
        if spoil:
            visit.page.evaluate(spoil)
        visit.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return Image.open(io.BytesIO(visit.page.screenshot(animations="disabled"))).convert("RGB")
    finally:
        visit.context.close()


def stored(look: Look) -> Image.Image:
    """Return the stored picture, half as large as the screen."""
    with Image.open(FOLDER / f"{look.name}.png") as image:
        return image.convert("RGB")


def shrunk(image: Image.Image) -> Image.Image:
    """Return the picture as it is stored."""
    width, height = (round(side * _STORED_SHARE) for side in image.size)
    return image.resize((width, height), Image.Resampling.BOX)


def blocks(image: Image.Image, look: Look) -> NDArray[np.float64]:
    """Return mean red, green and blue of every block, shape (rows, cols, 3)."""
    size = (look.width // _BLOCK_PX, look.height // _BLOCK_PX)
    return np.asarray(image.resize(size, Image.Resampling.BOX), float)


def share_changed(one: Image.Image, other: Image.Image, look: Look) -> float:
    """Return the share of blocks that differ by more than `FAR`."""
    apart = np.abs(blocks(one, look) - blocks(other, look)).max(axis=2)
    return float((apart > FAR).mean())


def started() -> Iterator[Browser]:
    """Chromium of the distribution."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        yield browser
        browser.close()


def renew() -> None:
    """Take all pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as root:
        page = small_map(Path(root))
        for browser in started():
            for look in LOOKS:
                shrunk(take(browser, page, look)).quantize(128).save(FOLDER / f"{look.name}.png", optimize=True)


if __name__ == "__main__":
    renew()
