"""The packed blocks of the page: numbers that its script unpacks when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from pipeline.mapping import ramps
from pipeline.mapping.cellgrid import cells_block
from pipeline.mapping.chain import why_block
from pipeline.mapping.inputs import Inputs
from pipeline.mapping.packed import pack
from pipeline.mapping.pictures import warp
from pipeline.mapping.sealevels import sea_block
from pipeline.mapping.swath import SwathGrid


def packed_blocks(
    inputs: Inputs, stations: pd.DataFrame, grid: SwathGrid, regional: Path | None, log: Callable[[str], None]
) -> dict[str, str]:
    """Return packed blocks by the id of their element.

    Parameters
    ----------
    inputs : Inputs
        What the steps before gave.
    stations : DataFrame
        Those that the page shows.
    grid : SwathGrid
        The cells.
    regional : Path or None
        Water depth around the route.
    log : callable
        Told what is left out.
    """
    section = inputs.config.map
    blocks = {"why-data": pack(*why_block(inputs, stations))}
    if len(grid.row) <= section.click_cells:
        blocks["cells-data"] = pack(*cells_block(inputs, grid))
    else:
        log(f"a click beside the route tells nothing: {len(grid.row)} cells, more than [map] click_cells")
    if regional is not None:
        tints = [colour for colour, _ in ramps.classes(section.depth_breaks_m, ramps.DEPTH_RAMP)]
        coarse = warp(regional, max_px=section.sea_level_max_px, smooth=True)
        blocks["sea-data"] = pack(*sea_block(coarse, section, inputs.config.water, tints))
    return blocks
