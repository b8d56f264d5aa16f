"""The one owner of "is this still good?": steps, their keys and their kept results."""

from pipeline.store.build import Build, Decision
from pipeline.store.hashing import hash_file, hash_files, hash_json
from pipeline.store.kept import Kept
from pipeline.store.step import BlockWork, Facts, FilePart, FileWork, Step, StepContext

__all__ = [
    "BlockWork", "Build", "Decision", "Facts", "FilePart", "FileWork", "Kept", "Step", "StepContext", "hash_file",
    "hash_files", "hash_json",
]  # fmt: skip
