"""The one way by which text from data enters a page.

Text is never put into markup or script by hand. HTML goes through Jinja templates with autoescape, numbers and texts
for scripts through one JSON block, which scripts read with ``JSON.parse`` and show with ``textContent``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup

from pipeline.mapping.messages import Capital, Day, Listed, Number, Said

_PACKAGE = "pipeline.mapping"
# "<" alone would do for HTML; the line separators end a string literal in old engines; "&" and ">" cost nothing.
_JSON_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def json_block(value: Any) -> Markup:
    """Return JSON that may stand inside a ``<script>`` element.

    Parameters
    ----------
    value : JSON-like
        Dictionaries, lists, tuples, strings, numbers (also NumPy's), booleans and None.

    Returns
    -------
    Markup
        Compact JSON in the order given; NaN and infinity become ``null``.
    """
    text = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in _JSON_ESCAPES.items():
        text = text.replace(character, escape)
    return Markup(text)


def plain(value: Any) -> Any:
    """Return a value of Python's own JSON types; what is not finite becomes None, a message its parts."""
    if isinstance(value, Said | Number | Day | Listed | Capital):
        return plain(value.coded())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return value


def script_text(text: str) -> Markup:
    """Return script source that may stand inside a ``<script>`` element: it cannot close the element."""
    return Markup(text.replace("</script", "<\\/script").replace("<!--", "<\\!--"))


def style_text(text: str) -> Markup:
    """Return style source that may stand inside a ``<style>`` element: it cannot close the element."""
    return Markup(text.replace("</style", "<\\/style"))


@cache
def environment(*packages: str) -> jinja2.Environment:
    """Return the Jinja environment of this package's templates: autoescape on, undefined names refused.

    It is one for all pages of a process: compiling the templates takes a tenth of a small build.

    Parameters
    ----------
    *packages : str
        Packages whose own templates come before those of this one.
    """
    env = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package) for package in (*packages, _PACKAGE)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters["json_block"] = json_block
    return env


def template_source(name: str, package: str = _PACKAGE) -> str:
    """Return the text of a template file of a package as it is (scripts and styles are not templates)."""
    loader = jinja2.PackageLoader(package)
    source, _, _ = loader.get_source(jinja2.Environment(autoescape=True), name)
    return source
