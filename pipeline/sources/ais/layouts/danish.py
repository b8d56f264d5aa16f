"""The Danish Maritime Authority's table: days first, types and states as text, stations told by ``Type of mobile``."""

from __future__ import annotations

from pipeline.sources.ais.layouts.layout import Layout

DANISH = Layout(
    key="danish",
    title="Danish Maritime Authority",
    columns={
        "mmsi": ("mmsi",), "time": ("timestamp",), "lat": ("latitude",), "lon": ("longitude",), "sog": ("sog",),
        "heading": ("heading",), "draught": ("draught",), "status": ("navigational_status",), "imo": ("imo",),
        "vessel_type": ("ship_type",), "length": ("length",), "beam": ("width",), "name": ("name",), "to_bow": ("a",),
        "to_stern": ("b",), "to_port": ("c",), "to_starboard": ("d",), "mobile": ("type_of_mobile",),
    },
    written={
        "mmsi": "MMSI", "time": "# Timestamp", "lat": "Latitude", "lon": "Longitude", "sog": "SOG",
        "heading": "Heading", "draught": "Draught", "status": "Navigational status", "imo": "IMO",
        "vessel_type": "Ship type", "length": "Length", "beam": "Width", "name": "Name", "mobile": "Type of mobile",
    },
    mark="type_of_mobile",
    day_first=True,
)  # fmt: skip
