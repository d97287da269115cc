"""Narrow pictures are decoded larger, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.base.narrow import NARROW, is_narrow, long_side

SIDES = st.integers(1, 65_500)


@pytest.mark.parametrize(
    "size", [(4000, 3000), (1920, 1080), (1080, 2400), (1080, 2520), (2000, 1000), (250, 250)]
)
def test_photos_and_screens_stay_as_they_are(size: tuple[int, int]) -> None:
    assert not is_narrow(*size)
    assert long_side(*size, 1600) == 1600


@given(SIDES, SIDES)
def test_a_piece_gets_what_a_photo_gets_as_far_as_memory_allows(width: int, height: int) -> None:
    asked = long_side(width, height, 1600)
    assert asked == long_side(height, width, 1600) >= 1600
    if not is_narrow(width, height):
        assert asked == 1600
        return
    longer, shorter = max(width, height), min(width, height)
    factor = max(1, longer // asked)  # as photos/strips.py has it
    decoded = longer // factor, shorter / factor
    assert decoded[0] * decoded[1] <= NARROW.pixels or asked == 1600
    room = longer * shorter / max(1, factor - 1) ** 2 <= NARROW.pixels
    piece = min(decoded[0], decoded[1] * NARROW.piece)
    assert factor == 1 or not room or piece >= 1599 * (1 - 1 / factor / longer)
