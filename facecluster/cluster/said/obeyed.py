"""A grouping that obeys every rule, whatever the method made of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import NOISE
from facecluster.cluster.centroids import to_own_centre
from facecluster.cluster.photo_rule import photo_keys
from facecluster.records import Confidence, Floats, Ints
from facecluster.rules import FaceRules

Rows = NDArray[np.int64]
TIE = 5  # digits of a distance that decide; what is nearer than that has no order of its own


def obeyed(
    labels: Ints, rules: FaceRules, embeddings: Floats, photo: Ints | None, found: bool = True
) -> Ints:
    """The same groups, int32 [N], with each rule's faces together and apart as it says.

    Faces that are one person go to the group that most of them are in, which only one named or
    confirmed person can have; whoever is to be apart from somebody there, or is with them in one
    photo, leaves: those of whom nothing was said first. embeddings: float32 [N, D], scaled rows.
    photo: int32 [N], None for no photo rule. found: whether faces that are one person and in no
    group become one. Neither the order of the faces nor the numbers of the groups matter.
    """
    if not rules:
        return labels
    said = _Said.of(labels, rules, embeddings)
    made = labels.copy()
    made[rules.ignored] = NOISE
    _gather(made, said, found)
    # Once more with the centres of what was gathered: who leaves is whoever is far from them.
    said = _Said.of(made, rules, embeddings)
    if photo is not None:
        _leave(made, said, *_together(made, rules, photo).T)
    _leave(made, said, *rules.apart.astype(np.int64).T)
    return made


@dataclass(frozen=True)
class _Said:
    """What `obeyed` decides by. named: bool [N], faces of people whom somebody named or confirmed.
    members: the faces of each number. labels: int32 [N], the groups before anybody leaves."""

    labels: Ints
    rules: FaceRules
    embeddings: Floats
    named: NDArray[np.bool_]
    members: dict[int, Rows]

    @classmethod
    def of(cls, labels: Ints, rules: FaceRules, embeddings: Floats) -> _Said:
        rows = np.nonzero(rules.same >= 0)[0]
        order = rows[np.argsort(rules.same[rows], kind="stable")]
        numbers, starts = np.unique(rules.same[order], return_index=True)
        parts = np.split(order, starts[1:])
        members = dict(zip(numbers.tolist(), parts, strict=False))
        named = np.isin(rules.same, rules.same[rules.kept])
        return cls(labels.copy(), rules, embeddings, named, members)

    @cached_property
    def gaps(self) -> Floats:
        """float32 [N], the distance to the centre of the own group."""
        return to_own_centre(self.labels, self.embeddings)

    def unsure(self, row: int) -> tuple[bool, bool, float, tuple[float, ...]]:
        """Sorts faces by how sure it is that they belong where they are, the surest first."""
        number = self.rules.same[row]
        gap = round(float(self.gaps[row]), TIE)
        return not self.named[row], bool(number < 0), gap, self.content(row)

    def content(self, row: int) -> tuple[float, ...]:
        """By what it is, where nothing else tells faces apart."""
        return tuple(self.embeddings[row, :8].tolist())


def _gather(labels: Ints, said: _Said, found: bool) -> None:
    """Put the faces of each number into one group; named people choose first, then the largest."""
    order = sorted(
        said.members.values(),
        key=lambda rows: (not said.named[rows[0]], -len(rows), min(map(said.content, rows))),
    )
    taken: set[int] = set()
    last = int(labels.max(initial=-1))
    for rows in order:
        named = bool(said.named[rows[0]])
        options = [g for g in _groups(rows, labels, said) if not named or g not in taken]
        if not options and (not found or not (named or len(rows) > 1)):
            continue
        last += not options
        labels[rows] = options[0] if options else last
        if named:
            taken.add(int(labels[rows[0]]))


def _groups(rows: Rows, labels: Ints, said: _Said) -> list[int]:
    """The groups of these faces, that of most first, then the one in whose middle they are."""
    count = Counter(labels[rows].tolist())
    count.pop(NOISE, None)
    if len(count) < 2:
        return list(count)
    return sorted(count, key=lambda g: (-count[g], said.gaps[rows[labels[rows] == g]].mean()))


def _together(labels: Ints, rules: FaceRules, photo: Ints) -> Rows:
    """Pairs of faces in one photo and one group of which somebody said something of one at least,
    and not that both are one person; int64 [P, 2]."""
    said = np.nonzero((rules.same >= 0) & (labels >= 0))[0]
    keys = photo_keys(labels[said], photo[said])
    placed = np.nonzero(labels >= 0)[0]
    placed = placed[np.isin(photo[placed], photo[said])]
    others = photo_keys(labels[placed], photo[placed])
    order = np.argsort(others, kind="stable")
    placed, others = placed[order], others[order]
    start, stop = (np.searchsorted(others, keys, side) for side in ("left", "right"))
    ask = np.repeat(np.arange(len(said)), stop - start)
    step = np.arange(len(ask)) - np.searchsorted(ask, ask)
    pairs = np.stack([said[ask], placed[start[ask] + step]], axis=1)
    pairs = pairs[rules.same[pairs[:, 0]] != rules.same[pairs[:, 1]]]
    return np.unique(np.sort(pairs, axis=1), axis=0).reshape(-1, 2)


def _leave(labels: Ints, said: _Said, one: Rows, other: Rows) -> None:
    """Of each pair in one group, the face that is less sure to be there goes, with all that are
    the same person. The surest stay first: who has left is in nobody's way."""
    both = np.nonzero((labels[one] >= 0) & (labels[one] == labels[other]))[0]
    rank = {row: said.unsure(row) for row in np.unique([one[both], other[both]]).tolist()}
    pairs = [
        sorted(pair, key=rank.__getitem__)
        for pair in zip(one[both].tolist(), other[both].tolist(), strict=True)
    ]
    last = int(labels.max(initial=-1))
    for stays, goes in sorted(pairs, key=lambda pair: (rank[pair[0]], rank[pair[1]])):
        if labels[stays] < 0 or labels[stays] != labels[goes]:
            continue
        number = int(said.rules.same[goes])
        last += number >= 0
        labels[goes if number < 0 else said.members[number]] = NOISE if number < 0 else last


def sure_of(sure: Confidence, labels: Ints, rules: FaceRules) -> Confidence:
    """What somebody confirmed is certain, and pairs of people who are apart are no doubt."""
    faces = sure.faces.copy()
    faces[rules.kept & (labels >= 0)] = 1
    ends = labels[rules.apart.astype(np.int64)].astype(np.int64)
    named = np.unique(labels[rules.kept])
    keys, apart = (
        np.sort(pairs, axis=1) @ [2**32, 1] for pairs in (sure.pairs.astype(np.int64), ends)
    )
    keep = ~np.isin(keys, apart) & ~np.isin(sure.pairs, named).all(axis=1)
    return Confidence(faces, sure.people, sure.pairs[keep], sure.same[keep])
