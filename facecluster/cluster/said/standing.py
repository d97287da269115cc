"""What somebody said of faces, in the form that the methods take: groups to begin with, and photos
that are none.

Two faces that are two people act like two faces of one photo. As a face can be in many such pairs,
each pair is a photo of its own, in which both stand once more; a face and what stands for it begin
as one group. So the methods need to know of nothing but photos and groups to begin with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.records import Floats, Ints
from facecluster.rules import FaceRules


@dataclass(frozen=True, slots=True)
class Standing:
    """The faces that form groups with those that stand in for them.

    embeddings: float32 [M, D], the faces first. photo: int32 [M]. start: int32 [M], the group that
    each begins in, numbered from 0. count: how many of the rows are faces.
    """

    embeddings: Floats
    photo: Ints
    start: Ints
    count: int


def standing(
    embeddings: Floats, photo: Ints | None, rules: FaceRules, rows: NDArray[np.int64]
) -> Standing:
    """Rules on all faces, for those `rows` of them that form groups.

    embeddings: float32 [N, D], photo: int32 [N] or None for no photo rule; of all faces.
    """
    place = np.full(len(rules.same), -1, np.int64)
    place[rows] = np.arange(len(rows))
    own = np.arange(len(rows), dtype=np.int32) if photo is None else photo[rows]
    first = int(own.max(initial=-1)) + 1
    twins, photos = _pairs(rules, place, first)
    shown, at = _people(rules, place, int(photos.max(initial=first - 1)) + 1)
    twins, photos = np.concatenate([twins, shown]), np.concatenate([photos, at])
    same = rules.same[rows]
    lone = np.nonzero(same < 0)[0]
    group = same.astype(np.int64)
    group[lone] = int(same.max(initial=-1)) + 1 + np.arange(len(lone))
    start = np.unique(np.concatenate([group, group[twins]]), return_inverse=True)[1]
    return Standing(
        embeddings=np.concatenate([embeddings[rows], embeddings[rows[twins]]]),
        photo=np.concatenate([own, photos]).astype(np.int32),
        start=start.ravel().astype(np.int32),
        count=len(rows),
    )


def _pairs(
    rules: FaceRules, place: NDArray[np.int64], first: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The faces of each pair once more, and the photo that is theirs alone."""
    ends = place[rules.apart.astype(np.int64)]
    ends = ends[(ends >= 0).all(axis=1)]
    return ends.ravel(), np.repeat(first + np.arange(len(ends)), 2)


def _people(
    rules: FaceRules, place: NDArray[np.int64], photo: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One face of each person whom somebody named or confirmed, all of them in one photo."""
    rows = np.nonzero(rules.kept & (rules.same >= 0) & (place >= 0))[0]
    _, firsts = np.unique(rules.same[rows], return_index=True)
    shown = place[rows[firsts]]
    return shown, np.full(len(shown), photo)
