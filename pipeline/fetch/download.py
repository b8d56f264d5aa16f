"""Downloading the answer to one request: streamed, resumed, checked, and patient within limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from pipeline.config.fetch import FetchSection
from pipeline.errors import ServiceError, WriteError
from pipeline.fetch.ask import Ask, BrokenAnswerError
from pipeline.fetch.call import Caller
from pipeline.fetch.part import Known, Part
from pipeline.fetch.ranges import go_on_at, known_of, range_headers
from pipeline.fetch.status import UNTOUCHED, TryAgainError, judge, refuse_page, words_of
from pipeline.fetch.watch import Watch
from pipeline.store.hashing import hash_file
from pipeline.workspace.atomic import disk_full, disk_is_full, sync

_START_BYTES = 2048


@dataclass
class Downloader:
    """Downloads the answers of one service, one after the other.

    Attributes
    ----------
    caller : Caller
        Makes the calls.
    folder : Path
        Where beginnings and finished answers are kept.
    tell : callable
        Takes a line for people.
    progress : callable
        Takes bytes of this answer so far, and all that are expected or None.
    """

    caller: Caller
    folder: Path
    tell: Callable[[str], None]
    progress: Callable[[int, int | None], None]
    _spent_bytes: int = field(default=0)

    @property
    def section(self) -> FetchSection:
        """Patience and limits."""
        return self.caller.section

    def get(self, ask: Ask, *, unless: Known | None = None) -> tuple[Path, Known] | None:
        """Return the whole answer and what is known of it, or None if it is still the version in ``unless``.

        Raises
        ------
        ServiceError
            If the service cannot be reached, refuses, or does not give what it was asked for.
        WriteError
            If the answer cannot be kept.
        """
        part = Part(self.folder, ask)
        if not part.is_finished(time.time() - self.section.keep_pages_h * 3600.0):
            if part.known().finished_s is not None:  # of another day, or altered
                part.drop()
            if not self._finish(ask, part, unless):
                return None
        self._spent_bytes += part.size
        return part.path, part.known()

    def _finish(self, ask: Ask, part: Part, unless: Known | None) -> bool:
        """Ask until all of it is here; tell whether it is another version than the one known."""
        failures, furthest = 0, part.size
        while True:
            try:
                return self._attempt(ask, part, unless)
            except TryAgainError as failure:
                # One that brought the download on is no step towards giving up.
                failures = 0 if part.size > furthest + self._floor_bytes else failures + 1
                furthest = max(furthest, part.size)
                self._wait_or_give_up(ask, failure, failures)

    def _wait_or_give_up(self, ask: Ask, failure: TryAgainError, failures: int) -> None:
        section = self.section
        too_long = failure.wait_s > section.longest_wait_s
        if too_long or failures > section.retries:
            asks = f"; it asks to come again in {failure.wait_s:g} s" if too_long else f", {failures} times"
            raise ServiceError(
                f"{failure}{asks}",
                where=ask.shown(),
                remedy=f"Run 'corridor fetch' again later; what has come whole so far is kept for that. {UNTOUCHED}",
            ) from failure
        wait_s = min(max(failure.wait_s, section.backoff_s * 2.0 ** max(failures - 1, 0)), section.longest_wait_s)
        self.tell(f"{failure}; again in {wait_s:g} s")
        self.caller.sleep(wait_s)

    def _attempt(self, ask: Ask, part: Part, unless: Known | None) -> bool:
        """Ask once, for the rest where a beginning is here.

        Raises
        ------
        TryAgainError
            If it failed in a way that may pass.
        """
        headers = range_headers(part, ask)
        asked_from = part.size if headers else 0
        if not headers and unless is not None and unless.etag:
            headers = {"If-None-Match": unless.etag}
        with self.caller.answer(ask, headers) as (response, watch):
            if response.status_code == 304 and "If-None-Match" in headers:
                return False
            if response.status_code == 416:
                part.drop()
                raise TryAgainError(f"{ask.host} has another version than the one begun")
            if response.status_code not in (200, 206):
                variable = self.caller.token.variable if ask.authorised else ""
                judge(ask, response, self._words(response), token_variable=variable)
            start = go_on_at(ask, part, response, asked_from)
            known = known_of(response, part.known() if start else Known())
            if not start:
                part.drop()  # before the note: never the name of a new version over the bytes of an old one
            self._refuse_too_much(ask, known.total_bytes or 0)
            part.note(known)
            self._stream(ask, part, response, watch, start, known)
        if watch.fired or (known.total_bytes is not None and part.size != known.total_bytes):
            raise TryAgainError(f"{ask.host} breaks off after {part.size} of {known.total_bytes or 'unknown'} bytes")
        try:
            ask.check(part.path)
        except BrokenAnswerError as error:
            part.drop()
            raise TryAgainError(f"{ask.host} does not give what it was asked for: {error}") from error
        sync(part.path)
        part.note(replace(known, finished_s=time.time(), sha256=hash_file(part.path)))
        return True

    def _stream(self, ask: Ask, part: Part, response: httpx.Response, watch: Watch, start: int, known: Known) -> None:
        """Write what comes, from a place on; a trickle is ended by the watch."""
        secret = self.caller.token.secret.encode() if ask.authorised else b""
        done, marked, tail = start, start, b""
        with _writable(part.path), part.path.open("r+b" if start else "wb") as file:
            file.seek(start)
            for chunk in response.iter_raw():
                if not done:
                    refuse_page(ask, response, chunk[:_START_BYTES])
                if secret and secret in tail + chunk:
                    raise ServiceError(
                        f"{ask.host} repeats the token in its answer, which is not kept", remedy=UNTOUCHED
                    )
                tail = (tail + chunk)[-len(secret) :]
                done += len(chunk)
                self._refuse_too_much(ask, done)
                file.write(chunk)
                if done - marked >= self._floor_bytes:
                    marked = done
                    watch.extend(self.section.stall_s)
                self.progress(done, known.total_bytes)

    @property
    def _floor_bytes(self) -> float:
        return self.section.slowest_kb_per_s * 1000.0 * self.section.stall_s

    def _refuse_too_much(self, ask: Ask, size: int) -> None:
        if self._spent_bytes + size > self.section.max_gb * 1e9:
            raise ServiceError(
                f"{ask.host} gives more than {self.section.max_gb:g} GB",
                where=ask.shown(),
                remedy=f"If that much is wanted raise max_gb under [fetch], else take a smaller box. {UNTOUCHED}",
            )

    def _words(self, response: httpx.Response) -> str:
        start = b""
        for chunk in response.iter_raw(_START_BYTES):
            start += chunk
            break
        return self.caller.token.hide(words_of(start))


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:  # httpx's own errors are none
        if disk_is_full(path.parent):
            raise disk_full(str(path)) from error
        raise WriteError(
            f"the download cannot be kept: {error.strerror or error}",
            where=str(path),
            remedy="Make the folder writable for this user.",
        ) from error
