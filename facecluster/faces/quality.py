"""How far a face can be trusted: the chance that its embedding sits with its own person.

A logistic model of what is known of every face, fitted by `fitting/face_quality.py` on people with
many pictures, also made smaller, blurred, darkened and cut on purpose. What it predicts: whether
the face is nearer to the centre of its own person's other faces than to anybody else's.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facecluster.records import Floats, Pixels

# The embedders whose consistency the weight was fitted to; of another one it may mean anything.
FITTED_TO = frozenset({"dlib-resnet", "dlib-resnet-int8"})
SIZE_CEILING = 96.0  # px; beyond it a larger face says nothing more
CONSISTENCY_FLOOR = 1e-3
CLARITY_SIDE = 100  # px to which the middle of a crop is brought before it is judged
CLARITY_BLUR = 2.0  # px of that; finer structure than this is detail


@dataclass(frozen=True, slots=True)
class QualityWeights:
    """What each column of `features` adds to the logarithm of the odds, as printed by
    `python -m fitting.face_quality`.

    usual_consistency: the median of the shipped embedder on LFW; stands in where a face's own is
    not known.
    """

    consistency: float = 0.9287  # per bit
    score: float = 6.3809
    size: float = -0.3325  # per doubling of it
    turn: float = 0.5692  # per eye distance
    sharpness: float = 0.8596  # per doubling
    contrast: float = 0.3893  # per doubling
    inside: float = 5.8781
    intercept: float = -11.2216
    usual_consistency: float = 0.99


FITTED = QualityWeights()


def head_turn(landmarks: Floats) -> Floats:
    """How far the nose tip lies off the middle line of the face, in eye distances; 0 is frontal.

    landmarks: float32 [N, 5, 2]. Gives float32 [N], at least 0; about 0.25 for a half profile,
    above 0.5 towards a full one. Landmarks whose eyes coincide count as 1.
    """
    right, left, nose, mouth = (
        landmarks[:, 0],
        landmarks[:, 1],
        landmarks[:, 2],
        landmarks[:, 3:].mean(axis=1),
    )
    across = left - right
    squared = (across**2).sum(axis=1)
    middle = (right + left) / 4 + mouth / 2
    offset = np.abs(((nose - middle) * across).sum(axis=1))
    return np.where(squared > 0, offset / np.where(squared > 0, squared, 1), 1.0).astype(np.float32)


def clarity(crops: Pixels, inside: Floats) -> Floats:
    """Sharpness and contrast of aligned crops in doublings, and `inside` as it is: float32 [N, 3].

    Contrast is the variance of grey in the middle of the face; sharpness the share of it that a
    Gaussian blur takes away, so that it does not depend on the light. A blurred face keeps its
    consistency and much of its detector score, yet all blurred faces look alike to the embedder.
    crops: uint8 [N, S, S, 3] RGB. inside: float32 [N], the share of each that the photo covers.
    """
    found = np.zeros((len(crops), 3), np.float32)
    edge = crops.shape[1] // 6
    found[:, 2] = inside
    for row, crop in zip(found, crops, strict=True):
        middle = cv2.cvtColor(crop[edge:-edge, edge:-edge], cv2.COLOR_RGB2GRAY)
        grey = cv2.resize(middle, (CLARITY_SIDE, CLARITY_SIDE)).astype(np.float32)
        detail = grey - cv2.GaussianBlur(grey, (0, 0), CLARITY_BLUR)
        contrast = np.log2(grey.var() + 1e-3)
        row[:2] = np.log2((detail**2).mean() + 1e-3) - contrast, contrast
    return found


def features(
    scores: Floats, sizes: Floats, turns: Floats, clarity: Floats, consistency: Floats
) -> NDArray[np.float64]:
    """What the model looks at, float64 [N, 7]: consistency as bits, detector score, size in
    doublings, head turn, sharpness, contrast, share inside the photo.

    scores, sizes (px), turns, consistency: float32 [N]. clarity: float32 [N, 3]."""
    doubt = np.clip(1 - consistency.astype(np.float64), 0, 1) + CONSISTENCY_FLOOR
    doublings = np.log2(np.clip(sizes.astype(np.float64), 1, SIZE_CEILING))
    known = [-np.log2(doubt), scores, doublings, np.minimum(turns, 1), *clarity.T]
    return np.stack(known, axis=1)


def quality(
    scores: Floats,
    landmarks: Floats,
    sizes: Floats,
    clarity: Floats,
    consistency: Floats | None,
    weights: QualityWeights = FITTED,
) -> Floats:
    """The chance in 0..1 that each face can be trusted, float32 [N].

    scores: float32 [N] of the detector. landmarks: float32 [N, 5, 2]. sizes: float32 [N], the
    shorter side of the box in photo px. clarity: float32 [N, 3]. consistency: float32 [N] of an
    embedder in FITTED_TO, None for others: then the rest decides.
    """
    if consistency is None:
        consistency = np.full(len(scores), weights.usual_consistency, np.float32)
    seen = features(scores, sizes, head_turn(landmarks), clarity, consistency)
    logit = seen @ np.asarray(astuple(weights)[: seen.shape[1]]) + weights.intercept
    chance: Floats = (1 / (1 + np.exp(-np.clip(logit, -60, 60)))).astype(np.float32)
    return chance
