"""Soil: maps, polygons and samples, and what their codes and units mean."""
