"""What a decoded AIS message says of a station: its place, its particulars, or neither (ITU-R M.1371)."""

from __future__ import annotations

from typing import Any, NamedTuple

from pyais.exceptions import AISBaseException, UnknownPartNoException
from pyais.messages import AISSentence

# Bits that a message of each type must have to hold what is read of it; stations leave out spare bits behind.
_LEAST_BITS = {1: 168, 2: 168, 3: 168, 4: 168, 5: 420, 9: 168, 18: 168, 19: 308, 21: 272, 24: 160, 27: 95}
_LEAST_BITS_24_B = 162
_SHIPS = (1, 2, 3, 18, 19, 27)
_OTHERS = {4: "base station", 9: "search and rescue aircraft", 21: "aid to navigation"}
_UNKNOWN_KN, _UNKNOWN_WHOLE_KN = 102.25, 63  # the former is sent as 102.3
_MOST_STATUS = 14


class Report(NamedTuple):
    """One message in the columns of the reader.

    Attributes
    ----------
    mmsi : int
    time_us : int or None
        Microseconds since 1970 UTC; None without a time.
    lat, lon : float or None
        Degrees, 91 and 181 where not available; None in a message without a place.
    sog_kn, heading_deg : float or None
        None where not available.
    status : int or None
        Navigational status, 0 to 14; None where not defined.
    vessel_type, imo, length_m, beam_m, draught_m : float or None
        Particulars; None where not stated.
    name : str or None
    kind : str
        ``ship``, ``static`` (particulars without a place), or the station in words.
    """

    mmsi: int
    time_us: int | None
    lat: float | None
    lon: float | None
    sog_kn: float | None
    heading_deg: float | None
    status: int | None
    vessel_type: float | None
    imo: float | None
    length_m: float | None
    beam_m: float | None
    draught_m: float | None
    name: str | None
    kind: str


class TornMessageError(Exception):
    """A message that is too short for its type, or whose type there is not."""


def read_message(sentence: AISSentence, time_us: int | None) -> Report | None:
    """Return what a complete message says of a place or a ship; None where it says neither.

    Raises
    ------
    TornMessageError
        If it is too short for its type.
    """
    kind = sentence.ais_id
    least = _LEAST_BITS.get(kind)
    if least is None:
        if not kind:
            raise TornMessageError
        return None
    if len(sentence.bv) < least:
        raise TornMessageError
    try:
        message: Any = sentence.decode()
    except UnknownPartNoException:
        return None
    except (AISBaseException, ValueError) as error:
        raise TornMessageError from error
    if kind in _SHIPS:
        return _position(message, kind, time_us)
    if kind in _OTHERS:
        return _placed(message, time_us, _OTHERS[kind])
    return _particulars(message, kind, len(sentence.bv), time_us)


def _position(message: Any, kind: int, time_us: int | None) -> Report:
    if kind == 27:  # to a tenth of a minute and a whole knot, without a heading
        sog_kn = None if message.speed >= _UNKNOWN_WHOLE_KN else message.speed
        return _placed(message, time_us, "ship", sog_kn=sog_kn, status=_status(message))
    return _placed(
        message,
        time_us,
        "ship",
        sog_kn=None if message.speed >= _UNKNOWN_KN else message.speed,
        heading_deg=None if message.heading >= 360 else float(message.heading),
        status=_status(message) if kind <= 3 else None,
        told=_told(message) if kind == 19 else _NOTHING,
    )


def _status(message: Any) -> int | None:
    return None if message.status > _MOST_STATUS else int(message.status)


_Told = tuple[float | None, float | None, float | None, float | None, float | None, str | None]
_NOTHING: _Told = (None, None, None, None, None, None)


def _placed(
    message: Any,
    time_us: int | None,
    kind: str,
    *,
    sog_kn: float | None = None,
    heading_deg: float | None = None,
    status: int | None = None,
    told: _Told = _NOTHING,
) -> Report:
    return Report(int(message.mmsi), time_us, message.lat, message.lon, sog_kn, heading_deg, status, *told, kind)


def _particulars(message: Any, kind: int, bits: int, time_us: int | None) -> Report:
    if kind == 24 and message.partno == 0:
        told: _Told = (None, None, None, None, None, message.shipname or None)
    elif kind == 24 and bits < _LEAST_BITS_24_B:
        raise TornMessageError
    else:
        told = _told(message)
    return Report(int(message.mmsi), time_us, None, None, None, None, None, *told, "static")


def _told(message: Any) -> _Told:
    """Return type, IMO number, length, beam, draught and name; zero means not stated."""

    def stated(value: Any) -> float | None:
        return float(value) if value else None

    # The tender of a ship sends the ship's number in place of her own size.
    bow, stern = getattr(message, "to_bow", 0) or 0, getattr(message, "to_stern", 0) or 0
    port, starboard = getattr(message, "to_port", 0) or 0, getattr(message, "to_starboard", 0) or 0
    return (
        stated(message.ship_type),
        stated(getattr(message, "imo", 0)),
        stated(bow + stern),
        stated(port + starboard),
        stated(getattr(message, "draught", 0)),
        getattr(message, "shipname", "") or None,
    )
