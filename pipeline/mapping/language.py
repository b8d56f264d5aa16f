"""The words around the data, in every language of the page at once.

A page is written in English and carries the other languages beside it (gettext catalogues, ``locale``); its script
changes all marked text in place. A message is its English text, with ``{name}`` where a value stands. Text that comes
from data is never a message: it stands as it was given.
"""

from __future__ import annotations

from typing import Any

import jinja2
from markupsafe import Markup

from pipeline.mapping import messages, words
from pipeline.mapping.messages import Said


def marked(message: str, **values: Any) -> Markup:
    """Return the attributes that make an element's own text a message, where no element may stand inside."""
    return Said(message, values).marks()


def attribute(name: str, message: str, **values: Any) -> Markup:
    """Return an attribute whose value is a message, such as ``aria-label``.

    Parameters
    ----------
    name : str
        Name of the attribute.
    message : str
        English, or a message with its values, which is taken as it is.
    **values : JSON-like
        Values of the message.
    """
    said = message if isinstance(message, Said) else Said(message, values)
    return Markup('{}="{}" {}').format(name, str(said), said.marks(name))


def teach(env: jinja2.Environment) -> jinja2.Environment:
    """Give templates ``_``, ``n_`` (a message that counts), ``marked``, ``attribute`` and values."""
    env.globals.update(
        _=messages.say,
        n_=messages.counted,
        marked=marked,
        attribute=attribute,
        number=messages.Number,
        day=messages.Day,
        quantity=words.quantity,
        provenance=lambda name: words.said(name, words.PROVENANCE),
    )
    env.filters["english"] = str  # where no element may stand, beside ``marks``: ``string`` leaves a message what it is
    return env
