"""Space: the analysis grid, the route with its kilometre posts, and rasters on the grid."""

from pipeline.geo.frame import Frame
from pipeline.geo.grid import Floats, Grid, Ints, Mask
from pipeline.geo.raster import Band, read_band, read_cells, write_cog
from pipeline.geo.route import WGS84, Place, Route

__all__ = [
    "WGS84", "Band", "Floats", "Frame", "Grid", "Ints", "Mask", "Place", "Route", "read_band", "read_cells",
    "write_cog",
]  # fmt: skip
