"""Lines of NMEA, made with the encoder of the library that reads them."""

from __future__ import annotations

from typing import Any

from pyais.encode import ais_to_nmea_0183, encode_dict
from pyais.messages import TagBlock

START_S = 1735689600  # 2025-01-01
SHIP = 273000001


def sentences(
    kind: int, *, mmsi: int = SHIP, seq_id: int | None = None, channel: str = "A", **values: Any
) -> list[str]:
    """Return the sentences of one message."""
    data = {"type": kind, "mmsi": mmsi, **values}
    return encode_dict(data, talker_id="AI", sentence_type="VDM", radio_channel=channel, seq_id=seq_id)


def place(at_s: int | str | None = START_S, *, kind: int = 1, **values: Any) -> list[str]:
    """Return the lines of a position report under way off Baku, with a tag block unless there is no time."""
    values = {"lon": 50.5, "lat": 40.25, "speed": 9.0, "course": 90.0, "heading": 90, "status": 0, **values}
    if kind == 27:
        del values["heading"]
    return tagged(sentences(kind, **values), at_s)


def tagged(lines: list[str], at_s: int | str | None = START_S, station: str = "") -> list[str]:
    """Put a tag block in front of the first of some lines."""
    if at_s is None:
        return lines
    named = {"source_station": station} if station else {}
    return [f"\\{TagBlock.create_str(**named, receiver_timestamp=str(at_s))}\\{lines[0]}", *lines[1:]]


def sealed(body: str) -> str:
    """Return a sentence with its checksum."""
    total = 0
    for letter in body.encode():
        total ^= letter
    return f"!{body}*{total:02X}"


def text(*groups: list[str]) -> str:
    """Return the lines of a file."""
    return "".join(f"{line}\n" for lines in groups for line in lines)


def raw(payload: str, fill: int = 0) -> list[str]:
    """Return the sentences that carry a payload."""
    return ais_to_nmea_0183(payload, "AI", "VDM", "A", fill)
