"""Areas as programs write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.metadata.areas import about, as_stored, box, number
from facecluster.metadata.records import Region, Told

FRACTIONS = st.floats(-2, 3)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), (" 1 ", 1.0), (".25", 0.25), ("5.", 5.0), ("-0.1", -0.1), ("+2", 2.0),
     ("1e-1", 0.1), ("0.250000", 0.25)],
)  # fmt: skip
def test_numbers(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text",
    ["", None, "nan", "NaN", "inf", "-Infinity", "0,5", "1/2", "0x1", "1_0", "\u0660.\u0665", "1 2",
     "--1", "1e9999", "9" * 41],
)  # fmt: skip
def test_what_is_no_number(text: str | None) -> None:
    assert number(text) is None


@given(FRACTIONS, FRACTIONS, FRACTIONS, FRACTIONS)
def test_a_box_is_the_part_of_the_area_in_the_picture(
    x: float, y: float, w: float, h: float
) -> None:
    found = box(x, y, w, h)
    if found is None:
        assert not (0 < w <= 1 and 0 < h <= 1 and 0 < x + w / 2 < 1 and 0 < y + h / 2 < 1) or (
            min(w, h) < 1e-12
        )
        return
    Region("A", found, "MWG")  # which checks itself
    left, top, width, height = found
    assert left == max(x, 0)
    assert top == max(y, 0)
    assert math.isclose(left + width, min(x + w, 1), abs_tol=1e-12)
    assert math.isclose(top + height, min(y + h, 1), abs_tol=1e-12)


def test_the_middle_and_the_corner_name_one_box() -> None:
    assert about((0.5, 0.25), (0.25, 0.5)) == box(0.375, 0.0, 0.25, 0.5)
    assert about((0.5, None), (0.25, 0.5)) is None


@pytest.mark.parametrize("stored", [(1800, 1200), (1200, 1800), (4000, 3000), (150, 100)])
@pytest.mark.parametrize("scale", [1.0, 0.1, 3.3])
def test_a_picture_of_another_size_is_the_same_one_either_way_round(
    stored: tuple[int, int], scale: float
) -> None:
    wide, high = round(stored[0] * scale), round(stored[1] * scale)
    assert as_stored((wide, high), stored) == (wide, high)
    assert as_stored((high, wide), stored) == (wide, high)
    assert as_stored(None, stored) == stored


@pytest.mark.parametrize("applied", [(1800, 1300), (1300, 1800), (1200, 1200), (16, 9), (1, 5000)])
def test_a_picture_of_another_shape_was_cropped(applied: tuple[int, int]) -> None:
    assert as_stored(applied, (1800, 1200)) is None


@pytest.mark.parametrize(
    "area", [(0.9, 0.9, 0.2, 0.1), (-0.1, 0, 0.5, 0.5), (0, 0, 0, 0.5), (0, 0, math.nan, 1)]
)
def test_a_region_checks_itself(area: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="box"):
        Region("A", area, "MWG")
    with pytest.raises(ValueError, match="name"):
        Region("", None, "MWG")


def test_nothing_said_is_false() -> None:
    assert not Told()
    assert Told(names=("A",))
    assert Told(problems=("a.xmp: odd",))
