"""Depths around the route from sources that do not follow it: what may be shown to people who may not see the route."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from pipeline.config.bathymetry import BathymetrySection
from pipeline.geo import Floats, Grid
from pipeline.sources.depths.merging import Bed, laid_over, seam_shares
from pipeline.sources.rasters.layers import Layer

_LEAST_SHARE: Final = 0.25
"""Of the region. A layer that knows less may be a ribbon along the route, whatever its provenance says of it."""


def open_bed(
    layers: Sequence[Layer], far: Sequence[Floats], around: Grid, section: BathymetrySection
) -> tuple[list[Layer], Bed]:
    """Return the bed around the route of layers that tell nothing of the route by where they have values.

    No survey is among them, and no layer that knows less than a quarter of the region.

    Parameters
    ----------
    layers : sequence of Layer
        All layers, best first.
    far : sequence of ndarray
        Bed elevation of each on ``around``, m; NaN where it has none.
    around : Grid
        The region.
    section : BathymetrySection
        How layers meet.

    Returns
    -------
    list of Layer, Bed
        Those that were taken, and their bed; without any of them it is unknown everywhere.
    """
    taken = [
        (layer, bed)
        for layer, bed in zip(layers, far, strict=True)
        if layer.section.provenance != "survey" and float(np.isfinite(bed).mean()) >= _LEAST_SHARE
    ]
    beds = [bed for _, bed in taken] or [np.full(around.shape, np.nan)]
    return [layer for layer, _ in taken], laid_over(beds, seam_shares(beds, around, section))
