"""Take the pictures of the map that the README shows: ``make picture``."""

from pathlib import Path
from shutil import which

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
MAP = DOCS.parent / "maps" / "corridor.html"
SIZES = {"map.png": (1280, 800), "map-phone.png": (360, 740)}

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=which("chromium"),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    )
    for name, (width, height) in SIZES.items():
        page = browser.new_context(viewport={"width": width, "height": height}, offline=True).new_page()
        page.goto(MAP.as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        page.wait_for_timeout(1000)
        page.screenshot(path=DOCS / name)
    browser.close()
