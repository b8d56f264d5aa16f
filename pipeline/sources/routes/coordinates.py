"""Longitude and latitude as survey teams write them: decimal degrees, or degrees with minutes (and seconds)."""

from __future__ import annotations

import re

_LETTERS = {"lon": "EW", "lat": "NS"}
_LIMIT = {"lon": 180.0, "lat": 90.0}
_MARKS = re.compile("[\u00b0\u00ba'\u2019\u2032\"\u201d\u2033:*]|deg|min|sec", re.IGNORECASE)  # typed and typographic
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def parse_degrees(text: object, axis: str) -> float:
    """Return decimal degrees.

    Parameters
    ----------
    text : object
        A number, or text such as ``40.5897``, ``40 35.382 N``, ``N40°35.382'`` or ``40°35'22.9"N``.
    axis : {"lon", "lat"}
        Which coordinate it is.

    Raises
    ------
    ValueError
        If it is none of these, lies out of range, or its letter belongs to the other axis; the message says which.
    """
    word = "longitude" if axis == "lon" else "latitude"
    if text is None or not str(text).strip():
        raise ValueError(f"the {word} is blank")
    if isinstance(text, bool):
        raise ValueError(f"the {word} {text} is no number")
    value = float(text) if isinstance(text, int | float) else _read(str(text).strip(), axis, word)
    if not abs(value) <= _LIMIT[axis]:
        other = "; longitude and latitude look swapped" if axis == "lat" and abs(value) <= 180.0 else ""
        raise ValueError(f"the {word} {text} is out of range{other}")
    return value


def _read(text: str, axis: str, word: str) -> float:
    if _DECIMAL.fullmatch(text):
        return float(text)
    upper = text.upper().replace("\u2212", "-")
    letters: list[str] = re.findall(r"(?<![A-Z])[NSEW](?![A-Z])", upper)
    if len(letters) > 1:
        raise ValueError(f"the {word} {text!r} names two directions")
    letter = letters[0] if letters else ""
    if letter and letter not in _LETTERS[axis]:
        raise ValueError(f"the {word} {text!r} is marked {letter}: longitude and latitude look swapped")
    body = _MARKS.sub(" ", upper.replace(letter, " ") if letter else upper).strip()
    sign = -1.0 if body.startswith("-") else 1.0
    body = body.lstrip("+-").strip()
    if re.fullmatch(r"\d+,\d+", body):
        body = body.replace(",", ".")  # one decimal comma, as spreadsheets in many languages write it
    parts = re.split(r"[\s-]+", body)
    if not 1 <= len(parts) <= 3 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise ValueError(f"the {word} {text!r} is neither decimal degrees nor degrees and minutes")
    numbers = [float(part) for part in parts]
    if any(number >= 60.0 for number in numbers[1:]) or any("." in part for part in parts[:-1]):
        raise ValueError(f"the {word} {text!r} has minutes or seconds that are not below 60")
    if letter and sign < 0:
        raise ValueError(f"the {word} {text!r} has both a sign and a letter")
    degrees = sum(number / 60.0**power for power, number in enumerate(numbers))
    return sign * (-degrees if letter in ("W", "S") else degrees)
