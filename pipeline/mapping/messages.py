"""Texts of the page that are messages: English, with the parts that let a script say them in another language."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from markupsafe import Markup

NBSP: Final = "\u00a0"
_TIMES: Final = "\u00d7"
_SUPERSCRIPT: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLACE: Final = re.compile(r"\{(\w+)\}")
# Letters and marks that would turn the direction of the sentence around them; words.js knows the same.
_TURNS: Final = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")
_OPENS: Final = frozenset("\u2066\u2067\u2068")
_CLOSES: Final = "\u2069"
# A text may stand in a script element and in an attribute of single quotes.
_ESCAPES: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027"}


def msgid(message: str) -> str:
    """Return the message itself: marks a text in a table for the catalogues."""
    return message


@dataclass(frozen=True)
class Number:
    """A number in a message, written as the language of the page writes numbers.

    Attributes
    ----------
    value : float
        The number.
    decimals : int, optional
        Fixed decimals.
    digits : int, optional
        Significant digits, where decimals are not fixed.
    """

    value: float
    decimals: int | None = None
    digits: int = 3

    def coded(self) -> list[float]:
        """Return the number for the page's script: value, and decimals or minus the significant digits."""
        value = self.value if self.decimals is None else round(self.value, self.decimals + 6)
        return [value, -self.digits if self.decimals is None else self.decimals]

    def __str__(self) -> str:
        return significant(self.value, self.digits) if self.decimals is None else fixed(self.value, self.decimals)


@dataclass(frozen=True)
class Day:
    """A date in a message: ``YYYY-MM-DD``."""

    iso: str

    def coded(self) -> dict[str, str]:
        """Return the date for the page's script."""
        return {"day": self.iso}

    def __str__(self) -> str:
        day = date.fromisoformat(self.iso)
        return f"{day.day} {day:%B} {day.year}"


@dataclass(frozen=True)
class Listed:
    """Several texts in a row, apart by semicolons or what else is given."""

    items: Sequence[Any]
    between: str = "; "

    def coded(self) -> dict[str, Any]:
        """Return the texts for the page's script."""
        return {"list": [coded(item) for item in self.items], "between": self.between}

    def __str__(self) -> str:
        return self.between.join(str(item) for item in self.items)


@dataclass(frozen=True)
class Capital:
    """A message, or several in a row, at the beginning of a sentence: the first letter is a capital."""

    said: Any

    def coded(self) -> dict[str, Any]:
        """Return the text for the page's script."""
        return {"capital": coded(self.said)}

    def __str__(self) -> str:
        text = str(self.said)
        return text[:1].upper() + text[1:]


class Said(str):
    """A message with its values: English as a string, an element with all its parts in a template.

    Parameters
    ----------
    message : str
        English, with ``{name}`` for each of the values.
    values : mapping
        Numbers, `Number`, `Day`, `Listed`, `Capital`, messages, and texts from data, which no language changes.
    plural : str
        English for more than one; the value ``n`` counts. Empty for a message that does not count.
    """

    message: str
    values: Mapping[str, Any]
    plural: str

    def __new__(cls, message: str, values: Mapping[str, Any] | None = None, plural: str = "") -> Said:
        """Return the message, said in English."""
        given = dict(values or {})
        text = super().__new__(cls, fill(plural if plural and amount(given["n"]) != 1 else message, given))
        text.message, text.values, text.plural = message, given, plural
        return text

    def __getnewargs__(self) -> tuple[str, Mapping[str, Any], str]:  # type: ignore[override]
        return self.message, self.values, self.plural

    def coded(self) -> dict[str, Any]:
        """Return the message for the page's script: its English, its plural, its values."""
        parts: dict[str, Any] = {"t": self.message}
        if self.plural:
            parts["p"] = self.plural
        if self.values:
            parts["v"] = {name: coded(value) for name, value in self.values.items()}
        return parts

    def marks(self, attribute: str = "") -> Markup:
        """Return the attributes by which the page's script finds the message, of an element or of its attribute."""
        tail = Markup("-{}").format(attribute) if attribute else Markup("")
        marks = Markup('data-t{}="{}"').format(tail, self.message)
        if self.plural:
            marks += Markup(' data-p{}="{}"').format(tail, self.plural)
        if self.values:
            marks += Markup(" data-v{}='{}'").format(tail, _json(self.coded()["v"]))
        return marks

    def __html__(self) -> str:
        return Markup("<span {}>{}</span>").format(self.marks(), str(self))


