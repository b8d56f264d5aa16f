"""Where things lie on disk, who may write there, and how a file appears whole or not at all."""

from pipeline.workspace.atomic import atomic_path, write_json, write_text
from pipeline.workspace.lock import hold
from pipeline.workspace.paths import Workspace
from pipeline.workspace.source_files import SourceFiles, weakest

__all__ = ["SourceFiles", "Workspace", "atomic_path", "hold", "weakest", "write_json", "write_text"]
