"""Text that is to be looked through as bytes must be UTF-8: other encodings hide what it says."""

from __future__ import annotations

import codecs
from pathlib import Path

from pipeline.errors import DataError

_CHUNK_BYTES = 1 << 20


def refuse_no_utf8(document: Path, path: Path) -> None:
    """Read a text file to its end.

    Parameters
    ----------
    document : Path
        What is read.
    path : Path
        The file to name in an error: this one, or the archive that it was in.

    Raises
    ------
    DataError
        If it is not UTF-8, or holds a zero byte, as UTF-16 and UTF-32 do.
    """
    decoder, before = codecs.getincrementaldecoder("utf-8")(), 0
    with document.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _refused(before + error.start, path) from error
            if b"\x00" in chunk:
                raise _refused(before + chunk.index(b"\x00"), path)
            before += len(chunk)


def _refused(byte: int, path: Path) -> DataError:
    return DataError(
        f"the file cannot be read: it is not UTF-8 text near byte {byte}",
        where=str(path),
        remedy="Export it again as UTF-8.",
    )
