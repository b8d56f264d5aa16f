"""What every public service has in common."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.corridor import Role, SourceSection
from pipeline.fetch.ask import Ask
from pipeline.fetch.wanted import Wanted
from pipeline.workspace import SourceFiles

Asks = Generator[Ask, Path, None]
"""Yields requests and is sent the file of each answer, which may decide the next request."""


class InconsistentError(Exception):
    """Answers that are whole one by one and do not fit together; the text says how. Asking all again may help."""


@dataclass(frozen=True)
class Service:
    """A public service.

    Attributes
    ----------
    title : str
        What it gives, in words.
    role : str
        Role of the source that the file can be.
    keys : dict
        Further keys that the source needs.
    url, dataset : str
        Address and data set where the configuration names no others.
    licence, attribution, terms : str
        What may be done with the data, who is to be named, and where that stands.
    asks : callable
        The requests for what is wanted.
    assemble : callable
        Makes the file of the answers, in the order of the requests; returns the version that the service names, or
        nothing. Raises InconsistentError, BrokenAnswerError or DataError.
    read : callable
        Reads the file with this project's own reader; raises DataError if that cannot.
    token_variable : str
        Environment variable of the token; empty where none is needed.
    """

    title: str
    role: Role
    keys: dict[str, str]
    url: str
    dataset: str
    licence: str
    attribution: str
    terms: str
    asks: Callable[[Wanted, str, str], Asks]
    assemble: Callable[[Wanted, Sequence[Path], Path], str]
    read: Callable[[Wanted, Path], None]
    token_variable: str = ""

    def all_asks(self, wanted: Wanted) -> Asks:
        """Return the requests, to the address and data set that the configuration names or to the service's own."""
        url = (wanted.source.url or self.url).rstrip("/")
        return self.asks(wanted, url, wanted.source.dataset or self.dataset)

    def source_keys(self, wanted: Wanted) -> dict[str, object]:
        """Return what ``[sources.NAME]`` needs for the file to be used."""
        netcdf = {"crs": "EPSG:4326"} if wanted.source.into.endswith(".nc") else {}
        period = {"period": wanted.source.period} if self.role == "fishing_effort" else {}
        return {"role": self.role, "files": wanted.source.into, **self.keys, **netcdf, **period}

    def as_source(self, wanted: Wanted, path: Path) -> SourceFiles:
        """Return a file as the source that it is to be, for this project's own readers."""
        return SourceFiles(wanted.name, SourceSection.model_validate(self.source_keys(wanted)), (path,))
