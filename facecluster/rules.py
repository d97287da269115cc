"""What is known of who is who before faces are grouped: every grouping obeys it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.records import FaceTable, Ints


@dataclass(frozen=True, slots=True)
class FaceRules:
    """Rules on the N faces of a table.

    same: int32 [N], faces with the same number from 0 on are one person, -1 where nothing is known.
    apart: int32 [Q, 2], rows of faces that are two people. ignored: bool [N], faces that are left
    out of everything (strangers, things that are no faces). kept: bool [N], faces whose group is a
    person in however few photos, since somebody named or confirmed it; those of different numbers
    are different people.
    """

    same: Ints
    apart: Ints
    ignored: NDArray[np.bool_]
    kept: NDArray[np.bool_]

    def __post_init__(self) -> None:
        n = len(self.same)
        if self.apart.ndim != 2 or self.apart.shape[1] != 2:
            raise ValueError(f"apart: expected shape [any, 2], got {list(self.apart.shape)}")
        if self.ignored.shape != (n,) or self.kept.shape != (n,):
            raise ValueError("ignored, kept: expected one entry per face")
        if (self.kept & (self.same < 0)).any():
            raise ValueError("kept: a face that somebody named must have a number in `same`")
        if len(self.apart) and not 0 <= self.apart.min() <= self.apart.max() < n:
            raise ValueError(f"apart: expected rows of {n} faces")
        if (self.apart[:, 0] == self.apart[:, 1]).any():
            raise ValueError("apart: a face cannot be kept apart from itself")

    @classmethod
    def none(cls, faces: FaceTable) -> FaceRules:
        """No rule at all."""
        n = len(faces)
        nothing = np.zeros(n, bool)
        return cls(np.full(n, -1, np.int32), np.empty((0, 2), np.int32), nothing, nothing)

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(
            (self.same >= 0).any() or len(self.apart) or self.ignored.any() or self.kept.any()
        )
