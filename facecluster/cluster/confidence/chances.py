"""How sure a grouping is: chances for faces, for people, and for pairs of people.

Three logistic models of the evidence in cluster/confidence/evidence.py, fitted by
`fitting/confidence.py` on people whose names are known and judged on others (docs/quality.md).
"""

from __future__ import annotations

import numpy as np

from facecluster.cluster.confidence.evidence import (
    Features,
    face_evidence,
    pair_evidence,
    person_evidence,
)
from facecluster.cluster.strangers import Strangers
from facecluster.records import Confidence, Floats, Ints

# Weights of the evidence in its order and the intercept, as `python -m fitting.confidence` prints
# them.
FACE = (2.013, -1.247, 0.641, 1.385, 0.484, -0.692, -3.719)
PERSON = (1.708, -1.447, 0.933, 4.476, 0.837, -1.002, -10.007)
PAIR = (5.328, -0.412, -1.237, -1.294, 0.734, -0.431, -5.516)
LEAST = 0.05  # chance from which a pair of people is worth a look


def confidence(
    labels: Ints, embeddings: Floats, photo: Ints | None, strangers: Strangers
) -> Confidence:
    """The chances of a finished grouping.

    labels: int32 [N], -1 where not placed. embeddings: float32 [N, D], unit rows. photo:
    int32 [N], None when one photo may show a person twice. strangers: the model's false-accept
    table.
    """
    faces = np.full(len(labels), np.nan, np.float32)
    if not (labels >= 0).any():
        nothing = np.empty(0, np.float32)
        return Confidence(faces, nothing, np.empty((0, 2), np.int32), nothing)
    faces[labels >= 0] = chance(face_evidence(labels, embeddings, strangers), FACE)
    people = chance(person_evidence(labels, embeddings, strangers), PERSON)
    pairs, evidence = pair_evidence(labels, embeddings, photo, strangers)
    same = chance(evidence, PAIR)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -same))
    order = order[same[order] >= LEAST]
    return Confidence(faces, people, pairs[order].astype(np.int32), same[order])


def chance(evidence: Features, weights: tuple[float, ...]) -> Floats:
    """The logistic model: float64 [R, F] and F weights with an intercept give float32 [R]."""
    logit = evidence @ np.asarray(weights[:-1]) + weights[-1]
    found: Floats = (1 / (1 + np.exp(-np.clip(logit, -60, 60)))).astype(np.float32)
    return found
