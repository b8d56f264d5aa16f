"""Burial depth of a submarine cable: plain typed functions on grids and tables, usable without Prefect."""

__version__ = "0.1.0"
