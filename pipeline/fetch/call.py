"""One call to a service: who is calling, redirects, the token's way, and words for a line that breaks."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import httpx

from pipeline import __version__
from pipeline.config.fetch import FetchSection
from pipeline.errors import ServiceError
from pipeline.fetch.ask import Ask
from pipeline.fetch.redirects import MOST, goes_direct, next_address, refuse_private_peer, same_place
from pipeline.fetch.status import UNTOUCHED, TryAgainError
from pipeline.fetch.watch import Watch


@dataclass(frozen=True)
class Token:
    """What a service knows the user by: in no message, no file and no address.

    Attributes
    ----------
    variable : str
        Environment variable that it comes from; empty for a service that needs none.
    secret : str
        Its value.
    """

    variable: str = ""
    secret: str = field(default="", repr=False)

    def hide(self, text: str) -> str:
        """Return a text without it."""
        return text.replace(self.secret, "***") if self.secret else text


@dataclass
class Caller:
    """Calls services, one at a time, each host with a pause between.

    Attributes
    ----------
    section : FetchSection
        Patience and limits.
    token : Token
        Goes with authorised requests, to the place that was asked and no other.
    sleep : callable
        Passes a time in seconds.
    """

    section: FetchSection
    token: Token
    sleep: Callable[[float], None] = time.sleep
    _last_s: dict[str, float] = field(default_factory=dict)
    _reached: set[str] = field(default_factory=set)

    @contextmanager
    def answer(self, ask: Ask, extra: dict[str, str]) -> Iterator[tuple[httpx.Response, Watch]]:
        """Give the head of an answer, redirects followed, and the watch over the connection that brings the rest.

        Parameters
        ----------
        ask : Ask
            What is asked.
        extra : dict
            Headers for this request.

        Raises
        ------
        TryAgainError
            If the line breaks, also while the block reads.
        ServiceError
            If the service cannot be reached, or sends on to where one must not go.
        """
        section, url = self.section, ask.url
        for _ in range(MOST + 1):
            self._pause(url)
            with (
                Watch(section.connect_s + section.answer_s) as watch,
                self._explained(ask, url, watch),
                _client(url, section.connect_s) as client,
                client.stream(
                    ask.method, url, headers=self._headers(ask, url) | extra, extensions={"trace": watch.trace},
                    content=None if ask.body is None else json.dumps(ask.body).encode(),
                ) as response,
            ):  # fmt: skip
                self._reached.add(ask.host)
                watch.extend(section.stall_s)
                stream = response.extensions.get("network_stream")
                if url != ask.url and stream is not None:
                    refuse_private_peer(ask.url, url, stream.get_extra_info("server_addr"))
                if not response.has_redirect_location:
                    yield response, watch
                    return
                location, keeps_body = response.headers["location"], response.status_code in (307, 308)
            if (ask.body is not None and not keeps_body) or self.token.hide(location) != location:
                raise ServiceError(f"{ask.host} sends on in a way that is not followed", where=ask.shown(),
                                   remedy=UNTOUCHED)  # fmt: skip
            url = next_address(ask.url, url, location)
        raise ServiceError(
            f"{ask.host} sends on in a circle, or more than {MOST} times",
            where=ask.shown(),
            remedy=f"Look up the service's address of today and write it as url. {UNTOUCHED}",
        )

    @contextmanager
    def _explained(self, ask: Ask, url: str, watch: Watch) -> Iterator[None]:
        host = httpx.URL(url).host
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            if ask.host in self._reached:
                raise TryAgainError(f"{host} cannot be reached any more: {_cause(error)}") from error
            why = "This machine seems to be offline, or the service is down."
            if "SSL" in str(error):  # which httpx gives as text only
                why = "Something between may want a sign-in, or read along: open any page in a browser."
            raise ServiceError(
                f"{host} cannot be reached: {_cause(error)}",
                remedy=f"{why} Look at the network and run 'corridor fetch' again; builds need no network. {UNTOUCHED}",
            ) from error
        except httpx.TransportError as error:
            how = "keeps one waiting too long" if watch.fired else f"breaks off: {_cause(error)}"
            raise TryAgainError(f"{host} {how}") from error
        except (httpx.InvalidURL, httpx.StreamError) as error:
            raise ServiceError(
                f"{host} cannot be asked: {_cause(error)}", where=ask.shown(), remedy=UNTOUCHED
            ) from error

    def _headers(self, ask: Ask, url: str) -> dict[str, str]:
        contact = f" (+{self.section.contact})" if self.section.contact else ""
        headers = {
            "User-Agent": f"cable-corridor/{__version__}{contact}",
            "Accept-Encoding": "identity",  # lengths and ranges are those of the file
        }
        if ask.body is not None:
            headers["Content-Type"] = "application/json"
        if ask.authorised and self.token.secret and same_place(ask.url, url):
            headers["Authorization"] = f"Bearer {self.token.secret}"
        return headers

    def _pause(self, url: str) -> None:
        host = httpx.URL(url).host
        if host in self._last_s:
            self.sleep(max(0.0, self._last_s[host] + self.section.pause_s - time.monotonic()))
        self._last_s[host] = time.monotonic()


def _client(url: str, connect_s: float) -> httpx.Client:
    """Return a client for one request: it keeps no cookie and no connection."""
    try:
        timeout = httpx.Timeout(None, connect=connect_s)  # the watch ends what takes too long
        direct = goes_direct(url)
        return httpx.Client(timeout=timeout, trust_env=not direct, verify=_certificates(), follow_redirects=False)
    except (ImportError, ValueError, OSError) as error:
        raise ServiceError(
            f"the proxy or the certificates that the environment names cannot be used: {_cause(error)}",
            where="HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE",
            remedy=f"Mend or unset them. {UNTOUCHED}",
        ) from error


@cache
def _certificates() -> ssl.SSLContext:
    """Return the certificates that hosts are held to; reading them takes longer than many a request."""
    return httpx.create_ssl_context()


def _cause(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
