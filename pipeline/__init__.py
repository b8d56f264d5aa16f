"""Burial depth of a submarine cable: plain typed functions on grids and tables, usable without Prefect."""

import os

# GDAL keeps blocks of rasters in 5 percent of the machine's memory unless it is told otherwise before it is first used:
# memory is to be bounded by us, not by the machine. Megabytes.
os.environ.setdefault("GDAL_CACHEMAX", "128")

__version__ = "0.1.0"
