"""MarineCadastre (NOAA, BOEM): the columns of 2009 to 2024 and the names of 2025."""

from __future__ import annotations

from pipeline.sources.ais.layouts.layout import Layout

MARINECADASTRE = Layout(
    key="marinecadastre",
    title="MarineCadastre",
    columns={
        "mmsi": ("mmsi",), "time": ("base_date_time",), "lat": ("lat", "latitude"), "lon": ("lon", "longitude"),
        "sog": ("sog",), "heading": ("heading",), "draught": ("draft", "draught"), "status": ("status",),
        "imo": ("imo",), "vessel_type": ("vessel_type",), "length": ("length",), "beam": ("width",),
        "name": ("vessel_name",),
    },
    written={
        "mmsi": "MMSI", "time": "BaseDateTime", "lat": "LAT", "lon": "LON", "sog": "SOG", "heading": "Heading",
        "draught": "Draft", "status": "Status", "imo": "IMO", "vessel_type": "VesselType", "length": "Length",
        "beam": "Width", "name": "VesselName",
    },
    mark="base_date_time",
)  # fmt: skip
