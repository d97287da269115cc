"""Every alteration gives a picture, the same one again, and one that is not as it was."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.common.altered.kinds import ALL, AS_IT_IS, ODD, UNSEEN, USUAL, altered

MARKS = np.array([[200, 110], [245, 108], [222, 135], [205, 160], [243, 158]], np.float32)


@pytest.mark.parametrize("kind", ALL)
def test_each_gives_another_picture_the_same_for_the_same_name(kind, astronaut) -> None:
    before = astronaut.copy()
    made = altered(kind, astronaut, MARKS, "a.jpg")
    assert (made.dtype, made.ndim, made.shape[2]) == (np.uint8, 3, 3)
    np.testing.assert_array_equal(made, altered(kind, astronaut, MARKS, "a.jpg"))
    np.testing.assert_array_equal(astronaut, before)
    assert np.array_equal(made, astronaut) == (kind == AS_IT_IS)


def test_kinds_to_fit_on_and_to_judge_on_share_none() -> None:
    assert len(ALL) == len(USUAL) + len(ODD) + len(UNSEEN)
    assert len(set(ALL.values())) == len(ALL)


def test_other_names_give_other_strengths(astronaut) -> None:
    one, other = (altered("flash", astronaut, MARKS, name) for name in ("a.jpg", "b.jpg"))
    assert not np.array_equal(one, other)
