"""What the head of an answer means: go on, ask again, or give up with words that help."""

from __future__ import annotations

import email.utils
import json
import math
import re
from datetime import UTC, datetime

import httpx

from pipeline.errors import ServiceError
from pipeline.fetch.ask import Ask

UNTOUCHED = "What you have is untouched."
_MAY_PASS = {202, 408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524}
_MOST_WORDS = 200


class TryAgainError(Exception):
    """A failure that may pass. The text says what happened; ``wait_s`` is what the service asks for."""

    def __init__(self, cause: str, wait_s: float = 0.0) -> None:
        super().__init__(cause)
        self.wait_s = wait_s


def judge(ask: Ask, response: httpx.Response, words: str, *, token_variable: str) -> None:
    """Raise what an answer other than 200, 206, 304 and 416 calls for.

    Parameters
    ----------
    ask : Ask
        What was asked.
    response : Response
        Its head.
    words : str
        What the service says in its own words, without secrets.
    token_variable : str
        Environment variable of the service's token; empty where it needs none.

    Raises
    ------
    TryAgainError
        If it may pass.
    ServiceError
        If it will not.
    """
    code, said = response.status_code, f": {words}" if words else ""
    if code in _MAY_PASS:
        what = "asks for patience (too many requests)" if code == 429 else "has trouble of its own"
        raise TryAgainError(f"{ask.host} {what}, HTTP {code}{said}", wait_s(response))
    if code in (401, 403) and token_variable:
        raise ServiceError(
            f"{ask.host} does not accept the token, HTTP {code}{said}",
            where=f"the environment variable {token_variable}",
            remedy=f"Set {token_variable} to a valid token of yours (docs/fetch.md says where it is from). {UNTOUCHED}",
        )
    if code in (401, 403, 407, 451):
        raise ServiceError(
            f"{ask.host} does not let this request in, HTTP {code}{said}",
            where=ask.shown(),
            remedy=f"Open the address in a browser to see why; a proxy may ask for a sign-in. {UNTOUCHED}",
        )
    if code in (404, 410):
        raise ServiceError(
            f"{ask.host} has nothing at this address, HTTP {code}{said}",
            where=ask.shown(),
            remedy="Services move: look its address or data set up and write url or dataset in the [fetch.NAME] "
            f"section. {UNTOUCHED}",
        )
    raise ServiceError(
        f"{ask.host} refuses the request, HTTP {code}{said}",
        where=ask.shown(),
        remedy=f"If the service has changed, write its address of today as url. {UNTOUCHED}",
    )


def wait_s(response: httpx.Response) -> float:
    """Return the seconds that ``Retry-After`` asks for; 0 without it or where it cannot be read."""
    text = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, math.ceil((moment - datetime.now(UTC)).total_seconds()))


def words_of(start: bytes) -> str:
    """Return what the beginning of an error's text says: the detail of JSON, or text without markup; short."""
    text = start.decode("utf-8", "replace")
    try:
        value = json.loads(text)
        messages = value.get("messages") or [value]
        text = str(messages[0].get("detail") or value.get("message") or value.get("error") or "")
    except (ValueError, AttributeError, LookupError, TypeError, RecursionError):  # not JSON of a known shape
        text = re.sub(r"(?s)<(style|script).*?</\1>|<[^>]*>", " ", text)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= _MOST_WORDS else f"{text[:_MOST_WORDS].rstrip()} ..."


def refuse_page(ask: Ask, response: httpx.Response, start: bytes) -> None:
    """Refuse a web page that comes with HTTP 200 in place of data.

    Raises
    ------
    ServiceError
        If the answer is one.
    """
    kind = response.headers.get("content-type", "").lower()
    if "text/html" in kind or re.match(rb"\s*<(!doctype\s+html|html)", start.removeprefix(b"\xef\xbb\xbf"), re.I):
        raise ServiceError(
            f"{ask.host} answers with a web page instead of data",
            where=ask.shown(),
            remedy="The network may want a sign-in first (open any page in a browser), or the service has moved: then "
            f"write its address as url. {UNTOUCHED}",
        )
