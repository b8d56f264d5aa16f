"""Raster formats: one small module each, found through the catalogue in ``registry``."""
