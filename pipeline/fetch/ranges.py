"""Going on with a download where it broke off: what to ask for, and whether the answer really goes on there."""

from __future__ import annotations

import re

import httpx

from pipeline.errors import ServiceError
from pipeline.fetch.ask import Ask
from pipeline.fetch.part import ETAG, MOMENT, Known, Part
from pipeline.fetch.status import UNTOUCHED, TryAgainError

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


def range_headers(part: Part, ask: Ask) -> dict[str, str]:
    """Return the headers that ask for the rest of a version that has a name; none where all must come anew."""
    name = part.known().version
    if ask.body is not None or not part.size or not name:
        return {}
    return {"Range": f"bytes={part.size}-", "If-Range": name}


def go_on_at(ask: Ask, part: Part, response: httpx.Response, asked_from: int) -> int:
    """Return the place in the file at which an answer's bytes belong.

    Parameters
    ----------
    ask : Ask
        What was asked.
    part : Part
        What is here.
    response : Response
        Its head, with status 200 or 206.
    asked_from : int
        Where the rest was asked to begin; 0 where all was asked for.

    Raises
    ------
    TryAgainError
        If the answer is another range or version than was asked for: then what is here is dropped.
    ServiceError
        If it is packed in a way that was not asked for.
    """
    packing = response.headers.get("content-encoding", "identity").lower()
    if packing not in ("", "identity"):
        raise ServiceError(
            f"{ask.host} answers packed ({packing}), though plain was asked for",
            where=ask.shown(),
            remedy=f"A proxy may do so; ask the service's own address. {UNTOUCHED}",
        )
    if response.status_code == 200:
        return 0  # all of it, whatever was asked for: the version has changed, or ranges are not known there
    found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", "").strip())
    known = part.known()
    begins = int(found[1]) if found else None
    total = None if found is None or found[3] == "*" else int(found[3])
    etag = response.headers.get("etag", "")
    if (
        not asked_from
        or begins != asked_from
        or (known.total_bytes is not None and total not in (None, known.total_bytes))
        or (etag and known.etag and etag != known.etag)
    ):
        part.drop()
        raise TryAgainError(f"{ask.host} answers with another part, or of another version, than was asked for")
    return asked_from


def known_of(response: httpx.Response, before: Known) -> Known:
    """Return what the head of an answer says of the whole.

    Parameters
    ----------
    response : Response
        Its head, with status 200 or 206.
    before : Known
        What was known of the version that it goes on with; a part may leave out what the whole has said.
    """
    headers = response.headers
    if response.status_code == 206:
        found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
        total = int(found[3]) if found and found[3] != "*" else before.total_bytes
    else:
        length = headers.get("content-length", "").strip()
        total = int(length) if re.fullmatch(r"\d{1,18}", length) else None
    etag, moment = headers.get("etag", before.etag), headers.get("last-modified", before.last_modified)
    return Known(etag if re.match(ETAG, etag) else "", moment if re.match(MOMENT, moment) else "", total)
