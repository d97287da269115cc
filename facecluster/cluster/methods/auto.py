"""The default: average linkage in passes, as wide as the strangers of this library allow."""

from __future__ import annotations

from typing import Self

import numpy as np

from facecluster.cluster.linkage.passes import Joining, merge_groups, merge_surest
from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.cluster.strangers import Strangers
from facecluster.records import Floats, Ints

# Strangers that a face or a group may expect within the threshold of its pass, and the share of
# pairs of strangers that no threshold passes. Chosen over people: docs/decisions/008-auto.md.
EXPECTED = 0.2  # faces among faces, then groups among groups
SINGLES = 0.02  # single faces among groups
WIDEST_FIRST = 1e-4  # two faces say less than two groups
WIDEST = 1e-3
CROWD = 8  # faces; fragments may join a group of at least so many ...
FALSE_JOINS = 0.7  # ... up to this nominal share of false ones
WIDEST_JOIN = 5e-3
PASSES = 10  # in which the groups of a weak model merge, at most
# What a large library leaves in pieces, by evidence (docs/decisions/009-many-faces.md):
PIECES = (2, 4, 8)  # groups of at least so many faces merge with their like ...
FALSE_MERGES = 0.2  # ... up to this nominal share of false ones
SOME = (16, 8, 4, 2)  # single faces join groups of at least so many


class Auto:
    """Average linkage whose thresholds follow from how many strangers there are to mix up.

    The nearer two faces must be, the more people there are among whom one could be that near by
    chance: with G groups, a group expects G * rate(distance) strangers within a distance, where
    `rate` is the model's false-accept rate. So each pass takes the distance at which this number
    is the same small one. Among 10,000 single faces that is strict; among the 40 groups of a
    family it is wide, and people do not fall apart. What still lies alone beside a large group
    joins it where few such joins are false, judged over all of them at once (`Joining.limit`).

    In a large library that is strict, and people stay in pieces. So groups merge once more, now by
    how rare strangers are at the mean distance of whole groups (`Strangers.between`) and by how
    many groups have another one that near: where most do, most of these are pieces of one person.
    Single faces join groups by the same table.

    A weak model bears `Strangers.ease` times more strangers everywhere. Its people come in many
    pieces, each of which counts as a stranger to the others; so its groups merge again, by their
    new number, until none does.

    Parameters
    ----------
    strangers : the model's false-accept table.

    Attributes
    ----------
    labels_ : int32 [N], 0..K-1 in the order of each group's first row; nothing is noise.
    reach_ : the distance at which single faces joined groups of two or more.

    Examples
    --------
    >>> import numpy as np
    >>> unit = np.eye(3, dtype=np.float32)[[0, 1, 0]]
    >>> Auto(Strangers((), 0.1)).fit(unit).labels_.tolist()
    [0, 1, 0]
    """

    def __init__(self, strangers: Strangers) -> None:
        self.strangers = strangers
        self.labels_: Ints = np.empty(0, np.int32)
        self.reach_ = single_reach(strangers, 1, SOME[-1])
        self.notes_: tuple[str, ...] = ()

    def fit(self, embeddings: Floats, photo: Ints | None = None) -> Self:
        if not len(embeddings):
            self.labels_ = np.empty(0, np.int32)
            return self
        first = AverageLinkage(self._reach(len(embeddings), WIDEST_FIRST))
        labels = first.fit(embeddings, photo).labels_
        labels = self._merge(labels, embeddings, photo)
        crowds = Joining(labels, embeddings, photo, CROWD)
        sure = crowds.limit(self.strangers, FALSE_JOINS)
        labels = crowds.join(min(sure, widest_join(self.strangers)))
        labels = self._merge_pieces(labels, embeddings, photo)
        for size in SOME:
            some = Joining(labels, embeddings, photo, size, most=1)
            self.reach_ = single_reach(self.strangers, some.crowds, size)
            labels = some.join(self.reach_)
        self.labels_ = self._merge_pieces(labels, embeddings, photo)
        return self

    def _merge(self, labels: Ints, embeddings: Floats, photo: Ints | None) -> Ints:
        before = -1
        for _ in range(PASSES if self.strangers.ease > 1 else 1):
            groups = int((np.bincount(labels) > 1).sum())
            if groups == before:
                break
            labels = merge_groups(labels, embeddings, photo, 2, self._reach(groups))
            before = groups
        return labels

    def _merge_pieces(self, labels: Ints, embeddings: Floats, photo: Ints | None) -> Ints:
        widest = self.strangers.limit(WIDEST * self.strangers.ease)
        for size in PIECES:
            table = self.strangers.between(size, size)
            labels = merge_surest(labels, embeddings, photo, size, table, FALSE_MERGES, widest)
        return labels

    def _reach(self, groups: int, widest: float = WIDEST) -> float:
        rate = min(EXPECTED / max(groups, 1), widest)
        return self.strangers.limit(rate * self.strangers.ease)


def single_reach(strangers: Strangers, people: int, size: int) -> float:
    """Cosine distance up to which a single face joins one of `people` groups of `size` faces."""
    rate = min(SINGLES / max(people, 1), WIDEST)
    return strangers.between(1, size).limit(rate * strangers.ease)


def widest_join(strangers: Strangers) -> float:
    """Cosine distance that no join passes; not within that of the merges."""
    return strangers.limit(max(WIDEST_JOIN, WIDEST * strangers.ease))
