"""One request to a service, and reading what it answers with suspicion."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pipeline.store.hashing import hash_json


class BrokenAnswerError(Exception):
    """An answer that is not whole or not what was asked for; asking again may help. The text says why."""


def take_anything(_: Path) -> None:
    """Check nothing: what is read later tells."""


@dataclass(frozen=True)
class Ask:
    """One request.

    Attributes
    ----------
    url : str
        Address with its parameters; it holds no secret and may be shown and kept.
    body : JSON value, optional
        What is posted; without it the request is a GET.
    authorised : bool
        The service's token goes with it.
    check : callable
        Reads the whole answer; raises BrokenAnswerError if it is not what was asked for.
    """

    url: str
    body: Any = None
    authorised: bool = False
    check: Callable[[Path], None] = take_anything

    @property
    def method(self) -> str:
        """The HTTP method."""
        return "GET" if self.body is None else "POST"

    @property
    def host(self) -> str:
        """The host, as people call it."""
        return urlsplit(self.url).hostname or self.url

    @cached_property
    def key(self) -> str:
        """A name for files of this request: the same request has the same."""
        return hash_json([self.method, self.url, self.body])[:16]

    def shown(self) -> str:
        """Return the request as it may be shown and kept."""
        return f"{self.method} {self.url}" + ("" if self.body is None else f" {json.dumps(self.body)}")


def address(base: str, parameters: Mapping[str, object], *, safe: str = ",:") -> str:
    """Return an address with parameters in the order given, percent-encoded but for the characters in ``safe``."""
    return f"{base}?{urlencode({name: str(value) for name, value in parameters.items()}, safe=safe, quote_via=quote)}"


def read_json(path: Path) -> Any:
    """Read an answer as JSON.

    Raises
    ------
    BrokenAnswerError
        If it is none.
    """

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is no number")

    try:
        return json.loads(path.read_bytes(), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BrokenAnswerError(f"the answer is not whole JSON ({error})") from error


def read_features(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read an answer as a GeoJSON collection of features; return the collection and its features.

    Raises
    ------
    BrokenAnswerError
        If it is none.
    """
    value = read_json(path)
    features = value.get("features") if isinstance(value, dict) else None
    if not isinstance(features, list) or not all(isinstance(item, dict) for item in features):
        raise BrokenAnswerError("the answer is JSON, but not a GeoJSON collection of features")
    return value, features
