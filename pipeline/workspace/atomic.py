"""A file appears whole or not at all: written beside its place, flushed, then renamed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pipeline.errors import CorridorError, WriteError

_FULL_BELOW_BYTES = 2_000_000


def disk_is_full(folder: Path) -> bool:
    """Tell whether next to nothing can be written any more where a folder lies."""
    return shutil.disk_usage(folder).free < _FULL_BELOW_BYTES


def disk_full(where: str) -> WriteError:
    """Return the error for a full disk."""
    return WriteError(
        "the disk is full",
        where=where,
        remedy="Free disk space, then run again; what was published is untouched.",
    )


def sync(path: Path) -> None:
    """Let a file's content, or the renames in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` and rename it into place when the block ends well.

    Raises
    ------
    WriteError
        If the place cannot be written.
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        sync(temporary)
        temporary.replace(path)
    except OSError as error:
        if error.filename is None or Path(error.filename) in (temporary, path, path.parent):
            raise WriteError(
                f"the file cannot be written: {error.strerror or error}",
                where=str(path),
                remedy="Free disk space or make the folder writable, then run again; what was published is untouched.",
            ) from error
        raise
    except CorridorError:
        raise
    except Exception as error:  # GDAL and SQLite say a full disk in words of their own
        if disk_is_full(path.parent):
            raise disk_full(str(path)) from error
        raise
    finally:
        with suppress(FileNotFoundError, NotADirectoryError):
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Write text (UTF-8, line feeds) atomically.

    Raises
    ------
    WriteError
        If the place cannot be written.
    """
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically, keys in the order given; NaN and infinity are refused.

    Raises
    ------
    WriteError
        If the place cannot be written.
    ValueError
        If a number is not finite.
    """
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
