"""Pictures by quarter turns, and what was found in them back in the picture as it is shown."""

from __future__ import annotations

from typing import Final

import numpy as np

from facecluster.records import Detections, Floats, Pixels

TURNS: Final = (1, 2, 3)  # quarters against the clock, as numpy turns


def turned(pixels: Pixels, quarters: int) -> Pixels:
    """The picture turned by that many quarters against the clock."""
    return np.ascontiguousarray(np.rot90(pixels, quarters))


def turned_back(faces: Detections, quarters: int, shape: tuple[int, ...]) -> Detections:
    """Faces of a turned picture in px of the picture itself. shape: rows and columns of that one.

    Landmarks stay the subject's own: the right eye of a face that lies is its right eye.
    """
    rows, columns = shape[:2]
    low, high = faces.boxes[:, :2], faces.boxes[:, :2] + faces.boxes[:, 2:]
    corners = _points_back(np.stack([low, high], axis=1), quarters, rows, columns)
    start = corners.min(axis=1)
    boxes = np.concatenate([start, corners.max(axis=1) - start], axis=1)
    landmarks = _points_back(faces.landmarks, quarters, rows, columns)
    return Detections(boxes, landmarks, faces.scores)


def _points_back(points: Floats, quarters: int, rows: int, columns: int) -> Floats:
    """float32 [N, P, 2] x, y."""
    x, y = points[..., 0], points[..., 1]
    back = ((x, y), (columns - y, x), (columns - x, rows - y), (y, rows - x))[quarters % 4]
    return np.stack(back, axis=-1).astype(np.float32)


def quarters_of(landmarks: Floats) -> list[int]:
    """By how many quarters against the clock each face must be turned to stand upright, 0 to 3.

    landmarks: float32 [N, 5, 2].
    """
    up = landmarks[:, :2].mean(axis=1) - landmarks[:, 3:].mean(axis=1)
    quarters = np.round(np.arctan2(up[:, 0], 0 - up[:, 1]) / (np.pi / 2)).astype(int) % 4
    return [int(number) for number in quarters]
