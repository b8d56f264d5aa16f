"""Sites of the hazard: coarse nodes over the swath, and the way from nodes to any point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.geo import Floats, Ints

_TOGETHER = 65536  # points whose corners are held at once


@dataclass(frozen=True, eq=False)
class Nodes:
    """Nodes of a square grid that surround all given points.

    Attributes
    ----------
    x_km, y_km : ndarray, shape (nodes,)
        Projected place, km.
    corners : ndarray, shape (points, 4)
        Index of the four nodes around each point.
    weights : ndarray, shape (points, 4)
        Bilinear weights, adding up to 1.
    """

    x_km: Floats
    y_km: Floats
    corners: Ints
    weights: Floats

    @classmethod
    def around(cls, x_m: Floats, y_m: Floats, spacing_km: float) -> Nodes:
        """Lay nodes on whole multiples of the spacing."""
        u, v = x_m / 1000.0 / spacing_km, y_m / 1000.0 / spacing_km
        col, row = np.floor(u).astype(np.int64), np.floor(v).astype(np.int64)
        fu, fv = u - col, v - row
        columns = np.stack([col, col + 1, col, col + 1], axis=1)
        rows = np.stack([row, row, row + 1, row + 1], axis=1)
        weights = np.stack([(1 - fu) * (1 - fv), fu * (1 - fv), (1 - fu) * fv, fu * fv], axis=1)
        south, west, wide = rows.min(), columns.min(), columns.max() - columns.min() + 1
        places, corners = np.unique((rows - south) * wide + columns - west, return_inverse=True)
        x_km, y_km = (places % wide + west) * spacing_km, (places // wide + south) * spacing_km
        return cls(x_km, y_km, corners.reshape(rows.shape).astype(np.int64), weights)

    def along(self, kp_km: Floats) -> Ints:
        """Return the nodes in the order in which points come by them, whose kilometre posts are given."""
        first = np.full(len(self.x_km), np.inf)
        np.minimum.at(first, self.corners, kp_km[:, None])
        return np.argsort(first, kind="stable")

    def at_points(self, values: Floats) -> Floats:
        """Interpolate values of the nodes (first axis) to the points, geometrically: linear in their logarithm."""
        logarithm = np.log(values)
        result = np.empty((len(self.corners), *values.shape[1:]))
        for start in range(0, len(result), _TOGETHER):
            points = slice(start, start + _TOGETHER)
            around = logarithm[self.corners[points]]
            result[points] = np.exp(np.einsum("pc,pc...->p...", self.weights[points], around))
        return result
