"""What somebody said of faces, in the form that the methods take: groups to begin with, and places
where faces were seen.

Two faces that are two people act like two faces of one photo. As a face can be in many such pairs,
each pair is a place of its own in which both were seen, beside their photos; and all people whom
somebody named were seen in one. So the methods need to know of nothing but groups to begin with
and who was seen with whom.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import Sightings
from facecluster.records import Floats, Ints
from facecluster.rules import FaceRules

COLUMNS = 8  # of the embeddings, by which no two faces are equal that are not in all


def start_groups(rules: FaceRules, rows: NDArray[np.int64]) -> Ints:
    """The group that each of the faces `rows` begins in, int32 [R], numbered from 0."""
    group = rules.same[rows].astype(np.int64)
    lone = np.nonzero(group < 0)[0]
    group[lone] = int(group.max(initial=-1)) + 1 + np.arange(len(lone))
    start: Ints = np.unique(group, return_inverse=True)[1].ravel().astype(np.int32)
    return start


def sightings(
    photo: Ints | None, rules: FaceRules, embeddings: Floats, rows: NDArray[np.int64]
) -> Sightings:
    """Where the faces `rows` were seen beside their photos; the numbers are places in `rows`.

    photo: int32 [N] of all faces, None for no photo rule. embeddings: float32 [N, D], by which one
    face is chosen to stand for those that are one person, whatever their order.
    """
    place = _places(rules, embeddings, rows)
    first = 0 if photo is None else int(photo.max(initial=-1)) + 1
    ends = place[rules.apart.astype(np.int64)]
    ends = ends[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])]
    photos = first + np.repeat(np.arange(len(ends)), 2)
    named = place[rules.kept]
    named = np.unique(named[named >= 0])
    all_named = np.full(len(named), first + len(ends))
    return Sightings(
        np.concatenate([ends.ravel(), named]).astype(np.int32),
        np.concatenate([photos, all_named]).astype(np.int32),
    )


def _places(rules: FaceRules, embeddings: Floats, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each face the place in `rows` of one that is said to be the same person, or of itself;
    int64 [N], -1 where there is none."""
    place = np.full(len(rules.same), -1, np.int64)
    place[rows] = np.arange(len(rows))
    said = rows[rules.same[rows] >= 0]
    said = said[np.lexsort(embeddings[said, :COLUMNS].T)]
    numbers, first = np.unique(rules.same[said], return_index=True)
    of_number = np.full(int(rules.same.max(initial=-1)) + 2, -1, np.int64)  # the last: no number
    of_number[numbers] = place[said[first]]
    return np.where(rules.same >= 0, of_number[rules.same], place)
