"""Steadier landmarks: every face is looked at again on small upright tiles of several sizes.

The detector's points jitter: between a picture and a copy of 0.8 of its size by a tenth of the eye
distance. The mean over tiles jitters less (docs/decisions/007-landmarks.md), and so do the crops
that are cut by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from facecluster.faces.align import FACE_TEMPLATE, shrunk, similarity_transform, warp
from facecluster.faces.detect import Detector
from facecluster.records import Detections, Floats, Picture, Pixels

TILE = 160  # px, which the detector's strides divide
# Side in px of the square around the face that FACE_TEMPLATE describes, one a look.
FACES = (68.0, 97.0, 136.0)
THRESHOLD = 0.3  # there is a face; what matters is where
NEAR = 0.5  # eye distances that the points may move on average, or it is another face
CHUNK = 4  # faces a call: more gains nothing, and 100 faces in one call need 0.6 GB

_UNIT = np.asarray(FACE_TEMPLATE, np.float64)
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
    looks = [(row, side) for row in range(len(landmarks)) for side in FACES]
    matrices = [similarity_transform(landmarks[row], _place(side)) for row, side in looks]
    steps = range(0, len(matrices), len(FACES))
    tiles = np.concatenate([_tiles(pixels, matrices[i : i + len(FACES)]) for i in steps])
    image, found = detector.candidates(tiles, THRESHOLD)
    seen: list[list[NDArray[np.float64]]] = [[] for _ in landmarks]
    for i, (row, side) in enumerate(looks):
        mine = image == i
        expected = _move(landmarks[row], matrices[i])
        points = _best(found.landmarks[mine], found.scores[mine], expected, NEAR * _EYES * side)
        if points is not None:
            seen[row].append(_move(points, cv2.invertAffineTransform(matrices[i])))
    means = [np.mean(s, axis=0) if s else p for s, p in zip(seen, landmarks, strict=True)]
    return np.asarray(means, np.float32)


def _tiles(pixels: Pixels, matrices: Sequence[NDArray[np.float64]]) -> Pixels:
    """The looks at one face, uint8 [L, TILE, TILE, 3]. A large face is shrunk once for all."""
    near, nearer = shrunk(pixels, matrices, TILE)
    return np.stack([warp(near, matrix, TILE) for matrix in nearer])


def _place(side: float) -> Floats:
    """Where the points of an upright face of that size belong in a tile: around its middle."""
    return np.asarray((_UNIT - _UNIT.mean(axis=0)) * side + TILE / 2, np.float32)


def _move(points: Floats, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


def _best(
    landmarks: Floats, scores: Floats, expected: NDArray[np.float64], limit: float
) -> Floats | None:
    """The surest candidate whose points lie within `limit` px of the expected ones on average.

    landmarks: float32 [K, 5, 2]. scores: float32 [K]. expected: [5, 2]. None without any.
    """
    near = np.linalg.norm(landmarks - expected, axis=2).mean(axis=1) < limit
    if not near.any():
        return None
    best: Floats = landmarks[int(np.argmax(np.where(near, scores, -1)))]
    return best
