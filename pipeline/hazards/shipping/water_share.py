"""How much of the area around a station is water: ship-time is not divided by land (METHODS 1.10)."""

from __future__ import annotations

import numpy as np

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats, Frame, Mask
from pipeline.hazards.shipping.exposure import panel_edges_km
from pipeline.hazards.shipping.smoothing import along_route


def panel_water_share(frame: Frame, land: Mask, half_width_m: float, section: ShippingSection) -> Floats:
    """Return the share of water in the box that ship-time is smoothed over, shape (stations,).

    Cells of which the depth is not known are no land. The box gives them the weights that it gives to ship-time.

    Parameters
    ----------
    frame : Frame
        Stations and cells.
    land : ndarray of bool, shape (cells,)
        Cells on land.
    half_width_m : float
        How far either side of the route ship-time was counted.
    section : ShippingSection
        ``smoothing_km`` and ``least_water_share``.
    """
    beside = np.abs(frame.cells["offset_m"].to_numpy()) <= half_width_m
    station, panels = frame.cells["station"].to_numpy(), len(frame.stations)
    box = along_route(panel_edges_km(frame), section.smoothing_km)
    every, dry = (
        np.asarray(box @ np.bincount(station[chosen], minlength=panels).astype(float))
        for chosen in (beside, beside & land)
    )
    # A panel of a box without cells, of a short smoothing, is taken as water.
    share = 1.0 - np.divide(dry, every, out=np.zeros(panels), where=every > 0.0)
    return np.asarray(np.maximum(share, section.least_water_share))
