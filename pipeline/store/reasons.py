"""Why a kept result is no longer good, in words."""

from __future__ import annotations

from typing import Any

from pipeline.store.kept import Parts


def explain_change(old: Parts | None, new: Parts) -> str:
    """Return in words what differs between the parts of two keys."""
    if old is None:
        return "no earlier result"
    reasons = [changed_files(old.get("files", {}), new["files"])]
    if old.get("content") != new["content"] and not reasons[0]:
        reasons = ["the same files come in another order or from other sources"]
    reasons += [
        f"source {name} is described differently" for name in _differing(old.get("sources", {}), new["sources"])
    ]
    for section in _differing(old.get("parameters", {}), new["parameters"]):
        before, after = old["parameters"].get(section) or {}, new["parameters"].get(section) or {}
        reasons += [f"[{section}] {key}: {_short(before.get(key))} -> {_short(after.get(key))}"
                    for key in _differing(before, after)]  # fmt: skip
    reasons += [f"step {name} gave something else" for name in _differing(old.get("upstream", {}), new["upstream"])]
    if old.get("code") != new["code"]:
        reasons.append("the program changed")
    reasons += [
        f"library {name} {old.get('libraries', {}).get(name, 'absent')} -> {new['libraries'].get(name, 'absent')}"
        for name in _differing(old.get("libraries", {}), new["libraries"])
    ]
    return "; ".join(reason for reason in reasons if reason) or "its kept result was evicted"


def changed_files(old: dict[str, str], new: dict[str, str]) -> str:
    """Return which files changed, came, went or have another name, by SHA-256; empty where none did."""
    changed = [name for name in _differing(old, new) if name in old and name in new]
    removed = {name: digest for name, digest in old.items() if name not in new}
    added, renamed = [], []
    for name in sorted(set(new) - set(old)):
        was = next((gone for gone, digest in removed.items() if digest == new[name]), None)
        if was is None:
            added.append(name)
        else:
            del removed[was]
            renamed.append(name)
    verbs = ((changed, "changed"), (added, "added"), (sorted(removed), "removed"), (renamed, "renamed"))
    return "; ".join(
        f"{', '.join(names[:3])}{f' and {len(names) - 3} more' if names[3:] else ''} {verb}"
        for names, verb in verbs
        if names
    )


def _differing(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
