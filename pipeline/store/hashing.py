"""Content hashes of files and of plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

_AT_ONCE = 4  # one processor hashes more slowly than a disk reads


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's content.

    Within one process a file whose size, times and inode are those of an earlier reading is not read again (the
    system's own change time cannot be set back); across processes only content counts.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    stat = path.stat()
    return _hash_file(str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


def hash_files(paths: Iterable[Path], one: Callable[[Path], str] = hash_file) -> list[str]:
    """Return the hashes of files, several at once; ``one`` hashes a file and raises what is to be raised.

    Raises
    ------
    OSError
        If a file cannot be read.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(one, paths))


@lru_cache(maxsize=65536)
def _hash_file(path: str, _size: int, _mtime_ns: int, _ctime_ns: int, _inode: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_json(value: Any) -> str:
    """Return the SHA-256 of a JSON value; the order of keys does not matter."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
