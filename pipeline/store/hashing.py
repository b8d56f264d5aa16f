"""Content hashes of files and of plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

Seen = tuple[str, int, int, int, int]
_known: dict[Seen, str] = {}
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
    seen = _seen(path)
    digest = _known.get(seen)
    if digest is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        _known[seen] = digest
    return digest


def hash_files(paths: Iterable[Path], one: Callable[[Path], str] = hash_file) -> list[str]:
    """Return the hashes of files, several at once; ``one`` hashes a file and raises what is to be raised.

    Raises
    ------
    OSError
        If a file cannot be read.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(one, paths))


def known_hashes(paths: Iterable[Path]) -> list[list[Any]]:
    """Return what this process knows of files, for ``trust_hashes`` of another that serves it."""
    return [[*seen, _known[seen]] for seen in map(_seen, paths) if seen in _known]


def trust_hashes(known: Iterable[Sequence[Any]]) -> None:
    """Take over what another process knows of files; one that looks different here is read all the same."""
    for *seen, digest in known:
        _known[cast("Seen", tuple(seen))] = digest


def _seen(path: Path) -> Seen:
    stat = path.stat()
    return str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def hash_json(value: Any) -> str:
    """Return the SHA-256 of a JSON value; the order of keys does not matter."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
