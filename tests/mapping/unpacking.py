"""Packed blocks and coded rates read back as ``unpack.js`` and the page's scripts read them."""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.mapping.codes import BLANK, RATE_META, Codes

_ALIGNED = 8


def unpacked(text: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return meta and arrays of a packed text, as the page reads them."""
    data = zlib.decompress(base64.b64decode(text), -15)
    size = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + size])
    start, arrays = _up(4 + size), {}
    for name, kind, shape, base in head["arrays"]:
        dtype, count = np.dtype(kind), math.prod(shape)
        planes = np.frombuffer(data, np.uint8, count * dtype.itemsize, start).reshape(dtype.itemsize, count)
        values = np.ascontiguousarray(planes.T).view(dtype.newbyteorder("<")).reshape(shape).astype(dtype)
        if dtype.kind in "iu" and count:
            values = np.add.accumulate(values, axis=-1, dtype=dtype)
            done: set[int] = set()
            for row in range(len(base)):
                _add_base(values, base, row, done)
        arrays[name] = values
        start = _up(start + count * dtype.itemsize)
    return head["meta"], arrays


def _add_base(values: NDArray[Any], base: Sequence[int], row: int, done: set[int]) -> None:
    if row in done:
        return
    done.add(row)
    if base[row] >= 0:
        _add_base(values, base, base[row], done)
        values[row] += values[base[row]]


def _up(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED


def rates_of(codes: Codes) -> NDArray[np.float64]:
    """Return the rates behind their codes."""
    rate = np.where(codes > 0, np.exp(RATE_META["log_least"] + RATE_META["step"] * codes.astype(float)), 0.0)
    return np.where(codes == BLANK, np.nan, rate)
