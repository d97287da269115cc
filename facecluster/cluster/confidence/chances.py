"""How sure a grouping is: chances for faces, for people, and for pairs of people.

Three logistic models of the evidence beside this file, fitted by `python -m fitting.confidence` on
people whose names are known and judged on others (docs/quality.md).
"""

from __future__ import annotations

import numpy as np

from facecluster.cluster.confidence.face_evidence import face_evidence
from facecluster.cluster.confidence.features import Features
from facecluster.cluster.confidence.pair_evidence import pair_evidence
from facecluster.cluster.confidence.person_evidence import person_evidence
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.records import Confidence, Floats, Ints


def confidence(
    labels: Ints,
    embeddings: Floats,
    photo: Ints | None,
    curve: FalseAcceptCurve,
    tuning: Tuning = DEFAULT,
) -> Confidence:
    """The chances of a finished grouping.

    labels: int32 [N], -1 where not placed. embeddings: float32 [N, D], unit rows. photo:
    int32 [N], None when one photo may show a person twice. curve: the model's false accepts.
    """
    weights, limits, search = tuning.weights, tuning.evidence, tuning.search
    faces = np.full(len(labels), np.nan, np.float32)
    if not (labels >= 0).any():
        nothing = np.empty(0, np.float32)
        return Confidence(faces, nothing, np.empty((0, 2), np.int32), nothing)
    evidence = face_evidence(labels, embeddings, curve, limits, search)
    faces[labels >= 0] = chance(evidence, weights.faces)
    people = chance(person_evidence(labels, embeddings, curve, limits), weights.people)
    pairs, evidence = pair_evidence(labels, embeddings, photo, curve, limits, search)
    same = chance(evidence, weights.pairs)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -same))
    order = order[same[order] >= weights.least]
    return Confidence(faces, people, pairs[order].astype(np.int32), same[order])


def chance(evidence: Features, weights: tuple[float, ...]) -> Floats:
    """The logistic model: float64 [R, F] and F weights with an intercept give float32 [R]."""
    from scipy.special import expit  # in a function since start-up should not wait for it

    found: Floats = expit(evidence @ np.asarray(weights[:-1]) + weights[-1]).astype(np.float32)
    return found
