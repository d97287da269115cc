"""Which groups are people, and in what order: the rules that dissolve groups, and the numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import NOISE
from facecluster.cluster.photo_rule import photo_keys
from facecluster.records import Ints


def number_people(
    labels: Ints, photo: Ints, min_photos: int, kept: NDArray[np.bool_] | None = None
) -> Ints:
    """Dissolve groups in too few photos; number the rest, the one in most photos first.

    labels: int32 [N], -1 for noise. photo: int32 [N]. kept: bool [N], faces whose group stays in
    however few photos. Of groups in as many photos the one with more
    faces comes first, then the one whose first face does. Gives int32 [N].
    """
    groups = int(labels.max(initial=-1)) + 1
    placed = np.nonzero(labels >= 0)[0]
    seen = np.unique(photo_keys(labels[placed], photo[placed]))
    photos = np.bincount(seen >> 32, minlength=groups)
    members = np.bincount(labels[placed], minlength=groups)
    first = np.full(groups, len(labels))
    np.minimum.at(first, labels[placed], placed)
    enough = (photos >= max(min_photos, 1)) & (members > 0)
    enough |= _with(labels, kept, groups)
    people = np.nonzero(enough)[0]
    people = people[np.lexsort((first[people], -members[people], -photos[people]))]
    rank = np.full(groups + 1, NOISE, np.int32)  # the last entry serves noise
    rank[people] = np.arange(len(people), dtype=np.int32)
    numbered: Ints = rank[labels]
    return numbered


def _with(labels: Ints, faces: NDArray[np.bool_] | None, groups: int) -> NDArray[np.bool_]:
    """Which groups have one of these faces, bool [groups]."""
    found = np.zeros(groups, np.bool_)
    if faces is not None:
        found[labels[faces & (labels >= 0)]] = True
    return found


def without_overrun(
    built: Ints, labels: Ints, most: float, kept: NDArray[np.bool_] | None = None
) -> Ints:
    """Dissolve groups that drew more than `most` faces for each one that built them.

    built: int32 [N], the groups before the leftover faces joined; labels: int32 [N], after. kept:
    bool [N], faces whose group stays. Gives int32 [N].
    """
    count = int(labels.max(initial=-1)) + 1
    before = np.bincount(built[built >= 0], minlength=count)
    joined = np.bincount(labels[labels >= 0], minlength=count) - before
    over = (joined > most * before) & ~_with(labels, kept, count)
    gone = np.append(over, False)  # the last entry serves noise
    left: Ints = np.where(gone[labels], NOISE, labels).astype(np.int32)
    return left
