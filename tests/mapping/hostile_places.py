"""Hostile text at every place of both maps where text from data can stand: one context for the steps that draw them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio

from pipeline.config.corridor import SourceSection
from pipeline.config.soil import FOLK7
from pipeline.geo import Band, Frame, write_cog
from pipeline.mapping import public, step
from pipeline.mapping.features import ROLES
from pipeline.store import StepContext
from pipeline.workspace import SourceFiles

from .builder import build, small_land, source
from .hostile import BAR, CORPUS, PIECES, at_once

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"
STATION_TEXTS = (
    "tool", "geohazard_note", "governing", "protection", "cable_type", "provenance", "confidence", "slope_class",
    "soil_class", "zone_id",
)  # fmt: skip
ZONE_TEXTS = ("zone_id", "governing", "protection", "cable_type", "soil", "geohazard_note", "confidence", "provenance")
FIRST_SOIL = 20
"""Code of the first soil class that is called by a piece."""
_CROSSED_BY = 6
"""Sources of cables and pipelines."""


def pairs(texts: Sequence[str]) -> list[str]:
    """Return texts by twos, for what is told by a code of one byte."""
    return [BAR.join(texts[place : place + 2]) for place in range(0, len(texts), 2)]


def written(folder: Path, texts: list[str], whole: str) -> StepContext:
    """Write step folders and sources whose texts are these, each alone wherever there are many, else all of them."""
    context = build(
        folder / "w", land=small_land(folder), station_m=100.0, zones=len(texts), hostile=whole,
        map_section={
            "basemap_url": TILES, "basemap_attribution": whole, "max_mb": 50.0, "raster_max_px": 200,
            "swath_max_px": 400, "sea_level_max_px": 200,
        },
    )  # fmt: skip
    _tables(context, texts)
    _facts(context, texts, whole)
    _rasters(context, texts)
    (coast,) = context.sources
    coast = SourceFiles(
        whole, coast.section.model_copy(update={"licence": whole, "attribution": whole}), coast.paths
    )  # fmt: skip
    object.__setattr__(
        context, "sources", (coast, _seismic_zones(folder, texts), *_features(folder, texts, whole))
    )  # fmt: skip
    classes = {
        name: FOLK7["sand"].model_copy(update={"code": code, "label": label})
        for code, (name, label) in enumerate(zip(texts[::2], pairs(texts), strict=True), start=FIRST_SOIL)
    }
    soil = context.config.soil.model_copy(update={"classes": {**FOLK7, **classes}})
    levels = {text: -0.05 * number for number, text in enumerate(texts, start=1)}
    object.__setattr__(context.config, "soil", soil)
    object.__setattr__(context.config, "water", context.config.water.model_copy(update={"scenarios_m": levels}))
    return context


def draw(folder: Path, texts: list[str], whole: str) -> None:
    """Draw both maps: ``team/corridor.html``, and ``public/corridor.html`` with what its step told beside it."""
    folder.mkdir(parents=True)
    context = written(folder, texts, whole)
    for name, run in (("team", step.run), ("public", public.run)):
        object.__setattr__(context, "out", folder / name)
        context.out.mkdir()
        told = run(context)
        (context.out / "facts.json").write_text(json.dumps(told), encoding="utf-8")


def draw_hostile(folder: Path) -> None:
    """Draw both maps with all pieces."""
    draw(folder, list(PIECES), at_once())


def draw_harmless(folder: Path) -> None:
    """Draw both maps with fewer words in their place, short and long."""
    some = [*PIECES[::10], *CORPUS["long"]]
    texts = ["".join("x" if letter != " " else " " for letter in piece) + f"{i}" for i, piece in enumerate(some)]
    draw(folder, texts, " ".join("".join(texts) for _ in PIECES[::10]))


def spread(table: pd.DataFrame, columns: tuple[str, ...], texts: Sequence[str]) -> pd.DataFrame:
    """Return a table whose rows hold one text each, in every column of text."""
    column = [texts[row % len(texts)] for row in range(len(table))]
    return table.assign(**dict.fromkeys(columns, column))


def _tables(context: StepContext, texts: list[str]) -> None:
    burial = context.inputs["burial"]
    zones, stations = burial / "zones.parquet", burial / "stations.parquet"
    spread(pd.read_parquet(zones), ZONE_TEXTS, texts).to_parquet(zones)
    table = spread(pd.read_parquet(stations), STATION_TEXTS, texts)
    table = spread(table, ("depth_source", "soil_source"), pairs(texts))
    # Out of reach everywhere, so that every station tells its tool, its order and its remedy.
    table.assign(target_dol_m=2.0, achievable_dol_m=1.0, deficit_m=1.0).to_parquet(stations)
    totals = json.loads((burial / "totals.json").read_text(encoding="utf-8"))
    (burial / "totals.json").write_text(json.dumps(totals | {"warnings": texts, "not_assessed": texts}))


def _facts(context: StepContext, texts: list[str], whole: str) -> None:
    for name in ("bathymetry", "soil", "ais", "shipping", "fishing", "seismic", "stability", "terrain"):
        context.facts[name]["summary"] = whole
    # The chain of a station names the sources of the last three, a third of the texts each.
    for name, part in (("soil", texts), ("shipping", texts[::3]), ("fishing", texts[1::3]), ("seismic", texts[2::3])):
        context.facts[name]["sources"] = [
            source(text, "soil", "synthetic", attribution=text, licence=text) for text in part
        ]
    context.facts["bathymetry"]["sources"] = [source(text, "bathymetry", "synthetic") for text in pairs(texts)]


def _rasters(context: StepContext, texts: list[str]) -> None:
    """Let neighbouring cells have one source and one soil after the other, and the public's depths all sources."""
    frame, count = Frame.load(context.inputs["route"]), len(pairs(texts))
    cells = frame.cells
    place = np.arange(len(cells)) % count
    tags = {"provenance": "synthetic", "description": "test"}
    for name, file, codes in (
        ("bathymetry", "depth_source.tif", place),
        ("soil", "soil_class.tif", FIRST_SOIL + place),
    ):
        values = frame.grid.full(cells["row"].to_numpy(), cells["col"].to_numpy(), codes, 255, "uint8")
        write_cog(
            context.inputs[name] / file, frame.grid, [Band("code", "-", values)], tags=tags, nodata=255,
            categorical=True,
        )  # fmt: skip
    with rasterio.open(context.inputs["bathymetry"] / "open_depth.tif", "r+", IGNORE_COG_LAYOUT_BREAK="YES") as raster:
        raster.update_tags(sources=", ".join(pairs(texts)))


