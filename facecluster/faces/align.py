"""Turn a face upright and bring it to the size that the embedder was trained on."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from facecluster.records import Floats, Pixels

# Where the five points belong in crops of the shipped embedder, as shares of their side
# (export/recipe.py has them in px); what we train on our own faces is cut alike.
FACE_TEMPLATE = (
    (0.31227, 0.29660),
    (0.69380, 0.30020),
    (0.50447, 0.51647),
    (0.33967, 0.68027),
    (0.66847, 0.68487),
)


def similarity_transform(source: Floats, target: Floats) -> NDArray[np.float64]:
    """Least-squares rotation, uniform scale and shift that bring `source` points onto `target`.

    source, target: [P, 2] x, y with P >= 2. Gives float64 [2, 3], to be used as
    `matrix[:, :2] @ point + matrix[:, 2]`. A mirror image is never used. Points that all
    coincide have no scale: ValueError.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    IEEE TPAMI 13(4), 1991, equations 34 to 43.
    """
    a, b = np.asarray(source, np.float64), np.asarray(target, np.float64)
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    a0, b0 = a - mean_a, b - mean_b
    spread = (a0**2).sum() / len(a)
    if not spread > 0:
        raise ValueError("points that coincide do not define a similarity")
    u, strength, vt = np.linalg.svd(b0.T @ a0 / len(a))
    sign = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt)) or 1.0])
    rotation = (u * sign) @ vt
    scale = (strength * sign).sum() / spread
    matrix = np.empty((2, 3))
    matrix[:, :2] = scale * rotation
    matrix[:, 2] = mean_b - matrix[:, :2] @ mean_a
    return matrix


def warp(pixels: Pixels, matrix: NDArray[np.float64], size: int) -> Pixels:
    """One crop, uint8 [size, size, 3]; what lies outside the picture is black.

    matrix: float64 [2, 3], from px of `pixels` to px of the crop. Large faces are shrunk by whole
    factors first, which linear sampling can't do.
    """
    near, [nearer] = shrunk(pixels, [matrix], size)
    crop = cv2.warpAffine(near, nearer, (size, size), flags=cv2.INTER_LINEAR)
    return np.asarray(crop, np.uint8)


def shrunk(
    pixels: Pixels, matrices: Sequence[NDArray[np.float64]], size: int
) -> tuple[Pixels, list[NDArray[np.float64]]]:
    """The part of a picture that crops see, area-averaged by the whole factor that the nearest one
    of them bears, and the matrices for it. Everything as it is where that factor is 1.

    matrices: float64 [2, 3] each, from px of `pixels` to px of a crop. size: side of the crops.
    """
    scale = max(float(np.hypot(matrix[0, 0], matrix[1, 0])) for matrix in matrices)
    factor = int(1.0 / max(scale, 1e-6))
    if factor < 2:
        return pixels, list(matrices)
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64)
    inverses = [cv2.invertAffineTransform(matrix) for matrix in matrices]
    seen = np.concatenate([corners @ back[:, :2].T + back[:, 2] for back in inverses])
    height, width = pixels.shape[:2]
    low = np.clip(np.floor(seen.min(axis=0)) - factor, 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(seen.max(axis=0)) + factor, low + 1, (width, height)).astype(int)
    part = pixels[low[1] : high[1], low[0] : high[0]]
    count = np.maximum((high - low) // factor, 1)
    small = cv2.resize(part, (int(count[0]), int(count[1])), interpolation=cv2.INTER_AREA)
    step = (high - low) / count
    moved = [_moved(matrix, low, step) for matrix in matrices]
    return np.asarray(small, np.uint8), moved


def _moved(
    matrix: NDArray[np.float64], low: NDArray[np.int64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A matrix for the part that begins at `low`, after `step` px became one."""
    # Pixel centres sit at +0.5: shrinking maps x to (x + 0.5 - low) / step - 0.5.
    moved = matrix.copy()
    moved[:, :2] = matrix[:, :2] * step
    moved[:, 2] = matrix[:, 2] + matrix[:, :2] @ (low + 0.5 * step - 0.5)
    return moved


def inside(
    width: int, height: int, landmarks: Floats, template: Floats, size: int, steps: int = 12
) -> Floats:
    """The share of each aligned crop that lies inside the picture, float32 [N] in 0..1.

    width, height: of the picture in px. The others as for `align`. Sampled on a grid of
    steps x steps points.
    """
    grid = (np.arange(steps) + 0.5) * size / steps
    points = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    shares = np.empty(len(landmarks), np.float32)
    for i, marks in enumerate(landmarks):
        back = cv2.invertAffineTransform(similarity_transform(marks, template))
        seen = points @ back[:, :2].T + back[:, 2]
        shares[i] = ((seen >= 0) & (seen < (width, height))).all(axis=1).mean()
    return shares


def align(pixels: Pixels, landmarks: Floats, template: Floats, size: int) -> Pixels:
    """Aligned crops of the faces of one picture.

    pixels: uint8 [h, w, 3]. landmarks: float32 [N, 5, 2] in px of `pixels`. template:
    float32 [5, 2], where the five points belong in a crop of `size` px.
    Gives uint8 [N, size, size, 3]; what lies outside the picture is black.
    """
    crops = np.zeros((len(landmarks), size, size, 3), np.uint8)
    for crop, points in zip(crops, landmarks, strict=True):
        crop[...] = warp(pixels, similarity_transform(points, template), size)
    return crops
