"""One line of an NMEA log: the AIS sentence in it, and the time that a receiver wrote beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from pyais.constants import TalkerID
from pyais.exceptions import AISBaseException
from pyais.messages import AISSentence, GatehouseSentence, NMEASentenceFactory, TagBlock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TALKERS = frozenset(talker.value.encode() for talker in TalkerID if talker is not TalkerID.UNDEFINED)
_LETTERS = bytes(range(48, 88)) + bytes(range(96, 120))  # what six bits are written as
_SENTENCE = re.compile(rb"![A-Z]{2}VD[MO],[^!*\\\r\n]*\*[0-9A-Fa-f]{2}")
_TAG_BLOCK = re.compile(rb"\\([^\\]*)\\")
_SECONDS = rb"\d{9,10}(?:\.\d+)?|\d{12,13}"
_ISO = rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_LEADING = re.compile(rb"^[\"\[]?(" + _ISO + rb"|" + _SECONDS + rb")(?=[\s,;|\"\]\\]|$)")
# What may follow such a time and make it another: an offset, half of the day, a zone's name or that of its place. Other
# words are those of loggers.
_ZONES = (
    rb"MSK|MSD|CET|CEST|EET|EEST|WET|WEST|BST|IST|TRT|GET|AMT|AZT|AZST|SAMT|TMT|UZT|AQTT|IRST|IRDT|GST|EST|EDT|CST|CDT|"
    rb"MST|MDT|PST|PDT|AST|ADT|NST|NDT|AKST|AKDT|HST|BRT|ART|WAT|CAT|EAT|SAST|PKT|ICT|WIB|SGT|HKT|PHT|JST|KST|AWST|"
    rb"ACST|AEST|AEDT|NZST|NZDT"
)
_ZONE = re.compile(
    rb"[\s,;\"\]]*(?:(?:UTC|GMT)?[+-](?:0?\d|1[0-4])(?::?[0-5]\d)?(?=[\s,;\"\]]|$)|[AaPp][.]?[Mm]\b|(?:"
    + _ZONES
    + rb")\b|[A-Z][a-z]+/[A-Z])"
)
_TRAILING = re.compile(rb",(" + _SECONDS + rb")$")
_MILLISECONDS_FROM = 10**11  # as seconds that is the year 5138, as milliseconds 1973


class DamagedLineError(Exception):
    """A line that should hold an AIS sentence and holds none that can be trusted; its text is the cause."""


@dataclass(frozen=True, slots=True)
class Line:
    """An AIS sentence as it was received.

    Attributes
    ----------
    sentence : AISSentence
        Complete message or one part of it; its checksum holds.
    time_us : int or None
        When it was received, microseconds since 1970 UTC.
    receiver : str
        What tells the parts of two receivers apart: sentence group or station of the tag block; "" where unknown.
    """

    sentence: AISSentence
    time_us: int | None
    receiver: str


def read_line(text: bytes) -> Line | int | None:
    """Return the AIS sentence of a line that is not blank.

    A time stands in the tag block (field ``c``, seconds or milliseconds since 1970), or in front of the sentence (ISO
    8601, in UTC where it has no offset, or such a number), or as such a number behind it.

    Returns
    -------
    Line, int or None
        None where it holds another NMEA sentence. A number where that is a Gatehouse wrapper: the time, microseconds
        since 1970 UTC, of the AIS sentence that follows.

    Raises
    ------
    DamagedLineError
        If it holds none that can be trusted.
    """
    found = _SENTENCE.search(text)
    if found is None:
        return _other(text)
    raw, lead, tail = found[0], text[: found.start()], text[found.end() :]
    if b"!" in tail:
        raise DamagedLineError("two sentences on a line")
    if raw[1:3] not in _TALKERS:
        raise DamagedLineError("talker that is no AIS station")
    sentence = _parsed(raw)
    if not isinstance(sentence, AISSentence) or not sentence.is_valid:
        raise DamagedLineError("checksum")
    if not sentence.payload or sentence.payload.translate(None, _LETTERS):
        raise DamagedLineError("no six-bit letters")
    time_us, receiver = (None, "") if not lead else _lead(lead)
    if time_us is None and tail and (behind := _TRAILING.search(tail)):
        time_us = _time_us(behind[1])
    return Line(sentence, time_us, receiver)


def _other(text: bytes) -> int | None:
    if not text.startswith(b"$"):
        raise DamagedLineError("no sentence")
    if text.startswith(b"$PGHP,"):
        wrapper = _parsed(text)
        if not isinstance(wrapper, GatehouseSentence) or not wrapper.is_valid:
            raise DamagedLineError("checksum")
        return (wrapper.timestamp.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
    return None


def _parsed(raw: bytes) -> object:
    try:
        return NMEASentenceFactory.produce(raw)
    except (AISBaseException, ValueError, IndexError) as error:
        raise DamagedLineError("fields of the sentence") from error


@lru_cache(maxsize=1024)  # a receiver writes many sentences a second
def _lead(lead: bytes) -> tuple[int | None, str]:
    """Return time and receiver from what stands in front of a sentence."""
    time_us, receiver = None, ""
    for raw in _TAG_BLOCK.findall(lead):
        block = TagBlock(raw)
        block.init()
        if not block.is_valid:
            raise DamagedLineError("checksum of the tag block")
        if block.receiver_timestamp:
            time_us = _time_us(block.receiver_timestamp.encode())
        receiver = f"group {block.group.group_id}" if block.group else block.source_station or receiver
    if time_us is None and (before := _LEADING.search(lead.lstrip())):
        if b"-" in before[1] and _ZONE.match(lead.lstrip()[before.end() :]):
            raise DamagedLineError("time with a zone or offset behind a blank")
        time_us = _time_us(before[1])
    return time_us, receiver


def _time_us(text: bytes) -> int | None:
    """Return microseconds since 1970 UTC; None where the text is no time."""
    if b"-" in text:
        try:
            moment = datetime.fromisoformat(text.decode())
        except ValueError as error:
            raise DamagedLineError("time") from error
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return (moment - _EPOCH) // _MICROSECOND
    whole, _, fraction = text.partition(b".")
    if not (whole + fraction).isdigit():
        return None
    if int(whole) >= _MILLISECONDS_FROM:
        return int(whole) * 1000
    return int(whole) * 1_000_000 + int(fraction[:6].ljust(6, b"0"))
