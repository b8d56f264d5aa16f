"""The table of every configuration key, made from the models: ``docs/parameters.md`` can never drift from the code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from pipeline.config.fields import Section
from pipeline.config.load import Config

_HEAD = """# Every key of corridor.toml

Made by `make docs` from the typed models in `pipeline/config`; a test fails when it is out of date. A key that is
absent takes the default. Tags: **S** read in a published source, **K** known publication that is not openly readable,
**E** engineering assumption, **C** computed here. Numbers tagged K or E are for the reviewing engineer to judge;
`corridor explain KP` shows them at work.
"""


def parameters(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any, dict[str, str]]]:
    """Yield dotted key, default, and the unit, tag and source of every declared quantity, sections in order."""
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, Section):
            yield from parameters(type(default), f"{prefix}{name}.")
        else:
            extra = field.json_schema_extra
            yield f"{prefix}{name}", default, {k: str(v) for k, v in extra.items()} if isinstance(extra, dict) else {}


def markdown() -> str:
    """Return the reference as Markdown."""
    lines = [_HEAD]
    section = ""
    for key, default, extra in parameters(Config):
        name = key.split(".")[0]
        if name != section:
            section = name
            lines += [f"\n## [{section}]\n", "| key | default | unit | tag | source |", "|---|---|---|---|---|"]
        cells = [f"`{key.partition('.')[2] or key}`", _show(default), extra.get("unit", ""), extra.get("tag", ""),
                 extra.get("source", "")]  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _show(value: Any) -> str:
    if isinstance(value, Section):
        value = value.model_dump(mode="json")
    if isinstance(value, dict):
        if len(str(value)) <= 100:
            return f"`{value}`"
        return f"table of {len(value)}: {', '.join(map(str, list(value)[:12]))}"
    if isinstance(value, tuple) and len(str(value)) > 160:
        return f"table of {len(value)} rows"
    return f"`{value}`" if value not in (None, "") else ""


if __name__ == "__main__":
    sys.stdout.write(markdown())
