"""Messages in English, and the parts by which a script says them in another language."""

from __future__ import annotations

import copy
import json
import re
from html.parser import HTMLParser
from itertools import accumulate

import pytest

from pipeline.mapping.escape import environment, json_block
from pipeline.mapping.language import teach
from pipeline.mapping.messages import Capital, Day, Listed, Number, Said, counted, decoded, fixed, say, significant


@pytest.mark.parametrize(
    ("said", "english"),
    [
        (say("KP {kp}", kp=Number(1234.5, 1)), "KP 1,234.5"),
        (say("{a} and {b}", a=3, b=0.25), "3 and 0.25"),
        (say("{year} of {name}", year="2025", name="{year}"), "2025 of {year}"),
        (say("at {place}", place=say("the {side} shore", side=say("west"))), "at the west shore"),
        (say("all: {all}", all=Listed([say("one"), "two"])), "all: one; two"),
        (say("{all}.", all=Capital(Listed([say("one"), "two"], ", "))), "One, two."),
        (say("of {day}", day=Day("2025-03-09")), "of 9 March 2025"),
        (counted("{n} zone", "{n} zones", n=1), "1 zone"),
        (counted("{n} zone", "{n} zones", n=0), "0 zones"),
        (counted("in {n} year", "in {n} years", n=Number(1.04, digits=2)), "in 1 year"),
    ],
)  # fmt: skip
def test_a_message_is_its_english_text(said: Said, english: str) -> None:
    assert said == english


def test_a_copy_of_a_message_says_the_same_in_every_language() -> None:
    said = counted("{n} zone", "{n} zones", n=2)
    assert copy.deepcopy(said).coded() == said.coded() == {"t": "{n} zone", "p": "{n} zones", "v": {"n": 2}}


def test_a_message_that_was_written_and_read_says_the_same() -> None:
    first = say("{low} to {high} m", low=Number(0.25, 1), high=Number(1234.5, digits=2))
    said = counted(
        "{n} zone of {who}: {all}", "{n} zones of {who}: {all}",
        n=2, who="{n}", all=Listed([Capital(first), Day("2025-03-09"), "t"], ", "),
    )  # fmt: skip
    back = decoded(json.loads(json.dumps(said.coded())))
    assert back == said == "2 zones of {n}: 0.3 to 1,200 m, 9 March 2025, t"
    assert back.coded() == said.coded()


def test_the_script_gets_message_and_values_apart() -> None:
    said = say("{low} to {high} of {who}", low=Number(0.5, 2), high=Number(1e-9), who=say("none"))
    values = {"low": [0.5, 2], "high": [1e-9, -3], "who": {"t": "none"}}
    block = json.loads(json_block({"cells": [said, "data"]}))
    assert block == {"cells": [{"t": "{low} to {high} of {who}", "v": values}, "data"]}


@pytest.mark.parametrize(("value", "decimals", "text"), [(0.125, 2, "0.13"), (2.5, 0, "3"), (-1234.5, 1, "-1,234.5")])
def test_ties_go_away_from_zero_as_browsers_have_them(value: float, decimals: int, text: str) -> None:
    assert fixed(value, decimals) == text
    assert significant(1250.0, 2) == "1,300"


class _Attributes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(dict(attrs))


HOSTILE = "'\"><script>alert(1)</script>&amp; {n} {{7*7}}"


def test_text_from_data_stays_inside_its_attribute() -> None:
    template = teach(environment()).from_string(
        '<b {{ attribute("title", "Zone {zone}", zone=bad) }} {{ marked("Zone {zone}", zone=bad) }}>'
        '{{ _("Zone {zone}", zone=bad) }}</b>'
    )
    html = template.render(bad=HOSTILE)
    assert "<script" not in html
    parser = _Attributes()
    parser.feed(html)
    outer, inner = parser.found
    assert outer["title"] == f"Zone {HOSTILE}"
    assert outer["data-t-title"] == outer["data-t"] == inner["data-t"] == "Zone {zone}"
    for values in (outer["data-v-title"], outer["data-v"], inner["data-v"]):
        assert json.loads(values or "") == {"zone": HOSTILE}


def test_text_of_the_other_direction_stands_apart_in_its_sentence() -> None:
    assert say("Zone {zone}", zone="\u05d0\u202e1") == "Zone \u2068\u05d0\u202e1\u2069"
    # Whatever it opens or closes itself, the sentence goes on as it began.
    for hostile in ("\u2066\u2067\u2068pwned", "\u2069\u202epwned", "\u2069\u2067\u2069\u2069x"):
        around = str(say("Zone {zone}", zone=hostile)).removeprefix("Zone ")
        assert hostile in around
        depths = list(
            accumulate({"\u2066": 1, "\u2067": 1, "\u2068": 1, "\u2069": -1}.get(letter, 0) for letter in around)
        )
        assert min(depths[:-1]) >= 1
        assert depths[-1] == 0
    assert re.fullmatch(r"Zone [ -~]+", say("Zone {zone}", zone="Z001"))
