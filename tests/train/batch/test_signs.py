"""Signs of turned pictures and of joined halves: against a plain loop over pictures."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.train.batch.signs import (
    LEFT,
    SIGN_TUNING,
    UPPER,
    WHOLE,
    Batch,
    SignTuning,
    as_they_are,
    make_signs,
)

PICTURES = np.random.default_rng(0).integers(0, 256, (60, 6, 6, 1), dtype=np.uint8)


def batch(classes: int = 5, pictures: int = 8, seed: int = 0) -> Batch:
    labels = np.repeat(np.arange(classes, dtype=np.int64), pictures)
    rows = np.arange(len(labels), dtype=np.int64)[::-1].copy()
    return make_signs(rows, labels, pictures, [seed])


def one_by_one(made: Batch, place: int) -> np.ndarray:
    """The picture at a place, pixel by pixel."""
    own, other = PICTURES[made.rows[place], ..., 0], PICTURES[made.partners[place], ..., 0]
    shown = np.empty_like(own)
    for y in range(6):
        for x in range(6):
            kept = {WHOLE: True, UPPER: y < 3, LEFT: x < 3}[int(made.halves[place])]
            shown[y, x] = own[y, x] if kept else other[y, x]
    for _ in range(int(made.ways[place]) % 4):  # a quarter to the left
        shown = np.array([[shown[x, 5 - y] for x in range(6)] for y in range(6)])
    return np.array([row[::-1] for row in shown]) if made.ways[place] >= 4 else shown


def test_pictures_are_joined_and_turned_as_planned() -> None:
    made = batch(seed=1)
    assert set(made.halves.tolist()) == {WHOLE, UPPER, LEFT}
    drawn = made.draw(PICTURES, slice(0, 40))
    assert drawn.dtype == np.uint8
    for place in range(40):
        np.testing.assert_array_equal(drawn[place, ..., 0], one_by_one(made, place))


def test_a_share_is_that_part_of_the_whole() -> None:
    made = batch()
    drawn = made.draw(PICTURES, slice(0, 40))
    np.testing.assert_array_equal(made.draw(PICTURES, slice(10, 30)), drawn[10:30])
    some = np.array([39, 3, 3, 17])
    np.testing.assert_array_equal(made.draw(PICTURES, some), drawn[some])


@pytest.mark.parametrize("seed", range(20))
def test_a_label_is_a_sign(seed: int) -> None:
    """Two pictures have the same label exactly when they are made of the same classes alike."""
    made = batch(seed=seed)
    class_of = dict(zip(made.rows.tolist(), np.repeat(np.arange(5), 8).tolist(), strict=True))
    signs = [
        (
            class_of[int(made.rows[i])],
            class_of[int(made.partners[i])] if made.halves[i] != WHOLE else None,
            int(made.halves[i]),
            int(made.ways[i]),
        )
        for i in range(40)
    ]
    for i in range(40):
        for j in range(40):
            assert (signs[i] == signs[j]) == (made.labels[i] == made.labels[j])
        assert signs[i][0] != signs[i][1], "halves of one class would be the class itself"
    counts = np.bincount(made.labels)
    assert ((counts > 0) & (counts % SIGN_TUNING.group == 0)).all()
    assert len(counts) > 5, "there are more signs than classes"


def test_pictures_of_a_class_that_make_no_groups_stay_together() -> None:
    made = batch(classes=6, pictures=7)
    assert len(np.unique(made.labels)) <= 6
    assert (made.labels.reshape(6, 7) == made.labels.reshape(6, 7)[:, :1]).all()


def test_the_seed_decides() -> None:
    first, again, other = batch(seed=3), batch(seed=3), batch(seed=4)
    np.testing.assert_array_equal(first.ways, again.ways)
    np.testing.assert_array_equal(first.partners, again.partners)
    assert (first.ways != other.ways).any()


def test_pictures_as_they_are() -> None:
    rows, labels = np.array([5, 2, 9]), np.array([1, 0, 1])
    made = as_they_are(rows, labels)
    np.testing.assert_array_equal(made.draw(PICTURES, slice(0, 3)), PICTURES[rows])
    assert made.labels is labels
    before = PICTURES.copy()
    batch().draw(PICTURES, slice(0, 40))
    np.testing.assert_array_equal(PICTURES, before)


@pytest.mark.parametrize("group", [2, 8])
def test_groups_and_halves_are_as_many_as_wanted(group: int) -> None:
    rows = np.arange(5 * 8, dtype=np.int64)
    labels = np.repeat(np.arange(5, dtype=np.int64), 8)
    alone = make_signs(rows, labels, 8, [1], SignTuning(joined=0.0, group=group))
    assert (alone.halves == WHOLE).all()
    alike = np.stack([alone.ways, alone.labels]).reshape(2, -1, group)
    assert (alike == alike[:, :, :1]).all()
    joined = make_signs(rows, labels, 8, [1], SignTuning(joined=1.0, group=group))
    others = labels[joined.partners]
    assert ((joined.halves != WHOLE) == (others != labels)).all()
