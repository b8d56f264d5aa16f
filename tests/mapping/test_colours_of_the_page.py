"""The colours of the page have names, stand in both themes, and can be read on each other."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from pipeline.mapping.ramps import rgb

TEMPLATES = Path(__file__).parents[2] / "pipeline" / "mapping" / "templates"
LITERAL = re.compile(r"(?<![&\w])#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b|\b(?:rgb|hsl)a?\(\s*\d")
TEXTS = {
    "paper": ("ink", "quiet", "accent", "caution"),
    "panel": (
        "ink", "quiet", "accent", "alarm", "caution", "short-ink", "survey", "public", "modelled", "synthetic",
        "missing",
    ),
    "raised": ("ink", "quiet"),
    "banner": ("ink", "alarm"),
    "changed": ("ink",),
    "short-row": ("ink", "accent", "synthetic", "modelled", "public"),
    "accent": ("on-accent",),
    "land": ("degree",),
    "sea": ("degree",),
}  # fmt: skip
MARKS = {
    "panel": ("focus", "achievable", "short", "cursor", "changed-line"),
    "paper": ("focus",),
    "ground": ("achievable", "short", "cursor"),
    "land": ("focus",),
}


def themes() -> dict[str, dict[str, str]]:
    """The colours by theme; what the dark one does not name stays as it is in light."""
    light, dark = (TEMPLATES / "colours.css").read_text(encoding="utf-8").split("@media screen")
    found = [dict(re.findall(r"--([a-z-]+):\s*([^;]+);", part)) for part in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio of two opaque colours."""

    def light(colour: str) -> float:
        part = np.array(rgb(colour)) / 255.0
        linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 4.5), (MARKS, 3.0)])
def test_contrast_is_at_least_what_wcag_aa_asks(theme: str, pairs: dict[str, tuple[str, ...]], least: float) -> None:
    colours = themes()[theme]
    poor = {
        f"{name} on {ground}": round(contrast(colours[name], colours[ground]), 2)
        for ground, names in pairs.items()
        for name in names
        if contrast(colours[name], colours[ground]) < least
    }
    assert poor == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_route_stands_out_of_land_and_sea(theme: str) -> None:
    colours = themes()[theme]
    for ground in ("land", "sea"):
        assert max(contrast(colours[edge], colours[ground]) for edge in ("casing", "casing-rim")) >= 3.0
    assert contrast(colours["casing"], colours["casing-rim"]) >= 3.0


def test_no_sheet_and_no_script_holds_a_colour_of_its_own() -> None:
    found = {}
    for path in sorted(TEMPLATES.iterdir()):
        if path.suffix in {".css", ".js", ".html"} and path.name != "colours.css":
            text = re.sub(r"(?:url|href=\")\(?[\"']?#[\w-]+", "", path.read_text(encoding="utf-8"))
            if literals := LITERAL.findall(text):
                found[path.name] = literals
    assert found == {}


def test_every_colour_that_is_used_is_defined_in_both_themes() -> None:
    light, dark = themes()["light"], themes()["dark"]
    assert light.keys() == dark.keys()
    assert all(LITERAL.match(value) or value in {"none"} or "(" in value for value in light.values())
    own = set()
    used = set()
    for path in TEMPLATES.iterdir():
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"var\(--([a-z-]+)\)", text)) if path.suffix in {".css", ".js", ".html"} else set()
        own |= set(re.findall(r"[\"'{;\s]--([a-z-]+)[\"':]", text)) if path.name != "colours.css" else set()
    used |= set(re.findall(r"var\(--([a-z-]+)\)", (TEMPLATES.parent / "page.py").read_text(encoding="utf-8")))
    assert used - own <= light.keys()
