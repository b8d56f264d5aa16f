"""Ten thousand damaged files: every reader refuses them in our words or reads what is left; nothing else happens."""

from __future__ import annotations

import os

import pytest

from tests.fuzz.house import fuzz
from tests.fuzz.mutations import damaged
from tests.fuzz.readers import READERS

CASES = int(os.environ.get("CORRIDOR_FUZZ", "10000"))


def test_the_same_case_is_the_same_damage() -> None:
    data = bytes(range(256)) * 20
    assert damaged(data, "tif", 7) == damaged(data, "tif", 7)
    assert len({damaged(data, "tif", number) for number in range(50)}) == 50


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(READERS))
def test_a_damaged_file_is_refused_in_our_words_or_read(name: str) -> None:
    cases = -(-CASES * READERS[name].weight // sum(reader.weight for reader in READERS.values()))
    told = fuzz(name, cases)
    assert not told.wrong, "\n".join(told.wrong[:20])
    assert told.read + told.refused == cases
    assert told.refused >= cases // 20  # damage that no reader notices would be no test
