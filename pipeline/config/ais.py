"""``[ais]``: reading of AIS, tracks, passages and exposure (METHODS 1.10)."""

from __future__ import annotations

from typing import Literal

from pipeline.config.fields import Section, quantity


class AisSection(Section):
    """``[ais]``: from a report to ship-time beside the cable; nothing here says what an anchor does."""

    # What a report must be
    max_sog_kn: float = quantity(35.0, unit="kn", tag="E", source="METHODS 1.10: reports above are dropped", gt=0)
    unknown_sog_kn: float = quantity(102.3, unit="kn", tag="S", source="ITU-R M.1371: speed not available")
    placeholder_mmsi: tuple[int, ...] = quantity(
        (111111111, 123456789, 999999999), unit="-", tag="E", source="numbers typed where none was assigned"
    )
    lost_pct: float = quantity(
        10.0,
        unit="percent",
        tag="E",
        source="a larger share of reports too fast, without time, place or number, or outside the period is told",
        ge=0,
        le=100,
    )
    nmea_damaged_pct: float = quantity(
        10.0,
        unit="percent",
        tag="E",
        source="NMEA files with a larger share of damaged lines are refused",
        ge=0,
        le=100,
    )
    nmea_parts_s: float = quantity(
        10.0, unit="s", tag="E", source="parts of an NMEA message that come further apart are of two", gt=0
    )

    # Tracks
    gap_min: float = quantity(30.0, unit="min", tag="E", source="METHODS 1.10: a longer silence ends a track", gt=0)
    gap_satellite_min: float = quantity(
        180.0, unit="min", tag="E", source='METHODS 1.10: the same for sources with receiver = "satellite"', gt=0
    )
    max_jump_kn: float = quantity(50.0, unit="kn", tag="E", source="METHODS 1.10: implied speed no ship has", gt=0)
    stationary_kn: float = quantity(1.0, unit="kn", tag="E", source="METHODS 1.10: slower is anchored or moored", ge=0)
    manoeuvring_kn: float = quantity(
        4.0,
        unit="kn",
        tag="E",
        source="METHODS 1.10: made good over ground, contradicts a reported speed of zero",
        ge=0,
    )

    split_reports: int = quantity(
        2, unit="-", tag="E", source="least reports of a track that begins or ends with a jump; fewer are jumps", ge=2
    )

    # Time covered, where a source states no period
    outage_days: float = quantity(
        30.0,
        unit="d",
        tag="E",
        source="a longer time without a row of any ship is told; rows beyond it may be strays",
        ge=1,
    )
    stray_pct: float = quantity(
        0.1,
        unit="percent",
        tag="E",
        source="days apart with a smaller share of the rows are of wrong clocks",
        ge=0,
        lt=50,
    )

    # Stops
    stop_min_min: float = quantity(
        60.0, unit="min", tag="E", source="a ship that stands still this long has anchored or moored", gt=0
    )
    stop_join_min: float = quantity(
        60.0, unit="min", tag="E", source="a silence or a swing up to this long does not end a stop", ge=0
    )
    stop_radius_m: float = quantity(
        500.0, unit="m", tag="E", source="how far a ship may swing or drag between the parts of one stop", gt=0
    )
    stop_reach_m: float = quantity(
        6000.0,
        unit="m",
        tag="E",
        source="stops are told this far either side of the cable: half the swath, and the radius of routine anchoring",
        gt=0,
    )
    moored_radius_m: float = quantity(
        30.0, unit="m", tag="E", source="without a status, a ship that swings no further is moored", gt=0
    )
    anchorage_buffer_m: float = quantity(
        500.0, unit="m", tag="E", source="METHODS 1.10: around each place where a ship anchored", gt=0
    )

    # Passages
    passage_settle_m: float = quantity(
        50.0,
        unit="m",
        tag="E",
        source="a ship is on the other side of the cable when she is this far over: positions are good to 10 m",
        ge=0,
    )

    # Exposure
    direction: Literal["cautious", "heading", "isotropic"] = "cautious"
    exposure_half_width_m: float = quantity(
        1000.0, unit="m", tag="E", source="METHODS 1.10: ship-hours are counted this far either side of the cable", gt=0
    )
    piece_m: float = quantity(
        500.0, unit="m", tag="E", source="longest piece of a track that is taken as straight beside the route", gt=0
    )

    # The machine
    memory_mb: int = quantity(
        800, unit="MB", tag="E", source="what the AIS reader may hold before it uses disk", ge=200
    )
    chunk_positions: int = quantity(
        500_000, unit="-", tag="E", source="positions worked on at once; does not change any result", ge=1
    )
