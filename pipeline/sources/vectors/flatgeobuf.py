"""FlatGeobuf: one layer, streamed from its first byte."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.sources.vectors.driver import VectorFile
from pipeline.sources.vectors.gdal_file import GdalFile


@contextmanager
def opened(path: Path) -> Iterator[VectorFile]:
    """Open a FlatGeobuf file; GDAL checks its buffers before it follows them."""
    yield GdalFile(path, "FlatGeobuf", path, {"VERIFY_BUFFERS": "YES"})
