"""Tables of vendors in the style of exactEarth and Spire: one quantity under many names, in snake case or not."""

from __future__ import annotations

from pipeline.sources.ais.layouts.layout import Layout

VENDOR = Layout(
    key="vendor",
    title="vendor",
    columns={
        "mmsi": ("mmsi", "maritime_mobile_service_identity"),
        # Of several times that of the position stands first, that of the receiver or the database last.
        "time": (
            "dt_pos_utc", "ts_pos_utc", "position_timestamp", "position_time", "time_position", "base_date_time",
            "timestamp", "timestamp_utc", "time", "time_utc", "datetime", "date_time", "date_time_utc", "datetime_utc",
            "ts", "tm", "t", "msgtime", "epoch", "unixtime", "received_at", "time_received", "reception_time",
        ),
        "lat": ("latitude", "lat", "position_latitude", "y"),
        "lon": ("longitude", "lon", "long", "lng", "position_longitude", "x"),
        "sog": ("sog", "speed", "speed_over_ground", "position_speed"),
        "heading": ("heading", "true_heading", "hdg", "position_heading"),
        "draught": ("draught", "draft", "static_draught"),
        "status": ("nav_status", "navigational_status", "navigation_status", "navstat", "status",
                   "nav_status_code", "position_nav_status"),
        "imo": ("imo", "imo_number", "imo_no", "static_imo"),
        "vessel_type": ("vessel_type_code", "ship_type_code", "ship_and_cargo_type", "ship_type", "vessel_type",
                        "shiptype", "type_code", "static_ship_type"),
        "length": ("length", "vessel_length", "ship_length", "dimensions_length", "length_overall"),
        "beam": ("width", "beam", "vessel_width", "ship_width", "dimensions_width", "breadth"),
        "name": ("vessel_name", "ship_name", "shipname", "name", "static_name"),
        "to_bow": ("to_bow", "dim_bow", "dim_a", "dimension_a", "dimensions_a", "dimension_to_bow"),
        "to_stern": ("to_stern", "dim_stern", "dim_b", "dimension_b", "dimensions_b", "dimension_to_stern"),
        "to_port": ("to_port", "dim_port", "dim_c", "dimension_c", "dimensions_c", "dimension_to_port"),
        "to_starboard": ("to_starboard", "dim_starboard", "dim_d", "dimension_d", "dimensions_d",
                         "dimension_to_starboard"),
        "mobile": ("type_of_mobile", "ais_class", "transponder_class", "station_type"),
    },
)  # fmt: skip
