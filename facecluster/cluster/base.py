"""What every clusterer looks like to the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

from facecluster.records import Floats, Ints

NOISE = -1


@dataclass(frozen=True, slots=True)
class Sightings:
    """Where rows were seen beside their photos: two that share a place are two people.

    rows, photos: int32 [M], one row in one place each; the numbers of the places are beyond those
    of all photos. A row may be in many places.
    """

    rows: Ints
    photos: Ints

    def __post_init__(self) -> None:
        if self.rows.ndim != 1 or self.rows.shape != self.photos.shape:
            raise ValueError("rows, photos: expected one place per row")


class Clusterer(Protocol):
    """An estimator in scikit-learn's manner: `__init__` stores, `fit` works, results end in `_`.

    labels_: int32 [N], the group of each face, -1 for noise. reach_: cosine distance (mean to all
    members) within which a face that is left over may join a group. notes_: sentences for the user.
    The same rows in the same order always give the same labels.
    """

    labels_: Ints
    reach_: float
    notes_: tuple[str, ...]

    def fit(
        self,
        embeddings: Floats,
        photo: Ints | None = None,
        start: Ints | None = None,
        more: Sightings | None = None,
    ) -> Self:
        """embeddings: float32 [N, D], scaled rows. photo: int32 [N], two faces of one photo are
        never the same person; None when they may be. start: int32 [N], groups to begin with,
        numbered from 0; methods that build on groups never take them apart. more: where rows were
        seen beside their photos, which is as good as a photo."""
        ...
