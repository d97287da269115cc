"""Whether two keys speak of one face: another detector draws its box a little differently."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from facecluster.identity import FaceKey, overlap

OVERLAP: Final = 0.5  # intersection over union from which two boxes in one picture are one face


def shared(one: FaceKey, other: FaceKey) -> float:
    """Intersection over union of both boxes, 0 in different pictures."""
    if one.image != other.image:
        return 0.0
    return 1.0 if one.box == other.box else float(overlap(np.array(one.box), np.array(other.box)))


def is_same(one: FaceKey, other: FaceKey) -> bool:
    """Whether both are the same place of the same picture."""
    return shared(one, other) >= OVERLAP


def in_any(face: FaceKey, faces: Iterable[FaceKey]) -> bool:
    """Whether one of `faces` is this one."""
    return any(is_same(face, other) for other in faces)


def without(faces: Iterable[FaceKey], others: Iterable[FaceKey]) -> tuple[FaceKey, ...]:
    """Those of `faces` that none of `others` is, each once."""
    by_image: dict[str, list[FaceKey]] = {}
    for other in others:
        by_image.setdefault(other.image, []).append(other)
    left: list[FaceKey] = []
    for face in faces:
        known = by_image.setdefault(face.image, [])
        if not in_any(face, known):
            left.append(face)
            known.append(face)
    return tuple(left)
