"""Sections that describe the corridor itself: extent, route, water level, acceptance."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipeline.config.fields import Section, quantity
from pipeline.config.folk import Scheme


class CorridorSection(Section):
    """``[corridor]``: name, extent and resolution."""

    name: str = "Unnamed corridor"
    crs: str = "EPSG:32639"
    half_width_m: float = quantity(5000.0, unit="m", tag="E", source="swath zoned either side of the route", gt=0)
    cell_m: float = quantity(250.0, unit="m", tag="E", source="analysis grid cell", gt=0)
    station_m: float = quantity(100.0, unit="m", tag="E", source="METHODS 11: stations every 100 to 250 m", gt=0)
    design_life_yr: float = quantity(25.0, unit="yr", tag="E", source="design life of the cable", gt=0)

    @field_validator("crs")
    @classmethod
    def _projected_metres(cls, value: str) -> str:
        from pyproj import CRS
        from pyproj.exceptions import CRSError

        try:
            crs = CRS.from_user_input(value)
        except CRSError as error:
            raise ValueError(f"{value!r} is not a coordinate reference system: {error}") from error
        if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
            raise ValueError(f"{value} is not projected in metres; use a projected CRS such as EPSG:32639")
        return value


class RouteSection(Section):
    """``[route]``: the route position list."""

    file: str = "data/raw/route/trans_caspian_rpl.csv"
    label: str = ""


class WaterSection(Section):
    """``[water]``: the surface level that depths are measured from."""

    surface_m: float = quantity(
        -29.3, unit="m Baltic 1977", tag="E", source="METHODS 7.2: Caspian level of 2026", ge=-500, le=9000
    )
    msl_to_baltic77_m: float = quantity(
        0.0, unit="m", tag="E", source="METHODS 7.1: added to elevations on msl; uncertain by about 0.5 m"
    )
    scenarios_m: dict[str, float] = quantity(
        {"2050": -2.5, "2100 SSP2-4.5": -8.0, "2100 SSP5-8.5": -14.0},
        unit="m relative to surface_m",
        tag="S",
        source="Samant & Prange 2023 for 2100; 2050 interpolated (E)",
    )


class AcceptanceSection(Section):
    """``[acceptance]``: how many strikes are tolerable, and how the tolerance is shared along the route."""

    route_strikes_per_yr: float = quantity(
        1e-3, unit="1/yr", tag="E", source="METHODS 1.2: 2.5 percent in a 25-year life for the whole cable", gt=0
    )
    allocation: Literal["length", "section", "none"] = "length"
    percentile: Literal[10, 50, 90] = 90
    reference_length_km: float = quantity(
        5.0, unit="km", tag="K", source="METHODS 1.2: allocation 'none' applies the target to each such length", gt=0
    )


Provenance = Literal["survey", "public", "modelled", "synthetic"]
PROVENANCE_ORDER: tuple[Provenance, ...] = ("survey", "public", "modelled", "synthetic")
Role = Literal[
    "bathymetry", "soil", "soil_samples", "ais", "ship_density", "ship_registry", "fishing_effort", "earthquakes",
    "seismic_zones", "faults", "mud_volcanoes", "infrastructure", "constraints", "anchorages", "coastline", "as_laid",
]  # fmt: skip


# Ship and fishing records are younger than this and no forecast; what lies outside is a typing error.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def read_period(value: tuple[str, str]) -> tuple[str, str]:
    """Return the first and the last day of a period, two dates in that order.

    Raises
    ------
    ValueError
        If they are not; in words for a person.
    """
    try:
        first, last = (date.fromisoformat(text) for text in value)
    except ValueError as error:
        raise ValueError(
            f'the period holds something that is not a date: {error}; write it as ["2025-01-01", "2025-12-31"]'
        ) from error
    if last < first:
        raise ValueError("the period ends before it starts; give the first day, then the last day")
    if first.year < _FIRST_YEAR or last.year > _LAST_YEAR:
        raise ValueError(f"the period lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return value


class SourceSection(Section):
    """``[sources.NAME]``: where data of one role come from and how to read them."""

    role: Role = Field(description="what the data are")
    files: str = Field(description="one file or a pattern such as `data/raw/survey/*.tif`, inside the workspace")
    values: Literal["elevation_m", "depth_m"] | None = Field(None, description="bathymetry: sign of the values")
    vertical_datum: Literal["msl", "baltic77", "caspian28", "surface"] | None = Field(
        None, description="bathymetry: the level that values are measured from"
    )
    provenance: Provenance = Field("public", description="told wherever the data show")
    licence: str = Field("", description="told wherever the data show")
    priority: int = Field(0, description="of several sources of one role the larger lies over the smaller")
    crs: str | None = Field(None, description="for a file that has none; must not contradict one that has")
    variable: str | None = Field(None, description="which band, variable, layer or sheet of a file that has several")
    period: tuple[str, str] | None = Field(
        None, description='first and last day covered, `["2025-01-01", "2025-12-31"]`; else first to last row'
    )
    classes: dict[Annotated[str, Field(min_length=1)], str] | None = Field(
        None,
        description='soil codes or names in the file to names in `[soil.classes]`, `{ 1 = "sand" }`; types of a ship '
        "registry to names in `[shipping.ship_types]`",
    )
    scheme: Scheme | None = Field(
        None,
        description="what the numbers of a soil source mean: EMODnet's of 5, 7 or 16 Folk classes (`[soil] schemes`)",
    )
    boundary_m: float = Field(
        0.0,
        ge=0,
        description="soil polygons: how far lines may be off; within it the cautious side counts",
    )
    shares_off_pct: float = quantity(
        2.0,
        unit="percent",
        tag="E",
        source="METHODS 3.1: what gravel, sand and mud of a sample may miss 100 by; three roundings and a little more",
        ge=0,
        lt=50,
    )
    nodata: float | None = Field(None, description="for a raster that declares none")
    columns: dict[str, str] | None = Field(None, description='`{ "name in the file" = "name in the layout" }`')
    layout: Literal["marinecadastre", "danish", "vendor", "nmea"] | None = Field(
        None, description="AIS: what the files hold; else recognised by the names of their columns"
    )
    receiver: Literal["terrestrial", "satellite"] = Field(
        "terrestrial",
        description="AIS: who heard it; picks the silence that ends a track, `[ais] gap_min` or `gap_satellite_min`",
    )
    grid_m: float = quantity(
        10.0, unit="m", tag="E", source="METHODS 6.1: side of the cells that soundings in text are averaged in", gt=0
    )
    unpacked_max_gb: float = quantity(
        50.0,
        unit="GB",
        tag="E",
        source="METHODS 6.1: gzipped soundings and tables that unpack to more are refused",
        gt=0,
    )
    unpacked_max_ratio: float = quantity(
        200.0, unit="-", tag="E", source="METHODS 6.1: so are those that unpack to so many times their size", gt=1
    )
    attribution: str = Field("", description="who is to be named")
    ship_type: str = Field(
        "all", description='ship_density: whose hours they are, a name of `[shipping.ship_types]` or "all"'
    )
    per: Literal["month", "year"] | None = Field(
        None, description="ship_density: the time that ship-hours per km2 are counted in"
    )

    @field_validator("files")
    @classmethod
    def _on_this_machine(cls, value: str) -> str:
        if "://" in value or value.lstrip("/").startswith("vsi"):
            raise ValueError(
                f"{value!r} lies on a network or inside another file, and only files in the workspace are read; "
                "download or unpack it first"
            )
        return value

    @field_validator("period")
    @classmethod
    def _first_day_then_last(cls, value: tuple[str, str] | None) -> tuple[str, str] | None:
        return value if value is None else read_period(value)

    @model_validator(mode="after")
    def _heights_are_understood(self) -> SourceSection:
        if self.role == "bathymetry" and (self.values is None or self.vertical_datum is None):
            raise ValueError(
                "a bathymetry source needs values (elevation_m or depth_m) "
                "and vertical_datum (msl, baltic77, caspian28 or surface)"
            )
        return self

    @model_validator(mode="after")
    def _density_keys_on_densities(self) -> SourceSection:
        density = self.role == "ship_density"
        if density and self.per is None:
            raise ValueError('a ship_density source needs per ("month" or "year"): hours per km2 in what time?')
        if not density and (self.per is not None or self.ship_type != "all"):
            raise ValueError(f"ship_type and per tell what a density raster holds, and the role is {self.role}")
        return self

    @model_validator(mode="after")
    def _soil_keys_on_soil(self) -> SourceSection:
        if self.scheme and self.role not in ("soil", "soil_samples"):
            raise ValueError(f'scheme = "{self.scheme}" tells what soil is, and the role is {self.role}')
        if self.boundary_m and self.role != "soil":
            raise ValueError(f"boundary_m is for polygons of soil, and the role is {self.role}")
        return self

    @model_validator(mode="after")
    def _ais_keys_on_ais(self) -> SourceSection:
        if self.role != "ais" and (self.layout is not None or self.receiver != "terrestrial"):
            raise ValueError(f"layout and receiver are for AIS, and the role is {self.role}")
        return self
