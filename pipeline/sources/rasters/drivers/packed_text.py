"""Text as it is or gzipped, read as a stream; one that unpacks to more than its source allows is refused."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.unpacking import Bounds, gunzipped

LONGEST_LINE = 100_000
"""Bytes of a line that are read at once; what is longer is no text."""


@contextmanager
def unpacked(path: Path, section: SourceSection) -> Iterator[Any]:
    """Open plain or gzipped text.

    Raises
    ------
    DataError
        If it cannot be read, or unpacks to more than ``unpacked_max_gb`` or ``unpacked_max_ratio`` times its size.
    """
    try:
        with path.open("rb") as raw:
            if path.suffix.lower() != ".gz":
                yield raw
            else:
                with gunzipped(raw, path, Bounds.of(section)) as packed:
                    yield packed
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"the file cannot be read: {error}", where=str(path), remedy="Copy or download it again."
        ) from error
