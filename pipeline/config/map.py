"""``[map]``: what the HTML map shows and how heavy it may be."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from pydantic import field_validator

from pipeline.config.address import secret_names
from pipeline.config.fields import Section, quantity

_TILE_PLACES = re.compile(r"\{[szxyr]\}")
_TILE_HOST = re.compile(r"(\{s\}\.)?([A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(:[0-9]+)?")


class MapSection(Section):
    """``[map]``: limits and cartography; no number here changes a burial depth."""

    max_mb: float = quantity(5.0, unit="MB", tag="E", source="a page that a phone opens without strain", gt=0)
    raster_max_px: int = quantity(
        1800, unit="px", tag="E", source="longest side of the regional depth picture", ge=100, le=8000
    )
    swath_max_px: int = quantity(
        1600,
        unit="px",
        tag="E",
        source="longest side of a swath picture: about one pixel a 250 m cell",
        ge=100,
        le=8000,
    )
    profile_points: int = quantity(
        4000, unit="-", tag="E", source="stations inside the page; beyond it each block shows its deepest need", ge=50
    )
    most_zones: int = quantity(
        500,
        unit="-",
        tag="E",
        source="zones drawn and listed; beyond it neighbours are joined, closer views part them",
        ge=10,
    )
    most_marks: int = quantity(
        1000,
        unit="-",
        tag="E",
        source="marks of each kind along the route, one in ten with a label; beyond it they stand farther apart",
        ge=10,
    )
    kp_mark_km: float = quantity(10.0, unit="km", tag="E", source="spacing of kilometre-post marks", gt=0)
    kp_label_km: float = quantity(20.0, unit="km", tag="E", source="spacing of labelled kilometre posts", gt=0)
    station_popup_km: float = quantity(1.0, unit="km", tag="E", source="spacing of stations with a popup", gt=0)
    coast_margin_km: float = quantity(450.0, unit="km", tag="E", source="land drawn around the route", gt=0)
    coast_tolerance_m: float = quantity(200.0, unit="m", tag="E", source="shoreline simplification, for display", ge=0)
    depth_breaks_m: tuple[float, ...] = quantity(
        (5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 300.0, 500.0, 800.0),
        unit="m",
        tag="E",
        source="limits of the depth tints; 200 m is where anchors stop mattering",
    )
    strike_breaks_per_km_yr: tuple[float, ...] = quantity(
        (1e-8, 1e-7, 1e-6, 1e-5, 1e-4), unit="1/km/yr", tag="E", source="limits of the strike tints, one a decade"
    )
    pga_breaks_g: tuple[float, ...] = quantity(
        (0.05, 0.10, 0.15, 0.20, 0.30, 0.40), unit="g", tag="E", source="limits of the ground-motion tints"
    )
    slope_breaks_deg: tuple[float, ...] = quantity(
        (1.0, 2.0, 5.0, 10.0), unit="deg", tag="E", source="limits of the slope tints; ploughs mind slopes over some 10"
    )
    stability_breaks_fs: tuple[float, ...] = quantity(
        (1.0, 1.5, 3.0), unit="-", tag="E", source="limits of the stability tints: METHODS 4.5 classes, and far above"
    )
    passages_breaks_per_yr: tuple[float, ...] = quantity(
        (1.0, 3.0, 10.0, 30.0, 100.0), unit="1/yr", tag="E", source="limits of the tints of ship passages by cell"
    )
    spread_breaks_m: tuple[float, ...] = quantity(
        (0.1, 0.3, 0.6, 1.0), unit="m", tag="E", source="limits of the tints of P90 less P10 of the required depth"
    )
    mobility_breaks_m: tuple[float, ...] = quantity(
        (0.1, 0.3, 0.5, 1.0), unit="m", tag="E", source="limits of the tints of burial added because the bed moves"
    )
    click_cells: int = quantity(
        250_000, unit="-", tag="E", source="most cells of the swath whose numbers a click tells; beyond, none", ge=0
    )
    most_features: int = quantity(
        2000, unit="-", tag="E", source="most faults, cables, areas and so on drawn of one kind, those nearest", ge=0
    )
    feature_margin_km: float = quantity(
        100.0, unit="km", tag="E", source="how far from the route faults, cables and areas are drawn", gt=0
    )
    sea_level_max_px: int = quantity(
        700,
        unit="px",
        tag="E",
        source="longest side of the depths that other sea levels are drawn from",
        ge=100,
        le=4000,
    )
    relief_exaggeration: float = quantity(
        40.0, unit="-", tag="E", source="vertical exaggeration of the shaded relief, for display", ge=0
    )
    most_earthquakes: int = quantity(
        300, unit="-", tag="E", source="largest events drawn in the optional layer of earthquakes", ge=0
    )
    public_step_km: float = quantity(
        5.0,
        unit="km",
        tag="E",
        source="the map for the public: its line lies within so much of the cable, and its depths are blurred as far",
        ge=0.5,
        le=100,
    )
    alongside_m: float = quantity(
        25.0,
        unit="m",
        tag="E",
        source="a line of others this near over twenty times as far runs along the route: a stretch, not a crossing",
        gt=0,
    )
    data_as_of: str = ""
    stale_after_days: int = quantity(
        400, unit="d", tag="E", source="age of the data at which pages say that they have grown old", ge=1
    )
    basemap_url: str = ""
    basemap_attribution: str = ""

    @field_validator(
        "depth_breaks_m", "strike_breaks_per_km_yr", "pga_breaks_g", "slope_breaks_deg", "stability_breaks_fs",
        "passages_breaks_per_yr", "spread_breaks_m", "mobility_breaks_m",
    )  # fmt: skip
    @classmethod
    def _rising(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not value or any(high <= low for low, high in zip((0.0, *value), value, strict=False)):
            raise ValueError("the limits must be above zero and rise from each to the next")
        return value

    @field_validator("data_as_of")
    @classmethod
    def _iso_date(cls, value: str) -> str:
        if value:
            date.fromisoformat(value)
        return value

    @field_validator("basemap_url")
    @classmethod
    def _https(cls, value: str) -> str:
        if value and (urlsplit(value).scheme != "https" or not urlsplit(value).hostname):
            raise ValueError("give an https tile address such as https://tiles.example.org/{z}/{x}/{y}.png, or nothing")
        # The address stands in a script, in a template and in the page's security policy: nothing but an address may.
        rest = _TILE_PLACES.sub("", value)
        if any(character in "\"'<>\\`{} ;,$" or not character.isprintable() for character in rest):
            raise ValueError("the tile address holds a character that has no place in one; {s} {z} {x} {y} {r} may")
        if value and not _TILE_HOST.fullmatch(urlsplit(value).netloc):
            raise ValueError("the tile address names a host that is none, such as tiles.example.org")
        # A page goes to many people, and so would a key that stands in it.
        if names := secret_names(value):
            raise ValueError(
                f"the tile address carries a secret ({', '.join(names)}), which everybody would read who opens "
                "the map; use tiles that need none"
            )
        return value
