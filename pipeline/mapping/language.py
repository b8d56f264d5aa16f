"""The words around the data, in every language of the page at once.

A page is written in English and carries the other languages beside it (gettext catalogues, ``locale``); its script
changes all marked text in place. A message is its English text, with ``{name}`` where a value stands. Text that comes
from data is never a message: it stands as it was given.
"""

from __future__ import annotations

from typing import Any

import jinja2
from markupsafe import Markup

from pipeline.mapping.escape import json_block


def text(message: str, **values: Any) -> Markup:
    """Return a message as an element that the page's script translates: ``_`` in templates.

    Parameters
    ----------
    message : str
        English, with ``{name}`` for each of the values.
    **values : JSON-like
        Numbers and texts; numbers are written as the language of the page writes them.
    """
    return Markup("<span {}>{}</span>").format(marked(message, **values), message.format(**values))


def marked(message: str, **values: Any) -> Markup:
    """Return the attributes that make an element's own text a message, where no element may stand inside."""
    given = Markup(' data-v="{}"').format(str(json_block(values))) if values else Markup("")
    return Markup('data-t="{}"').format(message) + given


def attribute(name: str, message: str, **values: Any) -> Markup:
    """Return an attribute whose value is a message, such as ``aria-label``."""
    given = Markup(' data-v-{}="{}"').format(name, str(json_block(values))) if values else Markup("")
    shown = Markup('{}="{}" data-t-{}="{}"').format(name, message.format(**values), name, message)
    return shown + given


def teach(env: jinja2.Environment) -> jinja2.Environment:
    """Give templates ``_``, ``marked`` and ``attribute``."""
    env.globals.update(_=text, marked=marked, attribute=attribute)
    return env
