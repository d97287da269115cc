"""Another picture of a face, made of one."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from benchmarks.alike.another import CHANGES, Changes, another
from facecluster.records import Picture

STILL = Changes(turn=0, size=0, shift=0, corners=0, bend=0, light=1, colour=0, shade=0, blur=0,
                coarse=1, jpeg=95)  # fmt: skip


@pytest.fixture
def picture(astronaut) -> Picture:
    pixels = np.ascontiguousarray(astronaut[:200, 130:290])
    return Picture(pixels, 160, 200)


def off(one: Picture, other: Picture) -> float:
    """Mean difference in grey levels."""
    return float(np.abs(one.pixels.astype(float) - other.pixels).mean())


def test_the_same_seed_gives_the_same_picture(picture: Picture) -> None:
    before = picture.pixels.copy()
    first, again, other = another(picture, 1), another(picture, 1), another(picture, 2)
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert first.pixels.shape != other.pixels.shape or off(first, other) > 2
    np.testing.assert_array_equal(picture.pixels, before)
    assert (first.height, first.width) == first.pixels.shape[:2]


def test_no_change_leaves_the_picture_but_for_its_compression(picture: Picture) -> None:
    made = another(picture, 5, STILL)
    assert made.pixels.shape == picture.pixels.shape
    assert off(made, picture) < 3 < off(another(picture, 5, replace(CHANGES, coarse=1)), picture)


@pytest.mark.parametrize("change", [f.name for f in fields(Changes) if f.name not in ("jpeg",)])
def test_every_change_changes_something(picture: Picture, change: str) -> None:
    still = another(picture, 5, STILL)
    made = another(picture, 5, replace(STILL, **{change: getattr(CHANGES, change)}))
    assert made.pixels.shape != still.pixels.shape or off(made, still) > 0.3


def test_a_coarse_jpeg_is_smaller_and_a_flat_one_stays_flat() -> None:
    grey = Picture(np.full((200, 160, 3), 120, np.uint8), 160, 200)
    made = another(grey, 3, replace(STILL, turn=20, bend=0.1, corners=0.1, shift=0.2))
    assert np.abs(made.pixels.astype(int) - 120).max() <= 2  # mirrored beyond the edge, not black
    sizes = {another(grey, seed, replace(STILL, coarse=0.3)).width for seed in range(20)}
    assert min(sizes) >= 48
    assert max(sizes) <= 160
    assert len(sizes) > 5
