"""Tell people how a night went: webhook, e-mail and whatever else apprise speaks, by addresses in the environment."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Literal
from urllib.parse import urlsplit

from flows.secret import NOTIFY

RETRIES = 2
RETRY_WAIT_S = 2.0
LONGEST_S = 60.0
"""For all receivers together: a night must end even where a receiver answers a byte a minute."""

Kind = Literal["success", "warning", "failure"]
_HOST_IS_NO_SECRET = {"json", "jsons", "form", "forms", "xml", "xmls", "mailto", "mailtos"}


def notify(title: str, body: str, kind: Kind) -> list[dict[str, object]]:
    """Send a message to every receiver named in ``CORRIDOR_NOTIFY``; a failure is told and never raised.

    Parameters
    ----------
    title : str
        Subject.
    body : str
        Plain text.
    kind : str
        ``success``, ``warning`` or ``failure``.

    Returns
    -------
    list of dict
        One a receiver: ``to`` (scheme, and host where that is no secret), ``sent`` and, where not, ``why``.
    """
    addresses = os.environ.get(NOTIFY, "").split()
    results: list[dict[str, object]] = [
        {"to": receiver(address), "sent": False, "why": f"no answer within {LONGEST_S:g} s"} for address in addresses
    ]
    senders = [
        Thread(target=_send, args=(address, title, body, kind, result), daemon=True)
        for address, result in zip(addresses, results, strict=True)
    ]
    with _hushed("apprise", "urllib3"):
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(LONGEST_S / len(senders))
    return [dict(result) for result in results]


def receiver(address: str) -> str:
    """Return how an address may be called: the host of many services is a token."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:  # not an address; the sender says so
        return "an address that is none"
    if "://" not in address:
        return "an address that is none"
    return f"{parts.scheme}://{host}" if parts.scheme in _HOST_IS_NO_SECRET else f"{parts.scheme}://"


def _send(address: str, title: str, body: str, kind: Kind, result: dict[str, object]) -> None:
    from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

    try:
        asset = AppriseAsset(
            app_id="cable-corridor", app_desc="Nightly build", app_url="", image_url_mask="", image_url_logo="",
            default_service_retry=RETRIES, default_service_wait=RETRY_WAIT_S, storage_mode="memory",
        )  # fmt: skip
        speaker = Apprise(asset=asset)
        if not speaker.add(address):
            result["why"] = "the address is not understood"
            return
        result["sent"] = bool(
            speaker.notify(body=body, title=title, notify_type=NotifyType(kind), body_format=NotifyFormat.TEXT)
        )
        result["why"] = "" if result["sent"] else f"not taken in {RETRIES + 1} attempts"
    except Exception as error:  # noqa: BLE001  many services, and none may change how the night ends
        result["why"] = f"{type(error).__name__} in the sender"  # its words may hold the address
    if result["sent"]:
        del result["why"]


@contextmanager
def _hushed(*names: str) -> Iterator[None]:
    """Keep loggers quiet that write addresses."""
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, was in zip(loggers, before, strict=True):
            logger.disabled = was
