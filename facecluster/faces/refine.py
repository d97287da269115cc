"""Steadier landmarks: every face is looked at again on small upright tiles of several sizes.

The detector's points jitter: between a picture and a copy of 0.8 of its size by a tenth of the eye
distance. The mean over tiles jitters less (docs/decisions/007-landmarks.md), and so do the crops
that are cut by it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.faces.align import (
    FACE_TEMPLATE,
    inverses,
    moved,
    similarity_transforms,
    warps,
)
from facecluster.faces.detect import Detector
from facecluster.records import Detections, Floats, Ints, Picture, Pixels


@dataclass(frozen=True, slots=True)
class RefineTuning:
    """What each face is looked at again on; chosen in docs/decisions/007-landmarks.md.

    tile: side of a tile in px, which the detector's strides divide. faces: side in px of the square
    around the face that FACE_TEMPLATE describes, one for each tile. score: of the detector, low,
    since there is a face and what matters is where. near: eye distances that the points may move on
    average, or it is another face. chunk: faces in one call; more gains nothing, and 100 faces in
    one call need 0.6 GB.
    """

    tile: int = 160
    faces: tuple[float, ...] = (68.0, 97.0, 136.0)
    score: float = 0.3
    near: float = 0.5
    chunk: int = 4

    @property
    def id(self) -> str:
        """Names everything that decides where the points come to lie, next to the detector."""
        return f"{self.tile}/{self.faces}/{self.score}/{self.near}/{FACE_TEMPLATE}"


REFINEMENT = RefineTuning()

_UNIT = np.asarray(FACE_TEMPLATE, np.float64)
_MIDDLED = _UNIT - _UNIT.mean(axis=0)  # about the origin, for a face of side 1
_EYES = float(np.linalg.norm(_UNIT[1] - _UNIT[0]))


def refine(detector: Detector, picture: Picture, found: Detections) -> Detections:
    """The faces of a picture with steadier landmarks; boxes and scores stay as they are.

    found: in photo px, as `detector` gave it.
    """
    scale = np.asarray(picture.scale)
    first = (found.landmarks / scale).astype(np.float32)
    steady = refine_landmarks(detector, picture.pixels, first) * scale
    return Detections(found.boxes, steady.astype(np.float32), found.scores)


def refine_landmarks(
    detector: Detector, pixels: Pixels, landmarks: Floats, tuning: RefineTuning = REFINEMENT
) -> Floats:
    """The mean of the points that the detector finds on the tiles, float32 [N, 5, 2].

    pixels: uint8 [h, w, 3]. landmarks: float32 [N, 5, 2] in px of `pixels`; they stay where no
    tile shows the face. A face's result does not depend on the others. Raises ValueError for five
    points in one place.
    """
    refined = np.empty((len(landmarks), 5, 2), np.float32)
    for start in range(0, len(landmarks), tuning.chunk):
        rows = slice(start, start + tuning.chunk)
        refined[rows] = _refine_chunk(detector, pixels, landmarks[rows], tuning)
    return refined


def _refine_chunk(
    detector: Detector, pixels: Pixels, landmarks: Floats, tuning: RefineTuning
) -> Floats:
    upright = similarity_transforms(landmarks, _MIDDLED)
    looks = upright[:, None] * np.reshape(tuning.faces, (-1, 1, 1))
    looks[..., 2] += tuning.tile / 2
    tiles = np.concatenate([warps(pixels, matrices, tuning.tile) for matrices in looks])
    image, found = detector.candidates(tiles, tuning.score)
    face, size = np.divmod(image, len(tuning.faces))
    expected = moved(landmarks[face], looks[face, size])
    gap = np.linalg.norm(found.landmarks - expected, axis=2).mean(axis=1)
    near = np.nonzero(gap < tuning.near * _EYES * np.asarray(tuning.faces)[size])[0]
    # Of each tile the surest candidate: the first of its run.
    order = near[np.lexsort((near, -found.scores[near], image[near]))]
    best = order[np.diff(image[order], prepend=-1) > 0]
    back = moved(found.landmarks[best], inverses(looks[face[best], size[best]]))
    return _means(back, face[best], landmarks)


def _means(points: NDArray[np.float64], face: Ints, landmarks: Floats) -> Floats:
    """The mean of the points that each face has, float32 [F, 5, 2]; `landmarks` without any.

    points: float64 [K, 5, 2]. face: int32 [K]. landmarks: float32 [F, 5, 2].
    """
    total = np.zeros(landmarks.shape)
    np.add.at(total, face, points)
    count = np.bincount(face, minlength=len(landmarks))[:, None, None]
    means: Floats = np.where(count > 0, total / np.maximum(count, 1), landmarks).astype(np.float32)
    return means
