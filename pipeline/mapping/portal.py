"""The portal: a page that leads to the map and to the files of the release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pipeline.mapping.escape import environment, script_text, style_text, template_source
from pipeline.mapping.policy import content_policy

DOWNLOADS: Final = (
    ("zones.csv", "burial zones by kilometre post"),
    ("stations.csv", "one row a station, all results"),
    ("stations.parquet", "the same, typed"),
    ("rpl.csv", "route position list with burial and protection"),
    ("rpl.xlsx", "the same for Excel"),
    ("corridor.gpkg", "all vector layers with QGIS styles"),
    ("burial_depth.tif", "required depth P10, P50, P90 and target depth, whole swath (m)"),
    ("water_depth.tif", "water depth below the surface level (m)"),
    ("slope.tif", "seabed slope (degrees)"),
    ("roughness.tif", "seabed roughness (m)"),
    ("soil_class.tif", "seabed soil, Folk classes"),
    ("shipping_strike.tif", "anchor strikes, surface-laid (per km and year)"),
    ("fishing_strike.tif", "fishing strikes, surface-laid (per km and year)"),
    ("pga_475yr.tif", "peak ground acceleration, 475 years (g)"),
    ("pga_2475yr.tif", "peak ground acceleration, 2475 years (g)"),
    ("slope_stability.tif", "slope factor of safety"),
)
"""File in ``data/processed/`` and what it holds."""


def render_portal(common: Mapping[str, Any]) -> str:
    """Return the portal page.

    Parameters
    ----------
    common : mapping
        What the map page shows too: name, totals, layers, banner, date of the data.
    """
    template = environment().get_template("index.html")
    return template.render(
        **common,
        downloads=DOWNLOADS,
        style=style_text(template_source("index.css")),
        script=script_text(template_source("age.js")),
        policy=content_policy(""),
    )
