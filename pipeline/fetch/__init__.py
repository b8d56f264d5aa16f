"""Downloading public sources into ``data/raw``: whole, checked, or not at all."""
