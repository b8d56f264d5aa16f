"""The other half of the readers, in a file of its own so that two workers share them."""

from __future__ import annotations

import pytest

from tests.fuzz.house import assert_only_our_errors
from tests.fuzz.readers import READERS


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(READERS)[1::2])
def test_a_damaged_file_is_refused_in_our_words_or_read(name: str) -> None:
    assert_only_our_errors(name)
