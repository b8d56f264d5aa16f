"""What changed in what the results were made from: files, source settings, parameters, program, libraries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np

from pipeline.errors import DataError
from pipeline.mapping.messages import Listed, Said, counted, msgid, say
from pipeline.releases.release import Release

Kind = Literal["file", "source", "parameter", "program", "library"]
What = Literal["changed", "added", "removed", "renamed", "moved"]

_NO_VALUE = (
    "corridor.name", "corridor.design_life_yr", "route.label", "route.file", "water.scenarios_m", "whatif", "map",
    "publish", "changes", "nightly", "datum", "bathymetry.overlap_bin_km", "bathymetry.overlap_least",
    "bathymetry.uncertainty",
)  # fmt: skip
"""Parameters that no compared number depends on; of ``route.file`` the content counts, not the name."""
_WORDS_OF_SOURCE = ("licence", "attribution", "files")
"""Settings of a source that say something about it; which files its pattern finds is told by the files."""
_LONGEST = 60
_FILE: Final = {
    "changed": msgid("{name} changed"),
    "added": msgid("{name} was added"),
    "removed": msgid("{name} was removed"),
}
_SOURCE: Final = {"added": msgid("source {name} was added"), "removed": msgid("source {name} was removed")}


@dataclass(frozen=True)
class InputChange:
    """One input that differs between two releases.

    Attributes
    ----------
    kind : str
        ``file source parameter program library``.
    name : str
        Path, source, ``section.key``, or library.
    what : str
        ``changed added removed renamed``, or ``moved`` from one source to another.
    old, new : str
        Values of a parameter or setting, versions of a library, paths of a renamed file, else empty.
    steps : tuple of str
        Steps that read it.
    files : int
        Files of a source that came or went as a whole.
    may_matter : bool
        False where no compared number can depend on it.
    nearest : bool
        Of a cause: a guess, because nothing that is recorded reaches there and this is the nearest changed file.
    """

    kind: Kind
    name: str
    what: What
    old: str = ""
    new: str = ""
    steps: tuple[str, ...] = ()
    files: int = 0
    may_matter: bool = True
    nearest: bool = field(default=False, compare=False)

    @property
    def words(self) -> Said:
        """The change in words."""
        return say("{change}, the nearest changed file", change=self._words) if self.nearest else self._words

    @property
    def _words(self) -> Said:
        match self.kind:
            case "file" if self.what == "renamed" and self.may_matter:
                return say(
                    "{old} is now called {new}, with the same content, but in another order among the files of its "
                    "source",
                    old=self.old, new=self.new,
                )  # fmt: skip
            case "file" if self.what == "renamed":
                return say("{old} is now called {new}, with the same content", old=self.old, new=self.new)
            case "source" if self.what == "renamed":
                return say("source {old} is now called {new}, with the same settings", old=self.old, new=self.new)
            case "file" if self.what == "moved":
                return say(
                    "{name} belongs to source {new} now, to {old} before", name=self.name, new=self.new, old=self.old
                )
            case "file":
                return say(_FILE[self.what], name=self.name)
            case "source" if self.what == "added" and self.files:
                return counted(
                    "source {name} was added ({n} file)", "source {name} was added ({n} files)", name=self.name,
                    n=self.files,
                )  # fmt: skip
            case "source" if self.what == "removed" and self.files:
                return counted(
                    "source {name} was removed ({n} file)", "source {name} was removed ({n} files)", name=self.name,
                    n=self.files,
                )  # fmt: skip
            case "source" if self.what in _SOURCE:
                return say(_SOURCE[self.what], name=self.name)
            case "source" | "parameter":
                section, _, key = self.name.partition(".")
                table = f"sources.{section}" if self.kind == "source" else section
                return self._became(say("setting {name}", name=f"[{table}] {key}"))
            case "library":
                return self._became(say("library {name}", name=self.name))
            case _:
                return say("the program changed ({steps})", steps=Listed(self.steps, ", "))

    def _became(self, what: Said) -> Said:
        """Return what has other values, with them."""
        if not self.old and not self.new:
            return what
        nothing = say("nothing")
        return say("{what}: {old} became {new}", what=what, old=self.old or nothing, new=self.new or nothing)


def input_changes(old: Release, new: Release) -> tuple[InputChange, ...]:
    """Return every input that differs, each once with the steps that read it.

    Raises
    ------
    DataError
        If what a release was made from is not recorded.
    """
    steps: defaultdict[InputChange, list[str]] = defaultdict(list)
    for step in dict.fromkeys([*new.parts, *old.parts]):
        before, after = _parts(old, step), _parts(new, step)
        for change in _step_changes(before, after):
            steps[change].append(step)
    programs = [step for change, names in steps.items() if change.kind == "program" for step in names]
    changes = [replace(change, steps=tuple(names)) for change, names in steps.items() if change.kind != "program"]
    if programs:
        changes.append(InputChange("program", "program", "changed", steps=tuple(programs)))
    return tuple(changes)


def result_changed(old: Release, new: Release, step: str, by: str) -> bool:
    """Return whether a step got something else from a step before it."""
    return bool(_parts(old, by)["upstream"].get(step) != _parts(new, by)["upstream"].get(step))


def comes_after(old: Release, new: Release, step: str, by: str) -> bool:
    """Return whether a step reads the results of another."""
    return step in _parts(old, by)["upstream"] or step in _parts(new, by)["upstream"]


_EMPTY: dict[str, Any] = {"files": {}, "sources": {}, "parameters": {}, "upstream": {}, "code": "", "libraries": {}}


def _parts(release: Release, step: str) -> dict[str, Any]:
    parts = release.parts.get(step, _EMPTY)
    missing = [name for name in _EMPTY if name not in parts]
    if missing:
        raise DataError(
            f"the release does not say what step '{step}' was made from: {', '.join(missing)} is missing",
            where=f"{release.folder}, release {release.id}",
            remedy="Compare other releases ('corridor releases' lists them), or build this one again.",
        )
    return parts


def _step_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[InputChange]:
    if old is _EMPTY or new is _EMPTY:  # a step that came with another program version: that is what changed
        yield InputChange("program", "program", "changed")
        return
    before_owner, after_owner = _owners(old), _owners(new)
    sources = list(_source_changes(old, new, before_owner, after_owner))
    yield from sources
    whole = {(change.what, change.name) for change in sources}
    out_of_order = _out_of_order(old, new)
    for change in _file_changes(old["files"], new["files"]):
        if change.what == "renamed":
            change = replace(change, may_matter=new["files"][change.new] in out_of_order)
        side, owner = (old, before_owner) if change.what == "removed" else (new, after_owner)
        owners = owner.get(side["files"][change.name], frozenset())
        if len(owners) != 1 or (change.what, *owners) not in whole:  # else the source tells of it
            yield change
    renamed = {change.old: change.new for change in sources if change.what == "renamed"}
    for name, digest in new["files"].items():
        was, now = before_owner.get(digest, frozenset()), after_owner.get(digest, frozenset())
        if old["files"].get(name) == digest and was and now and {renamed.get(o, o) for o in was} != now:
            yield InputChange("file", name, "moved", ", ".join(sorted(was)), ", ".join(sorted(now)))
    before, after = dict(_flat(old["parameters"])), dict(_flat(new["parameters"]))
    for name in _differing(before, after):
        yield InputChange(
            "parameter", name, "changed", _short(before.get(name)), _short(after.get(name)),
            may_matter=not is_under(name, _NO_VALUE),
        )  # fmt: skip
    if old["code"] != new["code"]:
        yield InputChange("program", "program", "changed")
    for name in _differing(old["libraries"], new["libraries"]):
        versions = (str(old["libraries"].get(name, "")), str(new["libraries"].get(name, "")))
        yield InputChange("library", name, "changed", *versions)


def is_under(name: str, beginnings: tuple[str, ...]) -> bool:
    """Return whether a dotted name is one of others, or lies under one."""
    return any(name == beginning or name.startswith(f"{beginning}.") for beginning in beginnings)


def _file_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[InputChange]:
    """Compare files by content: the same content under another name is a new name, whatever lies at the old one."""
    gone = {name: digest for name, digest in old.items() if new.get(name) != digest}
    come = {name: digest for name, digest in new.items() if old.get(name) != digest}
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(come):
        homes[come[name]].append(name)
    for name in sorted(gone):
        if homes[gone[name]]:
            home = homes[gone[name]].pop(0)
            yield InputChange("file", home, "renamed", name, home)
            del gone[name], come[home]
    for name in sorted({*gone, *come}):
        what: What = "changed" if name in gone and name in come else "added" if name in come else "removed"
        yield InputChange("file", name, what)


def _out_of_order(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """Return contents that come before others of their source in one release, and after them in the other.

    Where files of a source overlap, the first in the order of names gives the value: a new name can change numbers.
    """
    found: set[str] = set()
    places = [_places(parts) for parts in (old, new)]
    for owner in {*places[0]} & {*places[1]}:
        was, now = (place[owner] for place in places)
        common = sorted({*was} & {*now})
        before, after = (np.array([place[digest] for digest in common], dtype=np.int64) for place in (was, now))
        if (np.argsort(before) == np.argsort(after)).all():
            continue
        found |= {
            digest
            for digest, first, second in zip(common, before, after, strict=True)
            if ((before < first) != (after < second)).any()
        }
    return found


def _places(parts: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return the place of every content in the order of reading, by the source that it belongs to."""
    places: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for place, (owner, _, digest) in enumerate(parts.get("content", ())):
        places[owner].setdefault(digest, place)
    return places


