"""Arrays inside the page: packed into text here, unpacked by ``unpack.js``."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.mapping.escape import plain

_KINDS: Final = ("uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
_ALIGNED = 8


def pack(
    meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], bases: Mapping[str, Sequence[int]] | None = None
) -> str:
    """Return arrays and what belongs to them as text of base64: deflated, without a header of zlib's.

    A length of four bytes (little end first), JSON of that length (``meta`` and, in order, name, type, shape and bases
    of every array), and each array from a multiple of eight bytes on. Whole numbers are told as differences, modulo
    their type: of a row of the first axis from its base, if it has one, then of each value from the one before on the
    last axis. Of every array come the first bytes of all values, then the second ones and so on: neighbours are alike
    there.

    Parameters
    ----------
    meta : mapping
        JSON values; messages as the page's data block has them.
    arrays : mapping of str to ndarray
        Of the types uint8, int16, uint16, int32, uint32, float32 and float64, any shape; the page gets them flat.
    bases : mapping of str to sequence of int, optional
        For an array of whole numbers: to each row of its first axis the row that it is like, -1 for none.

    Raises
    ------
    TypeError
        If an array has another type.
    """
    told = []
    for name, values in arrays.items():
        if values.dtype.name not in _KINDS:
            raise TypeError(f"the array '{name}' is of type {values.dtype}; the page knows {', '.join(_KINDS)}")
        told.append([name, values.dtype.name, list(values.shape), list((bases or {}).get(name, []))])
    head = json.dumps(
        {"meta": plain(meta), "arrays": told}, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")
    parts = [_aligned(len(head).to_bytes(4, "little") + head)]
    for (_, _, _, base), values in zip(told, arrays.values(), strict=True):
        little = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        if little.dtype.kind in "iu" and little.size:
            little = _differences(little, base)
        planes = little.reshape(-1).view(np.uint8).reshape(-1, little.itemsize).T
        parts.append(_aligned(planes.tobytes()))
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(deflate.compress(b"".join(parts)) + deflate.flush()).decode("ascii")


def _differences(values: NDArray[Any], base: Sequence[int]) -> NDArray[Any]:
    left = values.copy()
    for row, other in enumerate(base):
        if other >= 0:
            left[row] -= values[other]
    left[..., 1:] -= left[..., :-1].copy()
    return left


def _up(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED


def _aligned(data: bytes) -> bytes:
    return data + bytes(_up(len(data)) - len(data))
