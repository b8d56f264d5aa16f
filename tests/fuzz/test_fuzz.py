"""Thousands of damaged files: every reader refuses them in our words or reads what is left; nothing else happens."""

from __future__ import annotations

import pytest

from tests.fuzz.house import assert_only_our_errors
from tests.fuzz.mutations import damaged
from tests.fuzz.readers import READERS


def test_the_same_case_is_the_same_damage() -> None:
    data = bytes(range(256)) * 20
    assert damaged(data, "tif", 7) == damaged(data, "tif", 7)
    assert len({damaged(data, "tif", number) for number in range(50)}) == 50


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(READERS)[::2])
def test_a_damaged_file_is_refused_in_our_words_or_read(name: str) -> None:
    assert_only_our_errors(name)
