"""Messages of several sentences, put together; and those of which a part never came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pyais.messages import AISSentence

# A station numbers its messages from 0 to 9 again and again, so a part must not wait for one of a later round. Where
# lines have no time, as many of them as this may lie between; it also bounds what is held.
_MOST_LINES = 1000


@dataclass
class _Waiting:
    opened: int
    clock_us: int | None
    time_us: int | None
    parts: dict[int, AISSentence]


@dataclass
class Parts:
    """What waits for its other parts.

    Attributes
    ----------
    within_us : int
        Parts that came further apart are of two messages.
    lose : callable
        Takes the line where a message began whose parts did not all come, and the number of those that did.
    """

    within_us: int
    lose: Callable[[int, int], None]
    _waiting: dict[tuple[object, ...], _Waiting] = field(default_factory=dict)
    _latest: dict[tuple[object, ...], tuple[object, ...]] = field(default_factory=dict)

    def add(
        self, sentence: AISSentence, receiver: str, number: int, time_us: int | None, clock_us: int | None
    ) -> tuple[AISSentence, int | None] | None:
        """Take a part and return the whole message with its time, once it is whole.

        Parameters
        ----------
        sentence : AISSentence
            One that is not alone.
        receiver : str
            Tells parts of two receivers apart; "" where unknown.
        number : int
            Its line, ascending.
        time_us, clock_us : int or None
            Its time, microseconds since 1970 UTC, and the last time that was read, there or on a line before.
        """
        self._drop_old(number)
        message = (sentence.talker_id, sentence.type, sentence.channel, sentence.seq_id, sentence.frag_cnt)
        key: tuple[object, ...] = (receiver, *message)
        if key not in self._waiting and not receiver:
            key = self._latest.get(message, key)  # often only the first part has a tag block
        held = self._waiting.get(key)
        if held is None or sentence.frag_num in held.parts or self._apart(held, clock_us):
            self._lose(key)
            held = self._waiting[key] = _Waiting(number, clock_us, time_us, {})
            self._latest[message] = key
        held.parts[sentence.frag_num] = sentence
        if held.time_us is None:
            held.time_us = time_us
        if len(held.parts) < sentence.frag_cnt:
            return None
        self._forget(key)
        ordered = [held.parts[at] for at in sorted(held.parts)]
        return AISSentence.assemble_from_iterable(ordered), held.time_us

    def end(self) -> None:
        """Give up what still waits."""
        for key in list(self._waiting):
            self._lose(key)

    def _apart(self, held: _Waiting, clock_us: int | None) -> bool:
        return held.clock_us is not None and clock_us is not None and abs(clock_us - held.clock_us) > self.within_us

    def _drop_old(self, number: int) -> None:
        for key, held in list(self._waiting.items()):
            if number - held.opened <= _MOST_LINES:
                break  # they stand in the order in which they were opened
            self._lose(key)

    def _lose(self, key: tuple[object, ...]) -> None:
        if (held := self._forget(key)) is not None:
            self.lose(held.opened, len(held.parts))

    def _forget(self, key: tuple[object, ...]) -> _Waiting | None:
        if self._latest.get(key[1:]) == key:
            del self._latest[key[1:]]
        return self._waiting.pop(key, None)
