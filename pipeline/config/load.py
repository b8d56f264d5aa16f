"""Reading ``corridor.toml``: typed, and every complaint names the file, the line and the key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from pipeline.config.ais import AisSection
from pipeline.config.bathymetry import BathymetrySection
from pipeline.config.burial import BurialSection, CableSection, UncertaintySection
from pipeline.config.changes import ChangeTolerance
from pipeline.config.corridor import AcceptanceSection, CorridorSection, RouteSection, SourceSection, WaterSection
from pipeline.config.datum import DatumSection
from pipeline.config.density import refuse_unknown_ships
from pipeline.config.fetch import FetchSection
from pipeline.config.fields import Section
from pipeline.config.fishing import FishingSection
from pipeline.config.map import MapSection
from pipeline.config.nightly import NightlySection
from pipeline.config.publish import PublishSection
from pipeline.config.quality import QualitySection
from pipeline.config.scale import ScaleSection
from pipeline.config.seismic import SeismicSection
from pipeline.config.ship_types import named_by_ais
from pipeline.config.shipping import ShippingSection
from pipeline.config.soil import SoilSection
from pipeline.config.terrain import BedformsSection, TerrainSection
from pipeline.config.whatif import WhatIfSection
from pipeline.errors import ConfigError

CONFIG_NAME = "corridor.toml"


class Config(Section):
    """All of ``corridor.toml``."""

    corridor: CorridorSection = CorridorSection()
    route: RouteSection = RouteSection()
    water: WaterSection = WaterSection()
    bathymetry: BathymetrySection = BathymetrySection()
    datum: DatumSection = DatumSection()
    acceptance: AcceptanceSection = AcceptanceSection()
    terrain: TerrainSection = TerrainSection()
    bedforms: BedformsSection = BedformsSection()
    soil: SoilSection = SoilSection()
    ais: AisSection = AisSection()
    shipping: ShippingSection = Field(default=ShippingSection(), validate_default=True)
    fishing: FishingSection = FishingSection()
    seismic: SeismicSection = SeismicSection()
    burial: BurialSection = BurialSection()
    uncertainty: UncertaintySection = UncertaintySection()
    cable: CableSection = CableSection()
    whatif: WhatIfSection = WhatIfSection()
    map: MapSection = MapSection()
    publish: PublishSection = PublishSection()
    quality: QualitySection = QualitySection()
    changes: ChangeTolerance = ChangeTolerance()
    nightly: NightlySection = NightlySection()
    fetch: FetchSection = FetchSection()
    scale: ScaleSection = ScaleSection()
    sources: dict[str, SourceSection] = Field(default_factory=dict)

    @field_validator("shipping")
    @classmethod
    def _every_fluke_is_marched(cls, shipping: ShippingSection, info: ValidationInfo) -> ShippingSection:
        soil = info.data.get("soil")
        longest_m = shipping.fluke_length_at_1t_m * (max(kg for _, _, kg in shipping.anchor_table) / 1000.0) ** (1 / 3)
        if soil is not None and longest_m > soil.reference_fluke_m[1]:
            raise ValueError(
                f"the largest anchor has a fluke of {longest_m:.2f} m, and the factor of a profile is safe up to "
                f"{soil.reference_fluke_m[1]:g} m: raise reference_fluke_m in [soil]"
            )
        return shipping

    @field_validator("sources")
    @classmethod
    def _ships_of_densities(cls, sources: dict[str, SourceSection], info: ValidationInfo) -> dict[str, SourceSection]:
        shipping = info.data.get("shipping")
        found = {name: section.ship_type for name, section in sources.items() if section.role == "ship_density"}
        if shipping is not None:
            refuse_unknown_ships(found, named_by_ais(shipping.ship_types))
        return sources

    def only(self, *sections: str) -> Config:
        """Return a view that has nothing but the named sections; reading another one raises AttributeError."""
        view = self.model_copy()
        for name in set(Config.model_fields) - set(sections):
            del view.__dict__[name]
        return view


def load_config(path: Path) -> Config:
    """Read and validate a configuration file.

    Parameters
    ----------
    path : Path
        The ``corridor.toml``.

    Returns
    -------
    Config
        The validated configuration.

    Raises
    ------
    ConfigError
        If the file is missing, is not TOML, or has an unknown, duplicate or unusable key.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {CONFIG_NAME} here",
            where=str(path.parent),
            remedy=f"Make a workspace with 'corridor init {path.parent}', or name one with 'corridor -C DIR'.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the configuration cannot be read: {error}", where=str(path), remedy="Save it as readable UTF-8 text."
        ) from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"the configuration is not valid TOML: {error}",
            where=str(path),
            remedy="Mend that line; a key may stand only once in its section.",
        ) from error
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise _explain(error, text, path) from error


def _explain(error: ValidationError, text: str, path: Path) -> ConfigError:
    problems = []
    for item in error.errors():
        keys = [part for part in item["loc"] if isinstance(part, str) and part != "[key]"]
        line = line_of(text, keys)
        at = f"line {line}, " if line else ""
        problems.append((f"{at}key {'.'.join(keys)}", _sentence(item["type"], item["msg"], keys)))
    place, sentence = problems[0]
    more = f"Also {'; '.join(f'{p}: {s}' for p, s in problems[1:4])}. " if problems[1:] else ""
    remedy = f"{more}Mend the key; docs/parameters.md lists every key with its unit."
    return ConfigError(sentence, where=f"{path}, {place}", remedy=remedy)


def _sentence(kind: str, message: str, keys: list[str]) -> str:
    if kind == "extra_forbidden":
        return f"unknown key '{keys[-1] if keys else '?'}'"
    message = message.removeprefix("Value error, ")
    return message[0].lower() + message[1:]


def line_of(text: str, keys: list[str]) -> int | None:
    """Return the line (from 1) where a dotted key stands in TOML text, or that of its nearest section."""
    found: int | None = None
    header: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if match := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            header = [part.strip().strip("\"'") for part in match[1].split(".")]
            if header == keys[: len(header)]:
                found = number
            continue
        if header != keys[: len(header)]:
            continue
        rest = keys[len(header) :]
        match = re.match(r"\s*[\"']?([^=\"']+?)[\"']?\s*=", line)
        if match and rest and match[1].split(".")[0].strip() == rest[0]:
            return number
    return found


def config_json(config: Config, sections: tuple[str, ...]) -> dict[str, Any]:
    """Return the named sections as plain JSON values, in a stable order."""
    return {name: getattr(config, name).model_dump(mode="json") for name in sorted(sections)}


def config_from_json(sections: dict[str, Any]) -> Config:
    """Return a view that has nothing but the sections that ``config_json`` gave, on whichever machine."""
    view = Config().only(*sections)
    for name, values in sections.items():
        view.__dict__[name] = type(getattr(view, name)).model_validate(values)
    return view
