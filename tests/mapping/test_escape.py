"""Text from data stays text."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mapping.escape import environment, json_block, script_text, style_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_a_block_reads_back_as_what_was_put_in_and_cannot_end_its_element(value: object) -> None:
    block = str(json_block(value))
    assert json.loads(block) == value
    assert not set(block) & set("<>&\u2028\u2029")


def test_what_is_not_finite_is_null_and_numpy_is_plain() -> None:
    value = {"a": np.array([1.0, np.nan, np.inf]), "b": np.float32(0.5), "c": np.int64(3), "d": float("-inf")}
    assert str(json_block(value)) == '{"a":[1,null,null],"b":0.5,"c":3,"d":null}'


def test_numbers_keep_every_digit() -> None:
    assert json.loads(str(json_block([0.1, 1e-9, 1e300, 123456.789]))) == [0.1, 1e-9, 1e300, 123456.789]


def test_script_and_style_cannot_close_their_elements() -> None:
    assert "</script" not in script_text("var a = '</script><img>'; // <!-- x")
    assert "<!--" not in script_text("<!--")
    assert "</style" not in style_text("a{}</style><script>")


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "{{ 7*7 }}", "{% raise %}", "`${1}`", "C:\\path\\2019"]
)
def test_templates_escape_and_never_evaluate_data(text: str) -> None:
    shown = environment().from_string("<p>{{ name }}</p>").render(name=text)
    assert "<img" not in shown
    assert "49" not in shown
