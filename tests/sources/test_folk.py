"""Folk classes: every bound of the triangle, the published numbers, and the ways in which maps write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.config.corridor import SourceSection
from pipeline.errors import ConfigError
from pipeline.sources.soils.folk import folk7
from pipeline.sources.soils.soil_codes import classes_of, classes_of_labels, label

SOIL = Config().soil
NAMES = {item.code: name for name, item in SOIL.classes.items()}


def section(**keys: object) -> SourceSection:
    return SourceSection.model_validate({"role": "soil", "files": "x", **keys})


def classes(labels: list[object], **keys: object) -> list[str]:
    return [NAMES[code] for code in classes_of_labels(labels, section(**keys), SOIL)]


@pytest.mark.parametrize(
    ("gravel", "sand", "mud", "expected"),
    [
        (0, 100, 0, "sand"), (0, 90, 10, "sand"), (0, 89.9, 10.1, "muddy_sand"), (0, 50, 50, "muddy_sand"),
        (0, 49.9, 50.1, "sandy_mud"), (0, 10, 90, "sandy_mud"), (0, 9.9, 90.1, "mud"), (0, 0, 100, "mud"),
        (4.9, 85.6, 9.5, "sand"), (4.9, 0, 95.1, "mud"), (5, 85.5, 9.5, "coarse"), (5, 85.4, 9.6, "mixed"),
        (5, 0, 95, "mixed"), (79.9, 0, 20.1, "mixed"), (80, 0, 20, "coarse"), (100, 0, 0, "coarse"),
    ],
)  # fmt: skip
def test_every_bound_of_the_triangle(gravel: float, sand: float, mud: float, expected: str) -> None:
    assert folk7(*(np.array([float(part)]) for part in (gravel, sand, mud))).tolist() == [expected]


@given(st.floats(0, 100), st.floats(0, 1))
def test_more_mud_is_never_penetrated_less_in_soil_without_gravel(sand: float, more: float) -> None:
    mud = 100.0 - sand
    one, other = folk7(np.zeros(2), np.array([sand, sand * (1 - more)]), np.array([mud, 100.0 - sand * (1 - more)]))
    assert SOIL.classes[str(other)].penetration_f >= SOIL.classes[str(one)].penetration_f


@pytest.mark.parametrize(
    ("scheme", "codes", "expected"),
    [
        ("folk5", [1, 2, 3, 4, 5, 6, 9], ["mud", "sand", "coarse", "mixed", "rock", "unknown", "unknown"]),
        ("folk7", [11, 12, 13, 2, 3], ["mud", "sandy_mud", "muddy_sand", "sand", "coarse"]),
        ("folk7", [4, 5, 1], ["mixed", "rock", "mud"]),
        ("folk7", [20, 30, 40, 50, 6], ["sand", "coarse", "mixed", "rock", "unknown"]),
        ("folk16", [111, 112, 121, 122], ["mud", "mud", "sandy_mud", "sandy_mud"]),
        ("folk16", [131, 132], ["muddy_sand", "muddy_sand"]),
        ("folk16", [211, 212, 311, 321, 331], ["sand", "sand", "coarse", "coarse", "coarse"]),
        ("folk16", [411, 421, 431, 441, 5], ["mixed", "mixed", "mixed", "mixed", "rock"]),
    ],
)  # fmt: skip
def test_published_numbers(scheme: str, codes: list[int], expected: list[str]) -> None:
    assert classes(list(codes), scheme=scheme) == expected
    raster = classes_of(np.array(codes, np.float32), section(scheme=scheme), SOIL)
    assert [NAMES[code] for code in raster] == expected


def test_numbers_and_names_as_maps_write_them() -> None:
    written = [
        "1.1 Mud", "11", "11.0", "1.1", "441. muddy sandy Gravel", "(g)sM", "mS", "gS", "slightly gravelly sand",
        "4. Mixed sediment", "5. Rock & boulders", "6. No data at this level of Folk", "", "nan", "Sandy_Mud",
    ]  # fmt: skip
    assert classes(list(written), scheme="folk7") == [
        "mud", "mud", "mud", "mud", "mixed", "sandy_mud", "muddy_sand", "coarse", "sand", "mixed", "rock", "unknown",
        "unknown", "unknown", "sandy_mud",
    ]  # fmt: skip


def test_muddy_sand_and_muddy_gravel_are_not_mistaken_for_one_another() -> None:
    assert classes(["gM", "mG", "sG", "gS", "msG", "gmS", "(g)M", "G", "M"]) == [
        "mixed", "mixed", "coarse", "coarse", "mixed", "mixed", "mud", "coarse", "mud",
    ]  # fmt: skip


def test_every_folk_name_stands_for_the_class_of_its_shares() -> None:
    """The names of 16 classes against the rule for grain sizes, at a point inside each."""
    middles = {
        "M": (0, 5, 95), "sM": (0, 30, 70), "mS": (0, 70, 30), "S": (0, 95, 5), "(g)M": (3, 4, 93),
        "(g)sM": (3, 30, 67), "(g)mS": (3, 70, 27), "(g)S": (3, 92, 5), "gM": (15, 5, 80), "gmS": (15, 60, 25),
        "gS": (15, 80, 5), "mG": (50, 10, 40), "msG": (50, 35, 15), "sG": (50, 48, 2), "G": (90, 5, 5),
    }  # fmt: skip
    shares = np.array(list(middles.values()), float).T
    assert classes(list(middles)) == folk7(*shares).tolist()


def test_without_a_scheme_numbers_are_those_of_the_project() -> None:
    assert classes([1, 2, 3, 4, 5, 6, 7, 0]) == [
        "mud", "sandy_mud", "muddy_sand", "sand", "coarse", "mixed", "rock", "unknown",
    ]  # fmt: skip


def test_classes_add_to_a_scheme_but_may_not_contradict_it() -> None:
    assert classes([2, 77, "Coquina"], scheme="folk5", classes={"77": "rock", "coquina": "rock", "2": "sand"}) == [
        "sand", "rock", "rock",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match=r'scheme = "folk5" says that 2 is sand, and classes says that it is mud'):
        classes([2], scheme="folk5", classes={"2": "mud"})


def test_own_names_need_classes() -> None:
    assert classes(["Blue clay", "4"], classes={"blue clay": "sandy mud"}) == ["sandy_mud", "unknown"]


def test_a_number_of_a_scheme_can_be_changed_and_the_others_stay() -> None:
    soil = Config.model_validate({"soil": {"schemes": {"folk16": {"431": "coarse"}}}}).soil
    codes = classes_of_labels([431, 441], section(scheme="folk16"), soil)
    assert [NAMES[code] for code in codes] == ["coarse", "mixed"]
    with pytest.raises(ValueError, match="schemes name classes that do not exist: custard"):
        Config.model_validate({"soil": {"schemes": {"folk16": {"431": "custard"}}}})


def test_scheme_and_boundary_are_for_soil() -> None:
    for keys in ({"scheme": "folk5"}, {"boundary_m": 100.0}):
        with pytest.raises(ValueError, match="and the role is ais"):
            SourceSection.model_validate({"role": "ais", "files": "x", **keys})


@given(st.text())
def test_any_text_is_a_label(text: str) -> None:
    assert label(label(text)) == label(text)
