"""How a configured number states its unit, its source and how far that source can be trusted."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Tag = Literal["S", "K", "E", "C"]
"""S read in a published source; K known publication, not openly readable; E engineering assumption; C computed."""


class Section(BaseModel):
    """A section of ``corridor.toml``: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def quantity(default: Any, *, unit: str, tag: Tag, source: str, **constraints: Any) -> Any:
    """Declare a configured number with unit, tag and source.

    Parameters
    ----------
    default : Any
        The default; for a mutable value pass a tuple or a frozen model.
    unit : str
        Unit as written by engineers; ``"-"`` for a pure number.
    tag : {"S", "K", "E", "C"}
        How the number is known, see ``Tag``.
    source : str
        Where it comes from, in words that a reviewer can follow.
    **constraints : Any
        Passed on to pydantic (``gt``, ``le`` ...).

    Returns
    -------
    Any
        The pydantic field. `docs/parameters.md` and ``corridor explain`` are made from what it states.
    """
    extra: dict[str, JsonValue] = {"unit": unit, "tag": tag, "source": source}
    return Field(default=default, description=f"[{unit}] ({tag}) {source}", json_schema_extra=extra, **constraints)
