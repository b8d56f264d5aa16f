"""What each layer rests on, and the banner that says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.config.corridor import PROVENANCE_ORDER
from pipeline.mapping.messages import counted, msgid, say
from pipeline.store import Facts
from pipeline.workspace import weakest

# Step, title, and the step whose data it is computed from (named once in the banner).
_LAYERS: tuple[tuple[str, str, str], ...] = (
    ("bathymetry", msgid("water depth"), ""),
    ("terrain", msgid("slope and roughness"), "bathymetry"),
    ("soil", msgid("seabed soil"), ""),
    ("ais", msgid("ship tracks"), ""),
    ("density", msgid("ship density"), ""),
    ("shipping", msgid("anchor strikes"), "ais"),
    ("fishing", msgid("fishing strikes"), ""),
    ("seismic", msgid("earthquake shaking"), ""),
    ("stability", msgid("slope stability"), "seismic"),
)
_STAND_INS = ("density",)
"""Steps that another stands in front of: no layer where they are not used."""
_ROLES = {
    "bathymetry": msgid("water depth"), "soil": msgid("seabed soil"), "ais": msgid("anchor strikes"),
    "shipping": msgid("anchor strikes"), "fishing_effort": msgid("fishing strikes"),
    "fishing": msgid("fishing strikes"), "earthquakes": msgid("earthquake shaking"),
    "seismic_zones": msgid("earthquake shaking"), "seismic": msgid("earthquake shaking"),
    "stability": msgid("slope stability"),
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One source of a layer."""

    name: str
    provenance: str
    licence: str
    attribution: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Layer:
    """A layer as its step describes it.

    Attributes
    ----------
    step : str
        The step that made it.
    title : str
        In words.
    base : str
        Step whose data it is computed from; empty where it reads sources itself.
    assessed : bool
        False where no data exist for it.
    provenance : str
        Weakest provenance of what it rests on; empty where not assessed.
    summary : str
        The step's own line.
    sources : tuple[Source, ...]
        What it was made from.
    """

    step: str
    title: str
    base: str
    assessed: bool
    provenance: str
    summary: str
    sources: tuple[Source, ...]

    @property
    def files(self) -> str:
        """Names of its source files; of many only the first and their number."""
        names = [name for source in self.sources for name in source.files]
        return (
            ", ".join(names)
            if len(names) <= 3
            else counted("{first} and {n} more file", "{first} and {n} more files", first=names[0], n=len(names) - 1)
        )


def read_layers(facts: Mapping[str, Facts]) -> tuple[Layer, ...]:
    """Return the layers of the steps that ran, in the order of a reader's interest."""
    there = {step for step, told in facts.items() if step not in _STAND_INS or told.get("assessed")}
    return tuple(_layer(step, title, base, facts[step]) for step, title, base in _LAYERS if step in there)


def _layer(step: str, title: str, base: str, told: Facts) -> Layer:
    sources = tuple(_source(item) for item in told.get("sources", ()))
    assessed = bool(told.get("assessed", True))
    own = str(told.get("provenance") or "") or weakest(source.provenance for source in sources)
    return Layer(step, say(title), base, assessed, own if assessed else "", str(told.get("summary", "")), sources)


def _source(item: Mapping[str, Any]) -> Source:
    return Source(
        name=str(item.get("name", "")),
        provenance=str(item.get("provenance", "")),
        licence=str(item.get("licence", "")),
        attribution=str(item.get("attribution", "")),
        files=tuple(str(name) for name in item.get("files", ())),
    )


@dataclass(frozen=True)
class Banner:
    """What a reader must know before any number.

    Attributes
    ----------
    synthetic, modelled, not_assessed : tuple[str, ...]
        Titles of layers.
    """

    synthetic: tuple[str, ...]
    modelled: tuple[str, ...]
    not_assessed: tuple[str, ...]


def make_banner(layers: Iterable[Layer], roles_without_data: Iterable[str]) -> Banner:
    """Return the banner: a layer is synthetic where any of its sources is."""
    layers = tuple(layers)
    missing = [layer.title for layer in layers if not layer.assessed and not (layer.step == "ais" and len(layers) > 1)]
    missing += [say(_ROLES[role]) if role in _ROLES else role.replace("_", " ") for role in roles_without_data]
    return Banner(
        synthetic=_resting_on("synthetic", layers),
        modelled=_resting_on("modelled", layers),
        not_assessed=tuple(dict.fromkeys(missing)),
    )


def _resting_on(provenance: str, layers: tuple[Layer, ...]) -> tuple[str, ...]:
    named: dict[str, str] = {}
    for layer in layers:
        if not layer.assessed or layer.base in named:
            continue
        guilty = [source.name.replace("_", " ") for source in layer.sources if source.provenance == provenance]
        if len(guilty) < len(layer.sources) and guilty:
            named[layer.step] = say("{layer} (in part: {sources})", layer=layer.title, sources=", ".join(guilty))
        elif guilty or layer.provenance == provenance:
            named[layer.step] = layer.title
    return tuple(named.values())


def overall(layers: Iterable[Layer]) -> str:
    """Return the weakest provenance of all assessed layers: what the burial depths rest on."""
    return weakest(
        provenance
        for layer in layers
        if layer.assessed
        for provenance in (layer.provenance, *(source.provenance for source in layer.sources))
        if provenance in PROVENANCE_ORDER
    )
