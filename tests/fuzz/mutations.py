"""Damage to a file as disks, cables and broken programs do it: cut short, bits flipped, a run of bytes lost."""

from __future__ import annotations

import random

_HEAD_BYTES = 2048
"""Where most formats keep what the rest hangs on; half of all flips land here."""


def damaged(data: bytes, name: str, number: int) -> bytes:
    """Return the ``number``-th damaged copy of a file; the same for the same name and number on every machine."""
    dice = random.Random(f"{name} {number}")
    kind = dice.random()
    if kind < 0.35:
        return data[: dice.randrange(len(data))]
    if kind < 0.9:
        return _flipped(data, dice)
    return _overwritten(data, dice)


def _flipped(data: bytes, dice: random.Random) -> bytes:
    copy = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        end = len(copy) if dice.random() < 0.5 else min(len(copy), _HEAD_BYTES)
        copy[dice.randrange(end)] ^= 1 << dice.randrange(8)
    return bytes(copy)


def _overwritten(data: bytes, dice: random.Random) -> bytes:
    copy = bytearray(data)
    start = dice.randrange(len(copy))
    end = min(start + dice.randrange(1, 513), len(copy))
    copy[start:end] = dice.choice((b"\x00", b"\xff")) * (end - start)
    return bytes(copy)
