"""What every clusterer looks like to the rest of the house."""

from __future__ import annotations

from typing import Protocol, Self

from facecluster.records import Floats, Ints

NOISE = -1


class Clusterer(Protocol):
    """An estimator in scikit-learn's manner: `__init__` stores, `fit` works, results end in `_`.

    labels_: int32 [N], the group of each face, -1 for noise. reach_: cosine distance (mean to all
    members) within which a face that is left over may join a group. notes_: sentences for the user.
    The same rows in the same order always give the same labels.
    """

    labels_: Ints
    reach_: float
    notes_: tuple[str, ...]

    def fit(self, embeddings: Floats, photo: Ints | None = None, start: Ints | None = None) -> Self:
        """embeddings: float32 [N, D], scaled rows. photo: int32 [N], two faces of one photo are
        never the same person; None when they may be. start: int32 [N], groups to begin with,
        numbered from 0; methods that build on groups never take them apart."""
        ...
