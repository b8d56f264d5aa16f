"""The errors that a person sees: one paragraph with cause, place and remedy, and a documented exit code."""

from __future__ import annotations


class CorridorError(Exception):
    """A foreseen failure.

    Parameters
    ----------
    cause : str
        What is wrong, in one sentence.
    where : str
        File and place in it (line, row, key, KP), or the name of the thing at fault.
    remedy : str
        What the reader can do about it.
    """

    exit_code = 1

    def __init__(self, cause: str, *, where: str = "", remedy: str = "") -> None:
        cause = " ".join(cause.split())  # what libraries say may run over many lines
        self.cause, self.where, self.remedy = cause, where, remedy
        place = f" ({where})" if where else ""
        super().__init__(" ".join(part for part in (f"{cause.rstrip('.')}{place}.", remedy) if part))

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error travel between processes with its parts."""
        return _again, (type(self), self.cause, self.where, self.remedy)


class ConfigError(CorridorError):
    """Wrong use or configuration."""

    exit_code = 2


class DataError(CorridorError):
    """Input data that cannot be used."""

    exit_code = 65


class ServiceError(CorridorError):
    """A needed service or program is absent."""

    exit_code = 69


class WriteError(CorridorError):
    """A place that cannot be written."""

    exit_code = 73


class LockedError(CorridorError):
    """Another run holds the workspace."""

    exit_code = 75


class TimeLimitError(CorridorError):
    """A time limit was reached."""

    exit_code = 124


def _again(kind: type[CorridorError], cause: str, where: str, remedy: str) -> CorridorError:
    return kind(cause, where=where, remedy=remedy)
