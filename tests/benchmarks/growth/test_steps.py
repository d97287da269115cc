"""Steps of a library that grows, counted by hand."""

from __future__ import annotations

import numpy as np

from benchmarks.common.albums import Album
from benchmarks.growth.steps import grown
from tests.support.made_albums import make_faces

POOL = Album(
    names=np.array([f"n{n // 3}" for n in range(9)]),
    digests=np.array([f"{n:032x}" for n in range(9)]),
    extents=np.full((9, 2), 400.0),
    faces=make_faces(range(9)),
)
ORDER = np.arange(9)


def by_plan(*plan):
    """A grouping that gives these labels, one after the other."""
    left = [np.array(labels, np.int32) for labels in plan]
    return lambda album, before: left.pop(0)


def test_people_keep_their_numbers_and_moves_are_counted() -> None:
    plan = by_plan([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0, 0, 2, 2], [1, 1, 0, 0, 0, 0, 0, 2, -1])
    first, second, third = grown(POOL, ORDER, (6, 9, 9), plan)
    assert (first.people, first.old, first.moved, first.numbered) == (2, 0, 0, 0)
    assert (second.placed, second.moved, second.numbered, second.renumbered) == (6, 0, 2, 0)
    assert (third.placed, third.moved, third.lost) == (9, 2, 0)
    assert third.share == 2 / 9


def test_a_person_who_went_up_in_another_is_lost_and_not_renumbered() -> None:
    plan = by_plan([0, 0, 0, 1, 1, -1], [0] * 6)
    _, second = grown(POOL, ORDER, (6, 6), plan)
    assert (second.lost, second.moved, second.renumbered, second.numbered) == (2, 2, 0, 1)