def say(message: str, **values: Any) -> Said:
    """Return a message with its values."""
    return Said(message, values)


def counted(one: str, many: str, **values: Any) -> Said:
    """Return a message that counts: English for one and for more, by the value ``n``."""
    return Said(one, values, many)


def fill(message: str, values: Mapping[str, Any]) -> str:
    """Return a message with its values in place, in English."""
    return _PLACE.sub(lambda found: shown(values[found[1]]) if found[1] in values else found[0], message)


def shown(value: Any) -> str:
    """Return a value of a message as English writes it."""
    if isinstance(value, bool | str):
        text = str(value)
        return _apart(text) if _TURNS.search(text) and not isinstance(value, Said) else text
    if isinstance(value, int | float):
        text = fixed(float(value), 6)
        return text.rstrip("0").rstrip(".")
    return str(value)


def _apart(text: str) -> str:
    """Return text that turns nothing around it, whatever directions it opens or closes itself."""
    opened = loose = 0
    for letter in text:
        if letter in _OPENS:
            opened += 1
        elif letter == _CLOSES and opened:
            opened -= 1
        elif letter == _CLOSES:
            loose += 1
    return "\u2068" * (loose + 1) + text + _CLOSES * (opened + 1)


def coded(value: Any) -> Any:
    """Return a value of a message for the page's script."""
    return value.coded() if isinstance(value, Said | Number | Day | Listed | Capital) else value


def decoded(value: Any) -> Any:
    """Return what ``coded`` made its parts of, after it was written as JSON and read."""
    if isinstance(value, list):
        number, form = value
        if not (isinstance(form, int) and math.isfinite(number)):
            raise ValueError("neither a number nor its form")
        return Number(number, decimals=form) if form >= 0 else Number(number, digits=-form)
    if not isinstance(value, dict):
        return value
    if "day" in value:
        return Day(value["day"])
    if "list" in value:
        return Listed([decoded(item) for item in value["list"]], value["between"])
    if "capital" in value:
        return Capital(decoded(value["capital"]))
    return Said(value["t"], {name: decoded(item) for name, item in value.get("v", {}).items()}, value.get("p", ""))


def amount(value: Any) -> float:
    """Return what a value counts, as it is written."""
    if not isinstance(value, Number):
        return float(value)
    if value.decimals is None:
        return float(f"{value.value:.{value.digits - 1}e}")
    return round(value.value, value.decimals)


def fixed(value: float, decimals: int) -> str:
    """Return a number with fixed decimals, ties away from zero, as browsers write it."""
    step = Decimal(1).scaleb(-decimals)
    return f"{Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP):,f}"


def significant(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits: 0.05, 1,250, 3.1 times a power of ten."""
    if value == 0:
        return "0"
    exact = Decimal(float(value))
    exact = exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_HALF_UP)
    size = exact.adjusted()
    if size < -3 or size > 6:
        factor = f"{float(exact.scaleb(-size)):g}"
        power = f"10{str(size).translate(_SUPERSCRIPT)}"
        return power if factor == "1" else f"{factor}{NBSP}{_TIMES}{NBSP}{power}"
    text = f"{exact:,.{max(digits - 1 - size, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _json(value: Any) -> Markup:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain_number)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return Markup(text)


def _plain_number(value: Any) -> Any:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"a message cannot hold {value}")
    return number
