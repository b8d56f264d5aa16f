"""Raster files: their formats, what is known of them, and reading them window by window."""
