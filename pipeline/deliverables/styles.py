"""QGIS styles (QML) from one table of colours: deeper is darker, in an order that colour-blind readers can follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

_DEPTH_COLOURS = ("#fde725", "#a0da39", "#4ac16d", "#1fa187", "#277f8e", "#365c8d", "#440154")
_NO_TARGET = "#9e9e9e"
_ANCHORAGE = "#aa3377"


@dataclass(frozen=True)
class Style:
    """A style of one layer: its QML, what it colours by, and what that is."""

    qml: str
    by: str
    about: str


@dataclass(frozen=True)
class Class:
    """One class of a style: lower and upper bound of the target depth, label, colour."""

    lower: float
    upper: float
    label: str
    colour: str


def depth_classes(ladder_m: Sequence[float]) -> list[Class]:
    """Return one class a ladder step, and one for surface-laid cable."""
    steps = [0.0, *sorted(ladder_m)]
    last = len(_DEPTH_COLOURS) - 1
    classes = []
    for index, step in enumerate(steps):
        lower = steps[index - 1] + 1e-6 if index else -1e-6
        colour = _DEPTH_COLOURS[round(index * last / (len(steps) - 1))]
        classes.append(Class(lower, step + 1e-6, f"{step:g} m" if step else "surface-laid", colour))
    return classes


def by_depth(geometry: str, ladder_m: Sequence[float]) -> Style:
    """Return a QGIS style by target depth, see ``qml``."""
    return Style(qml(geometry, ladder_m), "target depth", "target depth of lowering")


def anchorage_style() -> Style:
    """Return a QGIS style that shades areas where ships anchor, all alike."""
    root = ElementTree.Element("qgis", {"version": "3.22", "styleCategories": "Symbology"})
    renderer = ElementTree.SubElement(
        root, "renderer-v2", {"type": "singleSymbol", "forceraster": "0", "symbollevels": "0", "enableorderby": "0"}
    )
    symbols = ElementTree.SubElement(renderer, "symbols")
    symbol = ElementTree.SubElement(symbols, "symbol", {"type": "fill", "name": "0", "alpha": "1"})
    layer = ElementTree.SubElement(symbol, "layer", {"class": "SimpleFill", "enabled": "1", "locked": "0", "pass": "0"})
    red, green, blue = _rgb(_ANCHORAGE)
    for key, value in {
        "color": f"{red},{green},{blue},60", "outline_color": f"{red},{green},{blue},255", "outline_width": "0.4",
        "outline_width_unit": "MM", "outline_style": "dash", "style": "solid",
    }.items():  # fmt: skip
        ElementTree.SubElement(layer, "prop", {"k": key, "v": value})
    ElementTree.indent(root)
    text = "<!DOCTYPE qgis>\n" + ElementTree.tostring(root, encoding="unicode") + "\n"
    return Style(text, "use", "where ships anchor")


def qml(geometry: str, ladder_m: Sequence[float]) -> str:
    """Return a QGIS style that colours a layer by ``target_dol_m``.

    Parameters
    ----------
    geometry : {"line", "marker"}
        Kind of symbol.
    ladder_m : sequence of float
        Target depths.
    """
    root = ElementTree.Element("qgis", {"version": "3.22", "styleCategories": "Symbology"})
    renderer = ElementTree.SubElement(
        root, "renderer-v2", {"type": "RuleRenderer", "forceraster": "0", "symbollevels": "0", "enableorderby": "0"}
    )
    rules = ElementTree.SubElement(renderer, "rules", {"key": "target"})
    symbols = ElementTree.SubElement(renderer, "symbols")
    named = [(c.label, f'"target_dol_m" > {c.lower} AND "target_dol_m" <= {c.upper}', c.colour)
             for c in depth_classes(ladder_m)]  # fmt: skip
    named.append(("no target decided", '"target_dol_m" IS NULL', _NO_TARGET))
    for index, (label, rule, colour) in enumerate(named):
        ElementTree.SubElement(
            rules, "rule", {"key": f"target-{index}", "filter": rule, "symbol": str(index), "label": label}
        )
        _symbol(symbols, geometry, str(index), colour)
    ElementTree.indent(root)
    return "<!DOCTYPE qgis>\n" + ElementTree.tostring(root, encoding="unicode") + "\n"


def _symbol(parent: ElementTree.Element, geometry: str, name: str, colour: str) -> None:
    symbol = ElementTree.SubElement(parent, "symbol", {"type": geometry, "name": name, "alpha": "1"})
    kind = "SimpleLine" if geometry == "line" else "SimpleMarker"
    layer = ElementTree.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    red, green, blue = _rgb(colour)
    options = (
        {"line_color": f"{red},{green},{blue},255", "line_width": "1.2", "line_width_unit": "MM"}
        if geometry == "line"
        else {"color": f"{red},{green},{blue},255", "name": "circle", "size": "1.6", "outline_style": "no"}
    )
    for key, value in options.items():
        ElementTree.SubElement(layer, "prop", {"k": key, "v": value})


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
