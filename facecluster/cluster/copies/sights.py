"""Faces that copies of a photo show again count once: one is grouped and the others follow it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from facecluster.records import Confidence, Copies, FaceTable, Floats, Grouping, Ints

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sights:
    """What is grouped in the place of all faces.

    rows: int64 [S], the face that stands for each sight, ascending. member: int64 [N], the sight of
    each face. picture: int32 [S], the photo of which that face's photo may be a copy.
    """

    rows: Rows
    member: Rows
    picture: Ints

    def faces(self, faces: FaceTable) -> FaceTable:
        """Those that stand for the others, each in the photo that all its copies count as."""
        chosen = {field.name: getattr(faces, field.name)[self.rows] for field in fields(faces)}
        return FaceTable(**chosen | {"photo": self.picture})

    def everywhere(self, found: Grouping, quality: Floats, core: NDArray[np.bool_]) -> Grouping:
        """The grouping of all faces: each copy of a face has what was found of that face.

        found: of `faces`. quality: float32 [N], core: bool [N], of all faces themselves.
        """
        sure = found.confidence
        if sure is not None:
            sure = Confidence(sure.faces[self.member], sure.people, sure.pairs, sure.same)
        return replace(
            found,
            labels=found.labels[self.member],
            reasons=tuple(found.reasons[row] for row in self.member.tolist()),
            nearest=found.nearest[self.member],
            distance=found.distance[self.member],
            quality=quality,
            core=core,
            confidence=sure,
        )


def choose_sights(
    copies: Copies, large: NDArray[np.bool_], quality: Floats, sizes: Floats
) -> Sights:
    """For each face seen in several copies, the one that is large enough, then the best, then the
    largest of them stands for it.

    large: bool [N]. quality: float32 [N]. sizes: float32 [N], px.
    """
    order = np.lexsort((np.arange(len(large)), -sizes, -quality, ~large, copies.sight))
    first = np.diff(copies.sight[order], prepend=-1) != 0
    best = np.empty(len(order), np.int64)
    best[order] = order[first][np.cumsum(first) - 1]
    rows, member = np.unique(best, return_inverse=True)
    return Sights(rows, member.ravel(), copies.picture[rows])
