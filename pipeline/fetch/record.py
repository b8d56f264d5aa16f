"""What is known of a fetched file: a record beside it, so that whoever has the file can say where it is from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from pipeline import __version__
from pipeline.errors import WriteError
from pipeline.fetch.part import ETAG
from pipeline.store.hashing import hash_file
from pipeline.workspace import write_json
from pipeline.workspace.source_files import FETCHED

MADE_BY = f"cable-corridor {__version__}"


@dataclass(frozen=True)
class Record:
    """Where a fetched file is from.

    Attributes
    ----------
    service, title : str
        Who was asked, and for what.
    requests : list of str
        What was asked, without any secret.
    box : list of float
        West, south, east, north that was asked for, degrees.
    fetched : str
        When, UTC.
    size_bytes, sha256
        Of the file.
    replaces_sha256 : str
        Of the file that lay there before: the record is written first, so after a crash in between that one lies there.
    etag : str
        Of the answer, where one answer is all; the next time only a newer version is sent.
    version : str
        Of the data, where the service names one.
    licence, attribution, terms : str
        What may be done with the data, who is to be named, and where that stands.
    made_by : str
        This program and its version.
    """

    service: str
    title: str
    requests: list[str]
    box: list[float]
    fetched: str
    size_bytes: int
    sha256: str
    replaces_sha256: str
    etag: Annotated[str, Field(pattern=ETAG)]
    version: str
    licence: str
    attribution: str
    terms: str
    made_by: str


def record_path(file: Path) -> Path:
    """Return where the record of a fetched file lies."""
    return file.with_name(file.name + FETCHED)


def read_record(file: Path) -> Record | None:
    """Return the record of a file; None where there is none that can be read."""
    try:
        return TypeAdapter(Record).validate_json(record_path(file).read_bytes())
    except (OSError, ValueError):  # none, or a stranger's: then the file counts as not fetched
        return None


def write_record(file: Path, record: Record) -> None:
    """Write the record of a file.

    Raises
    ------
    WriteError
        If it cannot be written.
    """
    write_json(record_path(file), asdict(record))


def own_hash(file: Path, record: Record | None, *, force: bool) -> str:
    """Return the SHA-256 of the file that a download may replace; empty where none lies there.

    Raises
    ------
    WriteError
        If what lies there was not fetched, or was altered since, and is not to be replaced all the same.
    """
    if file.is_dir():
        raise WriteError("a folder lies where the file belongs", where=str(file), remedy="Write another name as into.")
    if not file.exists():
        return ""
    found = hash_file(file)
    if record is not None and found in (record.sha256, record.replaces_sha256):
        return found
    if not force:
        how = "was not fetched by this program" if record is None else "was altered since it was fetched"
        raise WriteError(
            f"the file {how}, and is left as it is",
            where=str(file),
            remedy="Move it away, write another name as into, or run 'corridor fetch NAME --force' to replace it.",
        )
    return found
