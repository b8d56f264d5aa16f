"""The table of every configuration key, made from the models: ``docs/parameters.md`` can never drift from the code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.config.corridor import SourceSection
from pipeline.config.fetch import FetchSource
from pipeline.config.fields import Section
from pipeline.config.load import Config

_HEAD = """# Every key of corridor.toml

Made by `make docs` from the typed models in `pipeline/config`; a test fails when it is out of date. A key that is
absent takes the default; of a table (such as `[soil.classes.sand]`) single keys may be given and the others stay.
Tags: **S** read in a published source, **K** known publication that is not openly readable, **E** engineering
assumption, **C** computed here. Numbers tagged K or E are for the reviewing engineer to judge; `corridor explain KP`
shows them at work. "METHODS n.n" is that section of [methods.md](methods.md).
"""
_COLUMNS = ["| key | default | unit | tag | meaning and source |", "|---|---|---|---|---|"]
_LONG = 100


def parameters(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo, Any]]:
    """Yield dotted key, field and default of every declared quantity, sections in order."""
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, Section):
            yield from parameters(type(default), f"{prefix}{name}.")
        elif f"{prefix}{name}" != "sources":
            yield f"{prefix}{name}", field, default


def markdown() -> str:
    """Return the reference as Markdown."""
    lines, section = [_HEAD], ""
    tables: list[str] = []
    for key, field, default in parameters(Config):
        name, _, rest = key.partition(".")
        if name != section:
            lines += [*tables, f"\n## [{name}]\n", *_COLUMNS]
            section, tables = name, []
        value = _plain(default)
        if len(json.dumps(value)) > _LONG:
            tables += [f"\n`{key}`:\n", *_table(value)]
            lines.append(_row(rest, field, "table below"))
        else:
            lines.append(_row(rest, field, _toml(value)))
    lines += tables
    for title, model in (("fetch", FetchSource), ("sources", SourceSection)):
        lines += [f"\n## [{title}.NAME]\n", "Any number of them, each with a name of your choice.\n", *_COLUMNS]
        for name, field in model.model_fields.items():
            default = "required" if field.is_required() else _toml(_plain(field.default))
            lines.append(_row(name, field, default))
    return "\n".join(lines) + "\n"


def _row(key: str, field: FieldInfo, default: str) -> str:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    allowed = _allowed(field.annotation)
    words = str(extra.get("source") or field.description or "")
    meaning = "; ".join(part for part in (words, f"one of {', '.join(allowed)}" if allowed else "") if part)
    cells = [f"`{key}`", default, str(extra.get("unit", "")), str(extra.get("tag", "")), meaning]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _allowed(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [f"`{json.dumps(value)}`" for value in get_args(annotation)]
    return [word for part in get_args(annotation) if get_origin(part) is Literal for word in _allowed(part)]


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (tuple, list)) else value


def _toml(value: Any) -> str:
    """Return a value as it is written in TOML; empty where there is none."""
    if value in (None, ""):
        return ""
    return f"`{_toml_text(value)}`"


def _toml_text(value: Any) -> str:
    if isinstance(value, dict):
        items = ", ".join(f"{json.dumps(k)} = {_toml_text(v)}" for k, v in value.items() if v is not None)
        return f"{{ {items} }}"
    if isinstance(value, list):
        return f"[{', '.join(_toml_text(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _table(value: Any) -> list[str]:
    """Return a long default in full: a row an entry."""
    rows = list(value.items()) if isinstance(value, dict) else list(enumerate(value, start=1))
    return ["| entry | values |", "|---|---|", *(f"| {name} | {_toml(item)} |" for name, item in rows)]


if __name__ == "__main__":
    sys.stdout.write(markdown())
