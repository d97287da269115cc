"""A grouping that obeys every rule, whatever the method made of it."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import NOISE
from facecluster.cluster.centroids import to_own_centre
from facecluster.records import Confidence, Floats, Ints
from facecluster.rules import FaceRules


def obeyed(labels: Ints, rules: FaceRules, embeddings: Floats, photo: Ints | None) -> Ints:
    """The same groups, int32 [N], with each rule's faces together and apart as it says.

    Faces that are one person go to the group that most of them are in, which only one named or
    confirmed person can have; whoever is to be apart from somebody there, or is with them in one
    photo, leaves: those of whom nothing was said first. embeddings: float32 [N, D], scaled rows.
    photo: int32 [N], None for no photo rule.
    """
    if not rules:
        return labels
    found = labels.copy()
    found[rules.ignored] = NOISE
    _gather(found, rules)
    if photo is not None:
        _leave(found, rules, embeddings, *_together(found, rules, photo))
    one, other = rules.apart.astype(np.int64).T
    _leave(found, rules, embeddings, one, other)
    return found


def _gather(labels: Ints, rules: FaceRules) -> None:
    """Put the faces of each component into one group; the largest component chooses first."""
    rows = np.nonzero(rules.same >= 0)[0]
    order = rows[np.argsort(rules.same[rows], kind="stable")]
    starts = np.nonzero(np.diff(rules.same[order], prepend=-1))[0]
    components = np.split(order, starts[1:]) if len(order) else []
    components.sort(key=lambda c: (not rules.kept[c].any(), -len(c), int(c[0])))
    taken: set[int] = set()
    for component in components:
        wanted = Counter(labels[component].tolist())
        wanted.pop(NOISE, None)
        named = bool(rules.kept[component].any())
        options = [g for g, _ in wanted.most_common() if not (named and g in taken)]
        group = options[0] if options else int(labels.max(initial=-1)) + 1
        if options or named or len(component) > 1:
            labels[component] = group
        if named:
            taken.add(group)


def _together(
    labels: Ints, rules: FaceRules, photo: Ints
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of faces in one photo and one group of which somebody said something of one at least,
    and not that both are one person."""
    placed = np.nonzero(labels >= 0)[0]
    order = placed[np.lexsort((placed, photo[placed], labels[placed]))]
    same = (labels[order][1:] == labels[order][:-1]) & (photo[order][1:] == photo[order][:-1])
    runs = np.split(order, np.nonzero(~same)[0] + 1) if len(order) else []
    pairs = [
        (int(one), int(other))
        for run in runs
        if len(run) > 1 and (rules.same[run] >= 0).any()
        for at, one in enumerate(run)
        for other in run[at + 1 :]
        if rules.same[one] < 0 or rules.same[one] != rules.same[other]
    ]
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def _leave(
    labels: Ints,
    rules: FaceRules,
    embeddings: Floats,
    one: NDArray[np.int64],
    other: NDArray[np.int64],
) -> None:
    """Of each pair in one group, the face that is less sure to be there goes with its component."""
    both = np.nonzero((labels[one] >= 0) & (labels[one] == labels[other]))[0]
    if not len(both):
        return
    gaps = to_own_centre(labels, embeddings)
    for pair in both.tolist():
        first, second = int(one[pair]), int(other[pair])
        if labels[first] < 0 or labels[first] != labels[second]:
            continue
        goes = max(first, second, key=lambda row: _unsure(row, rules, gaps))
        number = int(rules.same[goes])
        if number < 0:
            labels[goes] = NOISE
        else:
            labels[rules.same == number] = int(labels.max()) + 1


def _unsure(row: int, rules: FaceRules, gaps: Floats) -> tuple[bool, bool, float, int]:
    return not _named(row, rules), bool(rules.same[row] < 0), float(gaps[row]), row


def _named(row: int, rules: FaceRules) -> bool:
    number = rules.same[row]
    return bool(rules.kept[row] or (number >= 0 and rules.kept[rules.same == number].any()))


def sure_of(sure: Confidence, labels: Ints, rules: FaceRules) -> Confidence:
    """What somebody confirmed is certain, and pairs of people who are apart are no doubt."""
    faces = sure.faces.copy()
    faces[rules.kept & (labels >= 0)] = 1
    apart = labels[rules.apart.astype(np.int64)]
    named = {int(label) for label in np.unique(labels[rules.kept & (rules.same >= 0)])}
    two = {tuple(sorted(pair)) for pair in apart.tolist()}
    keep = np.array(
        [
            tuple(sorted(pair)) not in two and not (pair[0] in named and pair[1] in named)
            for pair in sure.pairs.tolist()
        ],
        np.bool_,
    )
    return Confidence(faces, sure.people, sure.pairs[keep], sure.same[keep])