def _file(folder: Path, name: str, features: list[tuple[dict[str, Any], str, Any]]) -> Path:
    found = [
        {"type": "Feature", "properties": told, "geometry": {"type": kind, "coordinates": places}}
        for told, kind, places in features
    ]
    path = folder / f"{name}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}), encoding="utf-8")
    return path


def _seismic_zones(folder: Path, names: list[str]) -> SourceFiles:
    """Write one seismic source zone a name."""
    numbers = {
        "a_value": 3.8, "b_value": 0.98, "mmin": 4.5, "mmax": 7.9, "depths_km": [30.0], "depth_weights": [1.0],
        "mechanism": "RV", "source": "test",
    }  # fmt: skip
    ring = [[50.0, 41.0], [50.2, 41.0], [50.2, 41.2], [50.0, 41.0]]
    path = _file(
        folder, "seismic", [({"name": name, "provenance": name, **numbers}, "Polygon", [ring]) for name in names]
    )
    return SourceFiles("seismic_zones", SourceSection(role="seismic_zones", files=path.name), (path,))


def _features(folder: Path, texts: list[str], whole: str) -> list[SourceFiles]:
    """Write one feature a text of every kind that is drawn, and lines that cross the route one after the other."""
    step_deg = 0.29 / len(texts)
    meridians = [
        (
            {"name": text, "kind": text, "status": text}, "LineString",
            [[50.005 + number * step_deg, 40.95], [50.005 + number * step_deg, 41.2]],
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip
    found, size = [], -(-len(texts) // _CROSSED_BY)
    for first in range(0, len(texts), size):
        path = _file(folder, f"lines{first}", meridians[first : first + size])
        found.append(_source(BAR.join(texts[first : first + size]), "infrastructure", path))
    ring = [[50.1, 41.02], [50.2, 41.02], [50.2, 41.1], [50.1, 41.02]]
    for role in ROLES:
        if role != "infrastructure":
            # Attributes are called as the file likes, too.
            path = _file(folder, role, [({"name": text, text: text}, "Polygon", [ring]) for text in texts])
            found.append(_source(whole, role, path))
    return found


def _source(name: str, role: str, path: Path) -> SourceFiles:
    section = SourceSection(role=role, files=path.name, provenance="survey", licence=name, attribution=name)  # type: ignore[arg-type]
    return SourceFiles(name, section, (path,))
