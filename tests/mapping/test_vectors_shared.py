"""The rules that run twice, here and in the page, give the same numbers: one set of vectors holds both."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pipeline.mapping.escape import template_source
from tests.vectors.python_rules import RULES

VECTORS = Path(__file__).parents[1] / "vectors"
_DIGITS = 1e-11
"""Relative: sums in another order, and rates found by halving."""


def read(kind: str) -> list[dict[str, Any]]:
    vectors: list[dict[str, Any]] = json.loads((VECTORS / f"{kind}.json").read_text(encoding="utf-8"))
    assert vectors
    return vectors


def differences(found: Any, expected: Any, where: str = "") -> list[str]:
    """Return where two JSON values differ; numbers may in their last digits."""
    if isinstance(expected, dict) and isinstance(found, dict) and found.keys() == expected.keys():
        return [line for key in expected for line in differences(found[key], expected[key], f"{where}.{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        pairs = zip(found, expected, strict=True)
        return [line for at, pair in enumerate(pairs) for line in differences(*pair, f"{where}[{at}]")]
    numbers = isinstance(found, int | float) and isinstance(expected, int | float)
    if numbers and not isinstance(expected, bool) and math.isclose(found, expected, rel_tol=_DIGITS, abs_tol=1e-12):
        return []
    return [] if found == expected and type(found) is type(expected) else [f"{where}: {found} is not {expected}"]


@pytest.fixture(scope="module")
def rules(browser: Browser) -> Iterator[Page]:
    """A page that holds nothing but the rules."""
    page = browser.new_page()
    page.set_content("<!DOCTYPE html><title>rules</title>")
    page.add_script_tag(content="const corridor = {};")
    page.add_script_tag(content=template_source("rules.js"))
    page.add_script_tag(content=(VECTORS / "page_rules.js").read_text(encoding="utf-8"))
    yield page
    page.close()


@pytest.mark.parametrize("kind", RULES)
def test_the_pipeline_gives_what_the_vectors_say(kind: str) -> None:
    for vector in read(kind):
        embedded, found = RULES[kind](vector["given"])
        assert differences(embedded, vector["embedded"]) == []
        assert differences(found, vector["expected"]) == []


@pytest.mark.browser
@pytest.mark.parametrize("kind", RULES)
def test_the_page_gives_what_the_vectors_say(kind: str, rules: Page) -> None:
    for vector in read(kind):
        found = rules.evaluate(
            "([kind, given, embedded]) => corridor.vectors[kind](given, embedded)",
            [kind, vector["given"], vector["embedded"]],
        )
        assert differences(found, vector["expected"]) == []
