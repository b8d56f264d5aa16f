"""``[terrain]`` and ``[bedforms]``: layers at the survey's own resolution, and what counts as a mobile bedform."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from pipeline.config.fields import Section, quantity

Range = tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]


class TerrainSection(Section):
    """``[terrain]``: slope, roughness, position index and curvature of surveys finer than the analysis grid."""

    native_layers: bool = Field(
        default=False,
        description="write these layers of every survey tile at its own resolution, as "
        "`data/processed/terrain_SOURCE_TILE.tif`; about 15 bytes a cell",
    )
    minimum_coverage: float = quantity(
        0.5,
        unit="-",
        tag="E",
        source="share of a cell or window that survey pixels must cover; blank below",
        gt=0,
        le=1,
    )
    pixels_across_cell: float = quantity(
        4.0, unit="pixels", tag="E", ge=2,
        source="across an analysis cell; a coarser survey does not tell of relief in it",
    )  # fmt: skip


class BedformsSection(Section):
    """``[bedforms]``: what relief of a survey counts as a mobile bedform, and what it asks for (METHODS 3.5)."""

    window_cells: tuple[Annotated[int, Field(ge=1, le=15)], ...] = quantity(
        (1, 3, 5), unit="analysis cells", tag="E", source="sides of the windows in which bedforms are sought; odd"
    )
    waves_in_window: float = quantity(
        3.0,
        unit="-",
        tag="E",
        source="wavelengths that a window must hold; with fewer the plane takes part of them",
        ge=2,
    )
    pixels_per_wave: float = quantity(
        6.0,
        unit="-",
        tag="E",
        source="pixels that a wavelength must have; noise cannot be told from shorter waves",
        ge=4,
    )
    height_m: Range = quantity(
        (0.1, 20.0), unit="m", tag="K", source="dunes after Ashley (1990): 0.075 m and higher; survey noise below 0.1 m"
    )
    height_in_steps: float = quantity(
        1.5, unit="-", tag="C", source="steps that heights are rounded to; those steps on a slope are 0.82 of one high",
        ge=1,
    )  # fmt: skip
    wavelength_m: Range = quantity(
        (0.6, 1000.0), unit="m", tag="K", source="dunes after Ashley (1990): spacing 0.6 m to over 100 m"
    )
    steepness: Range = quantity(
        (0.005, 0.15), unit="-", tag="K",
        source="height over wavelength; above: Flemming (1988), highest dunes 0.16 L^0.84; below: not told from relief",
    )  # fmt: skip
    coherence: float = quantity(
        0.5,
        unit="-",
        tag="E",
        source="how far gradients lie on one axis, 0 none to 1 all; rock lies on none",
        gt=0,
        lt=1,
    )
    sand_wave_from_m: float = quantity(
        30.0, unit="m", tag="E", source="wavelength from which a bedform is a sand wave, below a megaripple", gt=0
    )
    megaripple_from_m: float = quantity(
        6.0, unit="m", tag="E",
        source="a survey that cannot show megaripples so long does not tell that there are none; shorter ones are some "
        "0.3 m high (Flemming 1988: 0.0677 L^0.81)", gt=0,
    )  # fmt: skip
    megaripple_height_share: float = quantity(
        0.5, unit="-", tag="E", source="METHODS 3.5: allowance of half a megaripple's height ...", ge=0
    )
    megaripple_scour_m: float = quantity(0.2, unit="m", tag="E", source="METHODS 3.5: ... plus 0.2 m", ge=0)

    @model_validator(mode="after")
    def _understood(self) -> BedformsSection:
        if any(cells % 2 == 0 for cells in self.window_cells) or not self.window_cells:
            raise ValueError("window_cells are odd numbers, at least one: a window has a middle cell")
        for name in ("height_m", "wavelength_m", "steepness"):
            low, high = getattr(self, name)
            if low >= high:
                raise ValueError(f"{name} is a range from low to high, and {low:g} is not below {high:g}")
        return self
