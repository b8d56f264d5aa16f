"""Take the pictures of the map that the README shows: ``make picture``."""

from dataclasses import dataclass
from pathlib import Path
from shutil import which

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
MAP = DOCS.parent / "maps" / "corridor.html"


@dataclass(frozen=True)
class Picture:
    """A window, and what the address asks for."""

    name: str
    width: int
    height: int
    view: str = "lang=en&theme=light"


PICTURES = (
    Picture("map.png", 1440, 900),
    Picture("map-dark.png", 1440, 900, "lang=en&theme=dark"),
    Picture("map-phone.png", 360, 740),
)

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=which("chromium"),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    )
    for picture in PICTURES:
        window = {"width": picture.width, "height": picture.height}
        page = browser.new_context(viewport=window, offline=True).new_page()
        page.goto(f"{MAP.as_uri()}#{picture.view}")
        page.wait_for_selector("html[data-ready=yes]")
        page.wait_for_timeout(1000)
        page.screenshot(path=DOCS / picture.name)
    browser.close()
