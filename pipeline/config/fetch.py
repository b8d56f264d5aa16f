"""``[fetch]`` and ``[fetch.NAME]``: which public sources are downloaded to where, and how patiently."""

from __future__ import annotations

import ipaddress
import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import ConfigDict, Field, field_validator, model_validator

from pipeline.config.address import secret_names
from pipeline.config.corridor import read_period
from pipeline.config.fields import Section, quantity

ServiceName = Literal["gebco", "emodnet_substrate", "comcat", "gem_faults", "gfw"]
Box = tuple[float, float, float, float]
"""West, south, east, north; degrees WGS84."""

SUFFIXES: dict[ServiceName, tuple[str, ...]] = {
    "gebco": (".tif", ".nc"), "emodnet_substrate": (".geojson",), "comcat": (".csv",), "gem_faults": (".geojson",),
    "gfw": (".csv",),
}  # fmt: skip
_RAW = PurePosixPath("data/raw")
# A name is a folder of the program's own and a word on the command line.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class FetchSource(Section):
    """``[fetch.NAME]``: one public source and the file that it becomes."""

    service: ServiceName = Field(description="who is asked")
    into: str = Field(description="the file that it becomes, in `data/raw`; name it in `[sources.NAME]` to use it")
    url: str = Field("", description="another address of the service, such as a mirror; without a secret")
    dataset: str = Field("", description="another data set or layer of the service")
    period: tuple[str, str] | None = Field(
        None, description='comcat and gfw: first and last day, `["2024-01-01", "2024-12-31"]`; gfw needs it'
    )
    box: Box | None = Field(None, description="west, south, east, north in degrees; else the route and `margin_km`")
    margin_km: float | None = Field(None, ge=0, description="around the route's swath; else `margin_km` of `[fetch]`")
    sha256: str = Field("", description="what the finished file must hash to; else whatever comes is taken")

    @model_validator(mode="before")
    @classmethod
    def _is_a_section(cls, value: Any) -> Any:
        if not isinstance(value, (dict, cls)):
            raise ValueError("unknown key; a source to fetch is a section of its own, [fetch.NAME]")
        return value

    @field_validator("into")
    @classmethod
    def _in_raw(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or not path.is_relative_to(_RAW) or path.parent == path:
            raise ValueError('fetched files lie in data/raw; write into = "data/raw/fetched/name.suffix"')
        if any(part.startswith(".") or not part.isprintable() or set(part) & set("*?[]\\") for part in path.parts):
            raise ValueError("the file's name holds something that a pattern or a terminal would take for its own")
        return path.as_posix()

    @field_validator("url")
    @classmethod
    def _fit_to_ask(cls, value: str) -> str:
        if value:
            _refuse_unfit(value)
        return value

    @field_validator("dataset")
    @classmethod
    def _a_name(cls, value: str) -> str:
        if not re.fullmatch(r"[\w.:-]*", value, re.ASCII):
            raise ValueError("the name of a data set holds letters, digits and . : - _ only")
        return value

    @field_validator("period")
    @classmethod
    def _first_day_then_last(cls, value: tuple[str, str] | None) -> tuple[str, str] | None:
        return value if value is None else read_period(value)

    @field_validator("box")
    @classmethod
    def _on_earth(cls, value: Box | None) -> Box | None:
        if value is not None:
            west, south, east, north = value
            if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
                raise ValueError("the box is west, south, east, north in degrees, each less than its opposite")
        return value

    @field_validator("sha256")
    @classmethod
    def _sixty_four_digits(cls, value: str) -> str:
        if value and not re.fullmatch("[0-9a-fA-F]{64}", value):
            raise ValueError("a SHA-256 has 64 hexadecimal digits")
        return value.lower()

    @model_validator(mode="after")
    def _as_the_service_needs(self) -> FetchSource:
        suffixes = SUFFIXES[self.service]
        if PurePosixPath(self.into).suffix not in suffixes:
            raise ValueError(f"{self.service} gives files that end in {' or '.join(suffixes)}")
        if self.service == "gfw" and self.period is None:
            raise ValueError('gfw needs a period, such as period = ["2024-01-01", "2024-12-31"]')
        return self


def _refuse_unfit(address: str) -> None:
    """Refuse an address that is not https (on this machine http) or that carries a secret.

    The value is in no message: what it holds may be what nobody must read.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError("the address cannot be read; write it as https://host/path") from error
    if not host or not address.isprintable() or " " in address:
        raise ValueError("the address cannot be read; write it as https://host/path")
    if "@" in parts.netloc or secret_names(address):
        raise ValueError("the address carries a secret; tokens come from the environment and stand in no file")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(parts)):
        raise ValueError("the address must be https (http only to a loopback address, such as http://127.0.0.1:8080)")


def is_this_machine(parts: SplitResult) -> bool:
    """Tell whether an address names this machine itself, as a loopback number."""
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:  # a name, and names may point anywhere
        return False


_MARGINS_KM: dict[ServiceName, float] = {
    "gebco": 220.0, "emodnet_substrate": 20.0, "comcat": 300.0, "gem_faults": 200.0, "gfw": 20.0,
}  # fmt: skip
_CONTACT = "web or e-mail address that services may write to about your requests; sent with each of them"


class FetchSection(Section):
    """``[fetch]``: patience and limits; its other tables, ``[fetch.NAME]``, are the sources."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, FetchSource] = Field(init=False)

    contact: Annotated[str, Field(description=_CONTACT)] = ""
    margin_km: dict[ServiceName, float] = quantity(
        _MARGINS_KM, unit="km", tag="E",
        source="around the swath: depths of the regional map reach 200 km, the hazard integral 200 km "
        "and its smoothing further, soil and fishing what smoothing needs",
    )  # fmt: skip
    comcat_from_yr: int = quantity(
        1900, unit="year", tag="E", source="start of a catalogue without a period; instruments begin there", ge=-3000
    )
    comcat_min_magnitude: float = quantity(
        4.0, unit="magnitude", tag="E", source="below it no catalogue of the region is complete", ge=-2, le=10
    )
    connect_s: float = quantity(20.0, unit="s", tag="E", source="time for a connection to be made", gt=0)
    answer_s: float = quantity(
        300.0, unit="s", tag="E", source="time for an answer to begin; reports are made while one waits", gt=0
    )
    stall_s: float = quantity(
        60.0, unit="s", tag="E", source="a download slower than slowest_kb_per_s over this has stalled", gt=0
    )
    slowest_kb_per_s: float = quantity(1.0, unit="kB/s", tag="E", source="a modem's speed; see stall_s", ge=0)
    retries: int = quantity(4, unit="-", tag="E", source="further attempts after a failure that may pass", ge=0, le=20)
    backoff_s: float = quantity(
        2.0, unit="s", tag="E", source="wait before the first further attempt; doubles with each", ge=0
    )
    longest_wait_s: float = quantity(
        300.0, unit="s", tag="E", source="a service that asks for a longer wait (Retry-After) is left for another day",
        ge=0,
    )  # fmt: skip
    pause_s: float = quantity(
        1.0, unit="s", tag="E", source="between two requests to one host, so as to be no burden", ge=0
    )
    max_gb: float = quantity(2.0, unit="GB", tag="E", source="what one source may weigh, at most", gt=0)
    keep_pages_h: float = quantity(
        24.0, unit="h", tag="E", source="finished pages of an unfinished download are asked again after that", ge=0
    )

    @property
    def sources(self) -> dict[str, FetchSource]:
        """The sources by name, as they stand in the file."""
        return dict(self.__pydantic_extra__)

    @model_validator(mode="after")
    def _names_and_places(self) -> FetchSection:
        places: dict[str, str] = {}
        for name, source in self.sources.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f"[fetch.{name}]: a name has letters, digits, - and _ only")
            if other := places.get(source.into):
                raise ValueError(f"[fetch.{other}] and [fetch.{name}] would both become {source.into}")
            places[source.into] = name
        return self

    @field_validator("margin_km")
    @classmethod
    def _others_stay(cls, value: dict[ServiceName, float]) -> dict[ServiceName, float]:
        if any(margin < 0 for margin in value.values()):
            raise ValueError("a margin is zero or more")
        return _MARGINS_KM | value

    @field_validator("contact")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not re.fullmatch(r"[\x21-\x7e]{0,200}", value) or set(value) & set("()"):
            raise ValueError("contact is a web or e-mail address in plain letters")
        return value
