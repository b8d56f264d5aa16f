"""The beginning of an answer that is kept, and what is known of it, so that the rest alone is asked for later."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from pipeline.fetch.ask import Ask
from pipeline.store.hashing import hash_file
from pipeline.workspace import write_json

ETAG = r"^((W/)?\"[!#-~]*\")?$"
"""An ETag as RFC 9110, 8.8.3 has it, in plain letters: it is sent back as a header."""
MOMENT = r"^[ -~]*$"


@dataclass(frozen=True)
class Known:
    """What a service said of an answer.

    Attributes
    ----------
    etag, last_modified : str
        Names of this version of the content; empty where it has none.
    total_bytes : int or None
        Length of the whole.
    finished_s : float or None
        Unix time at which all of it had come and was found to be what was asked for.
    sha256 : str
        Of the finished answer.
    """

    etag: Annotated[str, Field(pattern=ETAG)] = ""
    last_modified: Annotated[str, Field(pattern=MOMENT)] = ""
    total_bytes: int | None = None
    finished_s: float | None = None
    sha256: str = ""

    @property
    def version(self) -> str:
        """What names this version of the content for a resumed download (``If-Range``); empty where nothing does.

        A weak ETag does not: two versions that differ in bytes may share it (RFC 9110, 13.1.5).
        """
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


_KNOWN = TypeAdapter(Known)


class Part:
    """The files of one request in the program's own folder.

    They lie there, and not beside the data, so that no pattern of a source finds half a file.
    """

    def __init__(self, folder: Path, ask: Ask) -> None:
        self.path = folder / f"{ask.key}.part"
        self._note = folder / f"{ask.key}.json"

    @property
    def size(self) -> int:
        """How many bytes are here."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def known(self) -> Known:
        """Return what is known of the bytes that are here; nothing where the note is absent or damaged."""
        try:
            return _KNOWN.validate_json(self._note.read_bytes())
        except (OSError, ValueError):  # a killed run's, or none: then the answer is asked for anew
            return Known()

    def note(self, known: Known) -> None:
        """Keep what is known.

        Raises
        ------
        WriteError
            If it cannot be written.
        """
        write_json(self._note, asdict(known))

    def is_finished(self, since_s: float) -> bool:
        """Tell whether all of it is here, finished since a moment and unaltered."""
        known = self.known()
        return (
            known.finished_s is not None
            and known.finished_s >= since_s
            and self.path.is_file()
            and hash_file(self.path) == known.sha256
        )

    def drop(self) -> None:
        """Forget all of it."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
