"""``python -m tests.faults.tally FILE`` prints how many faults of each kind there were, and how many losses."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def summary(tally: Path) -> str:
    """Return the faults of a campaign by kind, how the builds ended, and what was lost."""
    entries = [json.loads(line) for line in tally.read_text().splitlines()]
    lines = []
    for kind in dict.fromkeys(entry["kind"] for entry in entries):
        of_kind = [entry for entry in entries if entry["kind"] == kind]
        codes = Counter(entry["code"] for entry in of_kind)
        ended = ", ".join(f"{number} ended with {code}" for code, number in sorted(codes.items()))
        lost = sum(bool(entry["lost"]) for entry in of_kind)
        lines.append(f"{len(of_kind):5d} {kind}: {ended}; {lost} with a loss")
    lost = [f"  {entry['kind']}, {entry['what']}: {line}" for entry in entries for line in entry["lost"]]
    return "\n".join([*lines, f"{len(entries):5d} faults, {sum(bool(e['lost']) for e in entries)} with a loss", *lost])


if __name__ == "__main__":
    print(summary(Path(sys.argv[1])))
