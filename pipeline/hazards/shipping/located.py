"""Where points lie beside the route, compiled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Route


@dataclass(frozen=True)
class Beside:
    """Places of points beside a route: as in ``pipeline.geo.Place``."""

    kp_km: Floats
    offset_m: Floats
    beyond: NDArray[np.bool_]


def locate(route: Route, x_m: Floats, y_m: Floats) -> Beside:
    """Return the places of points: what ``Route.locate`` answers, ten times as fast for points in a ship's order."""
    from pipeline.hazards.shipping.beside_kernels import locate as fill

    kp, vx, vy = route.vertices
    pitch = float(np.hypot(np.diff(vx), np.diff(vy)).max()) * (1.0 + 1e-9)
    found = Beside(np.empty(len(x_m)), np.empty(len(x_m)), np.empty(len(x_m), np.bool_))
    fill(x_m, y_m, kp, vx, vy, pitch, found.kp_km, found.offset_m, found.beyond)
    return found
