"""Albums of families: who is in them, which photos they share, and how they are judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.alike.families import (
    ADULTS,
    PLAN,
    STRANGERS,
    Cast,
    Composed,
    casts,
    compose,
    judged,
    scores,
    side_by_side,
)
from benchmarks.alike.kinds import Label
from benchmarks.common.albums import Album
from facecluster.cluster.metrics import bcubed
from facecluster.evaluate.grouping import middle_faces
from tests.support.labelled_albums import album_of

LABELS = {
    f"{age:03}_{gender}_{origin}_001": Label(age, gender, origin)
    for age in (*range(18), 30, 40, 70)
    for gender in "mf"
    for origin in ("white", "black", "indian")
}
PARENTS = [f"adult {n}" for n in range(9)]


def test_siblings_are_alike_by_their_labels_and_nobody_is_a_child_twice() -> None:
    drawn = casts(LABELS, PARENTS, 0)
    assert len(drawn) == PLAN.albums
    everybody: list[str] = []
    for cast in drawn:
        for home in cast.children:
            assert len({LABELS[name].origin for name in home}) == 1
            ages = [LABELS[name].age for name in home]
            assert max(ages) <= 17
            assert max(ages) - min(ages) <= PLAN.years
            everybody += home
        parents = [name for pair in cast.adults for name in pair]
        assert len(set(parents)) == len(parents) == 2 * PLAN.families
        mine = {name for home in cast.children for name in home}
        assert len(set(cast.strangers) - mine) == PLAN.strangers
    assert len(set(everybody)) == len(everybody)
    assert casts(LABELS, PARENTS, 0) == drawn != casts(LABELS, PARENTS, 1)


def test_where_children_run_out_there_are_fewer_families() -> None:
    few = {name: label for name, label in LABELS.items() if label.age in (1, 40)}
    drawn = casts(few, [], 0)
    assert sum(len(home) for cast in drawn for home in cast.children) == 6
    assert all(not pair for cast in drawn for pair in cast.adults)
    assert casts({}, [], 0)[0] == Cast([], [[], [], []], [])


def album() -> tuple[Album, Composed]:
    pool = album_of({"child": 8, "sister": 12, "father": 5, "alone": 3}, 4)
    cast = Cast([["child", "sister"]], [["father"]], ["alone"])
    groups = {"child": "0 to 2 years", "sister": "3 to 9 years", "father": ADULTS}
    return pool, compose(pool, cast, groups | {"alone": STRANGERS}, 3)


def test_each_picture_is_on_one_photo_with_other_people() -> None:
    _, made = album()
    assert Counter(made.who.tolist()) == {"child": 8, "sister": 8, "father": 5, "alone": 1}
    photos = [made.who[made.faces.photo == n].tolist() for n in np.unique(made.faces.photo)]
    assert all(len(set(names)) == len(names) for names in photos)
    assert {1, 2} <= {len(names) for names in photos} <= {1, 2, 3}
    assert ["alone"] in photos
    assert (np.diff(made.faces.photo) >= 0).all()
    assert made.group[made.who == "father"].tolist() == [ADULTS] * 5


def test_faces_lie_side_by_side_and_stay_what_they_are() -> None:
    pool, _ = album()
    main = middle_faces(pool.faces.photo, pool.faces.boxes, pool.extents)
    faces, rows = side_by_side(pool, main, [[0, 9, 20], [1]])
    assert sorted(rows.tolist()) == [0, 1, 9, 20]
    shared = np.nonzero(faces.photo == faces.photo[rows.tolist().index(0)])[0]
    assert faces.ordinal[shared].tolist() == [0, 1, 2]
    assert faces.boxes[shared, 0].tolist() == [40, 140, 240]  # pictures are 100 px wide
    for name in ("embeddings", "scores", "clarity"):
        kept = getattr(pool.faces, name)[main[rows]]
        np.testing.assert_array_equal(getattr(faces, name), kept)
    assert faces.sizes.tolist() == [20] * 4


def test_an_album_of_nobody_has_no_faces() -> None:
    pool, _ = album()
    faces, rows = side_by_side(pool, np.zeros(len(pool), np.int64), [])
    assert (len(faces), len(rows)) == (0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_bcubed(seed: int) -> None:
    _, made = album()
    labels = np.random.default_rng(seed).integers(-1, 4, len(made.who)).astype(np.int32)
    one = judged(made, labels)
    truth = np.unique(made.who, return_inverse=True)[1]
    oracle = bcubed(truth, labels)
    assert one.precision.mean() == pytest.approx(oracle.precision)
    assert one.recall.mean() == pytest.approx(oracle.recall)
    told = scores([one, one])
    assert told["everybody"]["f"] == pytest.approx(oracle.f)
    assert told["children"]["faces"] == 2 * 16
    child = made.group == "0 to 2 years"
    assert told["0 to 2 years"]["precision"] == pytest.approx(one.precision[child].mean())
    assert "10 to 17 years" not in told


def test_folders_with_several_children_are_counted() -> None:
    _, made = album()
    number = {"child": 0, "sister": 0, "father": 1, "alone": 2}
    together = np.array([number[name] for name in made.who.tolist()], np.int32)
    one = judged(made, together)
    assert (one.mixed, one.made) == (1, 1)
    apart = np.array([{**number, "sister": 3}[name] for name in made.who.tolist()], np.int32)
    assert (judged(made, apart).mixed, judged(made, apart).made) == (0, 2)
    nobody = judged(made, np.full(len(together), -1, np.int32))
    assert (nobody.mixed, nobody.made) == (0, 0)
    assert nobody.precision.min() == 1


def test_a_plan_is_kept() -> None:
    drawn = casts(LABELS, PARENTS, 0, replace(PLAN, albums=2, families=1, strangers=4))
    assert [len(cast.children) for cast in drawn] == [1, 1]
    assert [len(cast.strangers) for cast in drawn] == [4, 4]
