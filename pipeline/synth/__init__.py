"""The labelled synthetic corridor that ``corridor init``, tests and benchmarks share. Nothing else imports it.

Every generator is a pure function of a seed, a route and sizes; the same arguments give the same bytes.
"""

PROVENANCE = "synthetic"
NOTICE = "Synthetic: made by cable-corridor from a seed. Not observed. Not for construction or navigation."
SEED = 20260101
CRS = "EPSG:32639"
"""Projected CRS of the example: UTM zone 39 north, as in the default ``corridor.toml``."""
SURFACE_M = -29.3
"""Caspian level in metres on the Baltic 1977 datum, taken as equal to mean sea level (METHODS 7.1, 7.2; E)."""

__all__ = ["CRS", "NOTICE", "PROVENANCE", "SEED", "SURFACE_M"]
