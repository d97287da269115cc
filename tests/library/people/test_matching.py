"""Groups are found anew in every run; people keep their numbers."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.library.people.matching import match_people, shared_faces

people = st.lists(
    st.tuples(st.integers(-1, 5), st.integers(-6, 6), st.sampled_from([0, 0, 0, 1, 2, 9])),
    max_size=40,
)


def columns(rows):
    labels, before, confirmed = (np.array(c, np.int32) for c in zip(*rows, strict=True))
    # Groups are numbered without gaps.
    found = np.unique(labels[labels >= 0])
    labels = np.where(labels >= 0, np.searchsorted(found, labels), -1).astype(np.int32)
    return labels, before, confirmed


@given(people.filter(len), st.integers(9, 20))
def test_nobody_has_two_numbers_and_no_number_comes_back(rows, last) -> None:
    labels, before, confirmed = columns(rows)
    ids = match_people(labels, before, confirmed, last)
    assert len(ids) == labels.max(initial=-1) + 1
    assert len(set(ids)) == len(ids)
    for group, person in enumerate(ids):
        own = {*abs(before[labels == group]), *confirmed[labels == group]}
        assert person > last or person in own
    new = [person for person in ids if person > last]
    assert new == list(range(last + 1, last + 1 + len(new)))


@given(people.filter(len))
def test_a_slow_loop_says_the_same(rows) -> None:
    labels, before, confirmed = columns(rows)
    ids, taken = {}, set()
    for whose in (confirmed, before, -before):
        votes = Counter(
            (g, p) for g, p in zip(labels.tolist(), whose.tolist(), strict=True) if g >= 0 < p
        )
        for (group, person), _ in sorted(votes.items(), key=lambda v: (-v[1], v[0][1], v[0][0])):
            if group not in ids and person not in taken:
                ids[group] = person
                taken.add(person)
    found = match_people(labels, before, confirmed, 9)
    assert {g: p for g, p in enumerate(found) if p <= 9} == ids


def test_a_confirmed_face_outvotes_the_crowd() -> None:
    labels = np.array([0, 0, 0, 1], np.int32)
    before = np.array([7, 7, 7, 3], np.int32)
    confirmed = np.array([3, 0, 0, 0], np.int32)
    assert match_people(labels, before, confirmed, 9) == (3, 10)


def test_a_person_who_fell_apart_stays_with_the_larger_part() -> None:
    labels = np.array([0, 0, 0, 1, 1], np.int32)
    before = np.full(5, 4, np.int32)
    assert match_people(labels, before, np.zeros(5, np.int32), 4) == (4, 5)


def test_of_equals_the_one_that_somebody_named() -> None:
    labels = np.array([0, 0], np.int32)
    before = np.array([1, 2], np.int32)
    nothing = np.zeros(2, np.int32)
    assert match_people(labels, before, nothing, 2) == (1,)
    assert match_people(labels, before, nothing, 2, frozenset({2})) == (2,)


def test_shared_faces_by_hand() -> None:
    labels = np.array([0, 0, 1, -1, 1], np.int32)
    before = np.array([5, 5, 5, 5, 0], np.int32)
    assert shared_faces(labels, before) == {(0, 5): 2, (1, 5): 1}
