"""Turn a face upright and bring it to the size that the embedder was trained on."""

from __future__ import annotations

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


def similarity_transforms(sources: Floats, target: Floats) -> NDArray[np.float64]:
    """Least-squares rotation, uniform scale and shift that bring each set of points onto `target`.

    sources: [N, P, 2] x, y with P >= 2. target: [P, 2]. Gives float64 [N, 2, 3], to be used as
    `matrix[:, :2] @ point + matrix[:, 2]`. A mirror image is never used. Points that all
    coincide have no scale: ValueError.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    IEEE TPAMI 13(4), 1991. In the plane, with points as complex numbers, his solution without
    mirror images is one division: the sum of conj(source) * target by that of |source|^2.
    """
    a, b = np.asarray(sources, np.float64), np.asarray(target, np.float64)
    mean_a, mean_b = a.mean(axis=1), b.mean(axis=0)
    x, y = np.moveaxis(a - mean_a[:, None], 2, 0)
    u, v = (b - mean_b).T
    spread = (x * x + y * y).sum(axis=1)
    if not (spread > 0).all():
        raise ValueError("points that coincide do not define a similarity")
    cosine, sine = (x * u + y * v).sum(axis=1) / spread, (x * v - y * u).sum(axis=1) / spread
    matrices = np.empty((len(a), 2, 3))
    matrices[:, 0, 0] = matrices[:, 1, 1] = cosine
    matrices[:, 0, 1], matrices[:, 1, 0] = -sine, sine
    matrices[:, :, 2] = mean_b - moved(mean_a[:, None], matrices, shift=False)[:, 0]
    return matrices


def moved(
    points: NDArray[np.floating], matrices: NDArray[np.float64], shift: bool = True
) -> NDArray[np.float64]:
    """Points [N or 1, P, 2] under each of N matrices [N, 2, 3]: float64 [N, P, 2]. Without
    `shift` only turned and scaled."""
    x, y = points[..., 0], points[..., 1]
    (a, b, c), (d, e, f) = np.moveaxis(matrices, 0, 2)[..., None]
    if not shift:
        return np.stack([a * x + b * y, d * x + e * y], axis=-1)
    return np.stack([a * x + b * y + c, d * x + e * y + f], axis=-1)


def inverses(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """The way back of similarities, float64 [N, 2, 3]."""
    cosine, sine = matrices[:, 0, 0], matrices[:, 1, 0]
    back = np.empty_like(matrices)
    square = np.maximum(cosine**2 + sine**2, 1e-30)  # a point has no way back
    back[:, 0, 0] = back[:, 1, 1] = cosine / square
    back[:, 0, 1], back[:, 1, 0] = sine / square, -sine / square
    back[:, :, 2] = -moved(matrices[:, None, :, 2], back, shift=False)[:, 0]
    return back


def warp(pixels: Pixels, matrix: NDArray[np.float64], size: int) -> Pixels:
    """One crop, uint8 [size, size, 3]; what lies outside the picture is black.

    matrix: float64 [2, 3], from px of `pixels` to px of the crop. Large faces are shrunk by whole
    factors first, which linear sampling can't do.
    """
    crop: Pixels = warps(pixels, matrix[None], size)[0]
    return crop


def warps(pixels: Pixels, matrices: NDArray[np.float64], size: int) -> Pixels:
    """Several looks at one face, uint8 [N, size, size, 3], as `warp`; a large face is shrunk once
    for all."""
    near, nearer = shrunk(pixels, matrices, size)
    crops = np.empty((len(matrices), size, size, 3), np.uint8)
    for crop, matrix in zip(crops, nearer, strict=True):
        cv2.warpAffine(near, matrix, (size, size), dst=crop, flags=cv2.INTER_LINEAR)
    return crops


def shrunk(
    pixels: Pixels, matrices: NDArray[np.float64], size: int
) -> tuple[Pixels, NDArray[np.float64]]:
    """The part of a picture that crops see, area-averaged by the whole factor that the nearest one
    of them bears, and the matrices for it. Everything as it is where that factor is 1.

    matrices: float64 [N, 2, 3], from px of `pixels` to px of a crop. size: side of the crops.
    """
    scale = float(np.hypot(matrices[:, 0, 0], matrices[:, 1, 0]).max())
    factor = int(1.0 / max(scale, 1e-6))
    if factor < 2:
        return pixels, matrices
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64)
    seen = moved(corners[None], inverses(matrices)).reshape(-1, 2)
    height, width = pixels.shape[:2]
    low = np.clip(np.floor(seen.min(axis=0)) - factor, 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(seen.max(axis=0)) + factor, low + 1, (width, height)).astype(int)
    part = pixels[low[1] : high[1], low[0] : high[0]]
    count = np.maximum((high - low) // factor, 1)
    small = cv2.resize(part, (int(count[0]), int(count[1])), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), _nearer(matrices, low, (high - low) / count)


def _nearer(
    matrices: NDArray[np.float64], low: NDArray[np.int64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The matrices for the part that begins at `low`, after `step` px became one."""
    # Pixel centres sit at +0.5: shrinking maps x to (x + 0.5 - low) / step - 0.5.
    nearer = matrices.copy()
    nearer[:, :, :2] = matrices[:, :, :2] * step
    nearer[:, :, 2] += matrices[:, :, :2] @ (low + 0.5 * step - 0.5)
    return nearer


def inside(
    width: int, height: int, landmarks: Floats, template: Floats, size: int, steps: int = 12
) -> Floats:
    """The share of each aligned crop that lies inside the picture, float32 [N] in 0..1.

    width, height: of the picture in px. The others as for `align`. Sampled on a grid of
    steps x steps points.
    """
    grid = (np.arange(steps) + 0.5) * size / steps
    points = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(1, -1, 2)
    seen = moved(points, inverses(similarity_transforms(landmarks, template)))
    covered = ((seen >= 0) & (seen < (width, height))).all(axis=2)
    shares: Floats = covered.mean(axis=1).astype(np.float32)
    return shares


def align(pixels: Pixels, landmarks: Floats, template: Floats, size: int) -> Pixels:
    """Aligned crops of the faces of one picture.

    pixels: uint8 [h, w, 3]. landmarks: float32 [N, 5, 2] in px of `pixels`. template:
    float32 [5, 2], where the five points belong in a crop of `size` px.
    Gives uint8 [N, size, size, 3]; what lies outside the picture is black.
    """
    crops = np.zeros((len(landmarks), size, size, 3), np.uint8)
    matrices = similarity_transforms(landmarks, template)
    for crop, matrix in zip(crops, matrices, strict=True):
        crop[...] = warp(pixels, matrix, size)
    return crops
