"""Which person of the run before each group is: people keep their numbers though groups are new."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from facecluster.library.people.memory import UNKNOWN
from facecluster.records import Ints


def match_people(
    labels: Ints, before: Ints, confirmed: Ints, last: int, known: frozenset[int] = frozenset()
) -> tuple[int, ...]:
    """The lasting number of each group.

    labels: int32 [N], the group of each face, -1 for none. before: int32 [N], whose it was, 0 for
    nobody, below that whose it was last (`Memory.people`). confirmed: int32 [N], whose it is by
    what somebody said, 0 where nobody did. last: the highest number ever given. known: people of
    whom somebody said something; where as many faces speak for two of them, they come first.

    Confirmed faces decide first: a group is the person with most of them. Then the pair of a group
    and a person that share most faces comes first, and each takes part once; of equals the smaller
    number. Who was a person once, gets that number again. Who is left is somebody new, in the
    order of the groups.
    """
    groups = int(labels.max(initial=-1)) + 1
    ids = [0] * groups
    taken: set[int] = set()
    former = np.where(before > UNKNOWN, -before, 0)
    for whose in (confirmed, before, former):
        for group, person in _most_shared(labels, whose, known):
            if not ids[group] and person not in taken:
                ids[group] = person
                taken.add(person)
    for group in range(groups):
        if not ids[group]:
            last += 1
            ids[group] = last
    return tuple(ids)


def _most_shared(labels: Ints, people: Ints, known: frozenset[int]) -> list[tuple[int, int]]:
    """Group and person of all pairs that share faces, those with most of them first."""
    pairs = shared_faces(labels, people)
    order = sorted(pairs, key=lambda pair: (-pairs[pair], pair[1] not in known, pair[1], pair[0]))
    return order


def shared_faces(labels: Ints, people: Ints) -> Mapping[tuple[int, int], int]:
    """How many faces each group and each person share. labels, people: int32 [N], a group from 0
    on, a person from 1 on; other values do not count."""
    both: NDArray[np.intp] = np.nonzero((labels >= 0) & (people > 0))[0]
    keys = (labels[both].astype(np.int64) << 32) + people[both]
    found, counts = np.unique(keys, return_counts=True)
    return {
        (key >> 32, key & 0xFFFFFFFF): count
        for key, count in zip(found.tolist(), counts.tolist(), strict=True)
    }
