"""Layers of the swath: what is not assessed looks like no value, and a click finds what the rasters hold."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.geo import read_band
from pipeline.mapping.cellgrid import cells_block
from pipeline.mapping.codes import BLANK
from pipeline.mapping.inputs import Inputs, read_inputs
from pipeline.mapping.layers import read_layers
from pipeline.mapping.overlays import Overlay, swath_overlays
from pipeline.mapping.pictures import Picture
from pipeline.mapping.ramps import BLANK_COLOUR, NOT_ASSESSED_COLOURS, TargetPalette, rgb
from pipeline.mapping.swath import SwathGrid, classes_of

from .builder import build
from .unpacking import rates_of


def pixels(picture: Picture) -> np.ndarray:
    data = base64.b64decode(picture.uri.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def colours(picture: Picture) -> set[tuple[int, int, int]]:
    image = pixels(picture).reshape(-1, 4)
    return {tuple(pixel[:3]) for pixel in image[image[:, 3] > 0].tolist()}


def made(inputs: Inputs) -> dict[str, Overlay]:
    layers = {layer.step: layer for layer in read_layers(inputs.facts)}
    grid = SwathGrid.of(inputs.frame, 1600)
    palette = TargetPalette(inputs.config.burial.ladder_m)
    return {overlay.name: overlay for overlay in swath_overlays(inputs, layers, palette, grid)}


STRIPES = {rgb(colour) for colour in NOT_ASSESSED_COLOURS}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return read_inputs(build(tmp_path_factory.mktemp("swath"), assessed={"fishing": False}))


def test_what_is_not_assessed_is_hatched_and_has_no_colour_of_a_class(inputs: Inputs) -> None:
    overlays = made(inputs)
    fishing, shipping, moving = overlays["fishing"], overlays["shipping"], overlays["mobility"]
    assert not fishing.assessed
    assert fishing.provenance == ""
    assert colours(fishing.picture) == STRIPES
    assert "Not assessed" in fishing.legend.note
    assert fishing.legend.entries[-1] == (BLANK_COLOUR, "not assessed")
    assert shipping.assessed
    assert not STRIPES & colours(shipping.picture)
    assert "not assessed" not in [label for _, label in shipping.legend.entries]
    # In part: no survey lies over the first third.
    assert moving.assessed
    assert colours(moving.picture) > STRIPES
    assert moving.legend.entries[-1][1] == "not assessed"
    every = {
        rgb(colour) for overlay in overlays.values() for colour, _ in overlay.legend.entries if colour != BLANK_COLOUR
    }
    assert not STRIPES & every


def test_every_layer_covers_the_swath_and_nothing_else(inputs: Inputs) -> None:
    shapes = {name: pixels(overlay.picture)[..., 3] > 0 for name, overlay in made(inputs).items()}
    first = next(iter(shapes.values()))
    assert first.any()
    assert not first.all()
    assert all((shape == first).all() for shape in shapes.values())


def test_every_layer_has_its_unit_and_what_it_rests_on(inputs: Inputs) -> None:
    overlays = made(inputs)
    assert set(overlays) >= {"target", "required", "spread", "shipping", "seismic", "stability", "slope", "confidence"}
    for overlay in overlays.values():
        assert overlay.legend.note
        assert overlay.provenance in ("survey", "public", "modelled", "synthetic") or not overlay.assessed
    assert "(per km and year)" in overlays["shipping"].legend.title
    assert "(degrees)" in overlays["slope"].legend.title
    assert [label for _, label in overlays["provenance"].legend.entries] == [
        "survey swath (synthetic)",
        "etopo1 (public)",
    ]


def test_a_click_finds_the_value_of_the_raster(inputs: Inputs) -> None:
    grid = SwathGrid.of(inputs.frame, 1600)
    meta, arrays = cells_block(inputs, grid)
    row, col = inputs.frame.cells["row"].to_numpy(), inputs.frame.cells["col"].to_numpy()
    strikes = read_band(inputs.folders["shipping"] / "shipping_strike.tif")[row, col]
    np.testing.assert_allclose(rates_of(arrays["anchor_strike_per_km_yr"]), strikes, rtol=1e-3)
    depth = read_band(inputs.folders["bathymetry"] / "water_depth.tif")[row, col]
    columns = {name: (divisor, zero) for name, _, divisor, zero in meta["columns"]}
    divisor, zero = columns["water_depth_m"]
    np.testing.assert_allclose((arrays["water_depth_m"].astype(float) - zero) / divisor, depth, atol=0.051)
    assert "fishing_strike_per_km_yr" not in columns
    assert BLANK not in arrays["target_dol_m"]
    assert len(np.unique(grid.cell[grid.cell >= 0])) > 0.99 * len(row)


def test_a_value_at_a_step_of_the_ladder_belongs_to_it() -> None:
    values = np.array([0.0, 0.6, 1.0, 1.2, np.nan])
    assert classes_of(values, [0.0, 0.6, 1.0], right=True).tolist() == [0, 1, 2, 3, -1]


def test_a_swath_too_large_for_clicks_is_said(tmp_path: Path) -> None:
    from pipeline.mapping.step import run

    context = build(tmp_path, map_section={"click_cells": 100})
    lines: list[str] = []
    object.__setattr__(context, "log", lines.append)
    run(context)
    page = (context.out / "corridor.html").read_text(encoding="utf-8")
    assert 'id="cells-data"' not in page
    assert 'id="why-data"' in page
    assert any("click_cells" in line for line in lines)
