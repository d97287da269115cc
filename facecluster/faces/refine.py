"""Steadier landmarks: every face is looked at again on small upright tiles of several sizes.

The detector's points jitter: between a picture and a copy of 0.8 of its size by a tenth of the eye
distance. The mean over tiles jitters less (docs/decisions/007-landmarks.md), and so do the crops
that are cut by it.
"""

from __future__ import annotations

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

TILE = 160  # px, which the detector's strides divide
# Side in px of the square around the face that FACE_TEMPLATE describes, one a look.
FACES = (68.0, 97.0, 136.0)
THRESHOLD = 0.3  # there is a face; what matters is where
NEAR = 0.5  # eye distances that the points may move on average, or it is another face
CHUNK = 4  # faces a call: more gains nothing, and 100 faces in one call need 0.6 GB

_UNIT = np.asarray(FACE_TEMPLATE, np.float64)
_MIDDLED = _UNIT - _UNIT.mean(axis=0)  # about the origin, for a face of side 1
_EYES = float(np.linalg.norm(_UNIT[1] - _UNIT[0]))
# Names everything that decides where the points come to lie, next to the detector itself.
REFINEMENT = f"{TILE}/{FACES}/{THRESHOLD}/{NEAR}/{FACE_TEMPLATE}"


def refine(detector: Detector, picture: Picture, found: Detections) -> Detections:
    """The faces of a picture with steadier landmarks; boxes and scores stay as they are.

    found: in photo px, as `detector` gave it.
    """
    scale = np.asarray(picture.scale)
    first = (found.landmarks / scale).astype(np.float32)
    steady = refine_landmarks(detector, picture.pixels, first) * scale
    return Detections(found.boxes, steady.astype(np.float32), found.scores)


def refine_landmarks(detector: Detector, pixels: Pixels, landmarks: Floats) -> Floats:
    """The mean of the points that the detector finds on a tile a size in FACES, float32 [N, 5, 2].

    pixels: uint8 [h, w, 3]. landmarks: float32 [N, 5, 2] in px of `pixels`; they stay where no
    tile shows the face. A face's result does not depend on the others. Raises ValueError for five
    points in one place.
    """
    refined = np.empty((len(landmarks), 5, 2), np.float32)
    for start in range(0, len(landmarks), CHUNK):
        rows = slice(start, start + CHUNK)
        refined[rows] = _refine_chunk(detector, pixels, landmarks[rows])
    return refined


def _refine_chunk(detector: Detector, pixels: Pixels, landmarks: Floats) -> Floats:
    upright = similarity_transforms(landmarks, _MIDDLED)
    looks = upright[:, None] * np.reshape(FACES, (-1, 1, 1))
    looks[..., 2] += TILE / 2
    tiles = np.concatenate([warps(pixels, matrices, TILE) for matrices in looks])
    image, found = detector.candidates(tiles, THRESHOLD)
    face, size = np.divmod(image, len(FACES))
    expected = moved(landmarks[face], looks[face, size])
    gap = np.linalg.norm(found.landmarks - expected, axis=2).mean(axis=1)
    near = np.nonzero(gap < NEAR * _EYES * np.asarray(FACES)[size])[0]
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