def _owners(parts: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the sources that a file's content belongs to, where the record tells."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for owner, _, digest in parts.get("content", ()):
        owners[digest].add(owner)
    return {digest: frozenset(names) for digest, names in owners.items()}


def _source_changes(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    old_owners: Mapping[str, frozenset[str]],
    new_owners: Mapping[str, frozenset[str]],
) -> Iterator[InputChange]:
    was, now = old["sources"], new["sources"]
    gone, come = sorted({*was} - {*now}), sorted({*now} - {*was})
    for name in list(gone):
        home = next((other for other in come if now[other] == was[name]), None)
        if home is not None:
            gone.remove(name)
            come.remove(home)
            yield InputChange("source", home, "renamed", name, home, may_matter=False)
    for names, what, parts, owners in ((gone, "removed", old, old_owners), (come, "added", new, new_owners)):
        for name in names:
            count = sum(owners.get(digest, frozenset()) == {name} for digest in parts["files"].values())
            yield InputChange("source", name, what, files=count)  # type: ignore[arg-type]
    for name in sorted({*was} & {*now}):
        for key in _differing(was[name], now[name]):
            yield InputChange(
                "source", f"{name}.{key}", "changed", _short(was[name].get(key)), _short(now[name].get(key)),
                may_matter=key not in _WORDS_OF_SOURCE,
            )  # fmt: skip


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _short(value: Any) -> str:
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
