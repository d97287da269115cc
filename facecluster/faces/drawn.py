"""Faces that somebody drew a box around, since the detector did not find them."""

from __future__ import annotations

from typing import Final

import numpy as np

from facecluster.records import Detections, Floats

# Where in a detector's box the landmarks lie, in fractions of it: medians over the faces of LFW and
# pins44 that it scores above 0.8.
WITHIN: Final = ((0.26, 0.39), (0.74, 0.385), (0.5, 0.585), (0.31, 0.743), (0.715, 0.743))
SCORE: Final = 0.5  # as a face that the detector was in two minds about


def drawn_faces(boxes: Floats) -> Detections:
    """Detections for boxes, float32 [N, 4] in photo px, with landmarks where they lie mostly; what
    refines landmarks then looks for them."""
    corners = np.asarray(boxes, np.float32).reshape(-1, 4)
    points = corners[:, None, :2] + np.asarray(WITHIN, np.float32) * corners[:, None, 2:]
    return Detections(corners, points, np.full(len(corners), SCORE, np.float32))
