"""Arrays inside the page: packed into text here, unpacked by ``unpack.js``."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.mapping.escape import plain

_KINDS: Final = ("uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
_ALIGNED = 8


def pack(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return arrays and what belongs to them as text of base64: deflated, without a header of zlib's.

    A length of four bytes (little end first), JSON of that length (``meta`` and, in order, name, type and number of
    values of every array), and each array from a multiple of eight bytes on: the first bytes of all values, then the
    second ones and so on, because neighbours are alike in their high bytes.

    Parameters
    ----------
    meta : mapping
        JSON values; messages as the page's data block has them.
    arrays : mapping of str to ndarray
        Of the types uint8, int16, uint16, int32, uint32, float32 and float64, any shape; the page gets them flat.

    Raises
    ------
    TypeError
        If an array has another type.
    """
    told = []
    for name, values in arrays.items():
        if values.dtype.name not in _KINDS:
            raise TypeError(f"the array '{name}' is of type {values.dtype}; the page knows {', '.join(_KINDS)}")
        told.append([name, values.dtype.name, values.size])
    head = json.dumps(
        {"meta": plain(meta), "arrays": told}, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")
    parts = [_aligned(len(head).to_bytes(4, "little") + head)]
    for values in arrays.values():
        little = np.ascontiguousarray(values, values.dtype.newbyteorder("<")).reshape(-1)
        planes = little.view(np.uint8).reshape(-1, little.itemsize).T
        parts.append(_aligned(planes.tobytes()))
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(deflate.compress(b"".join(parts)) + deflate.flush()).decode("ascii")


def unpacked(text: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return meta and flat arrays of a packed text, as the page reads them."""
    data = zlib.decompress(base64.b64decode(text), -15)
    size = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + size])
    start, arrays = _up(4 + size), {}
    for name, kind, count in head["arrays"]:
        dtype = np.dtype(kind).newbyteorder("<")
        planes = np.frombuffer(data, np.uint8, count * dtype.itemsize, start).reshape(dtype.itemsize, count)
        arrays[name] = np.ascontiguousarray(planes.T).view(dtype).reshape(count).astype(np.dtype(kind))
        start = _up(start + count * dtype.itemsize)
    return head["meta"], arrays


def _up(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED


def _aligned(data: bytes) -> bytes:
    return data + bytes(_up(len(data)) - len(data))
