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
        source="METHODS 1.10: a ship that says that she is anchored or moored may yaw this fast; slower across a "
        "silence she was not under way",
        ge=0,
    )

    duplicate_m: float = quantity(
        1000.0,
        unit="m",
        tag="E",
        source="reports of one MMSI and time further apart are of two ships; time stamps to the minute make less",
        ge=0,
    )
    split_reports: int = quantity(
        2, unit="-", tag="E", source="least reports of a track that begins or ends with a jump; fewer are jumps", ge=2
    )
    strands_followed: int = quantity(
        8, unit="-", tag="E", source="tracks of one MMSI that are followed at once: ships that share it", ge=2, le=16
    )
    jumps_told_pct: float = quantity(
        10.0,
        unit="percent",
        tag="E",
        source="an MMSI that loses a larger share of its reports as jumps is told",
        ge=0,
        le=100,
    )

    # Time and places covered
    stray_pct: float = quantity(
        10.0,
        unit="percent",
        tag="E",
        source="without a period: time begins and ends with a day that has this share of the rows of a usual day",
        ge=0,
        le=100,
    )
    empty_days_pct: float = quantity(
        5.0, unit="percent", tag="E", source="a larger share of days without a row of any ship is told", ge=0, le=100
    )
    heard_km: float = quantity(
        20.0,
        unit="km",
        tag="E",
        source="places with no report of any ship this near are not assessed: nobody may have listened there",
        gt=0,
    )
    silent_told_pct: float = quantity(
        2.0, unit="percent", tag="E", source="a larger share of ship-time in silences is told", ge=0, le=100
    )
    silent_loud_pct: float = quantity(
        30.0, unit="percent", tag="E", source="above it strikes are said to be far too few", ge=0, le=100
    )

    # Stops
    stop_min_min: float = quantity(
        60.0,
        unit="min",
        tag="E",
        source="a ship that stands still this long has anchored or moored; one that leaves stop_radius_m sooner drifts",
        gt=0,
    )
    stop_join_min: float = quantity(
        60.0, unit="min", tag="E", source="a silence or a swing up to this long does not end a stop", ge=0
    )
    stop_radius_m: float = quantity(
        500.0,
        unit="m",
        tag="E",
        source="how far a ship may swing or drag while she stands still, and between the parts of one stop",
        gt=0,
    )
    stop_reach_m: float = quantity(
        6000.0,
        unit="m",
        tag="E",
        source="stops are told this far either side of the cable: half the swath, and the radius of routine anchoring",
        gt=0,
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
        800,
        unit="MB",
        tag="E",
        source="what AIS readers may hold together before they use disk; 100 MB each at least",
        ge=200,
    )
    chunk_positions: int = quantity(
        500_000, unit="-", tag="E", source="positions worked on at once; does not change any result", ge=1
    )
