"""The seabed: depth, shape and soil."""
