"""How sure a grouping is: chances for faces, for people, and for pairs of people.

Three logistic models of the evidence beside this file, fitted by `python -m fitting.confidence` on
people whose names are known and judged on others (docs/quality.md).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.confidence.face_evidence import face_evidence
from facecluster.cluster.confidence.features import Features
from facecluster.cluster.confidence.pair_evidence import pair_evidence
from facecluster.cluster.confidence.person_evidence import person_evidence
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.photo_rule import PHOTO, photo_keys, shared_photos
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

    labels: int32 [N], -1 where not placed. embeddings: float32 [N, D], scaled rows. photo:
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
    found = pairs_of_people(labels, embeddings, photo, curve, tuning)
    pairs, same = found.pairs, found.same
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -same))
    order = order[same[order] >= weights.least]
    return Confidence(faces, people, pairs[order].astype(np.int32), same[order])


class Pairs(NamedTuple):
    """Pairs of people who could be one, int64 [Q, 2]. alike: the chance that they are, float32 [Q],
    by all but the photos that show both; shared: how many these are, and fewer: photos of the one
    who has fewer, int64 [Q]; same: the chance with them, float32 [Q]."""

    pairs: NDArray[np.int64]
    alike: Floats
    shared: NDArray[np.int64]
    fewer: NDArray[np.int64]
    same: Floats


def pairs_of_people(
    labels: Ints,
    embeddings: Floats,
    photo: Ints | None,
    curve: FalseAcceptCurve,
    tuning: Tuning = DEFAULT,
) -> Pairs:
    """Who could be one, and whether they are; the arguments as for `confidence`.

    Photos that show both speak against it and those of one alone for it, as much as
    `tuning.twice` says.
    """
    limits, search = tuning.evidence, tuning.search
    pairs, evidence = pair_evidence(labels, embeddings, None, curve, limits, search)
    alike, shared = chance(evidence, tuning.weights.pairs), np.zeros(len(pairs), np.int64)
    if photo is None or not len(pairs):
        return Pairs(pairs, alike, shared, shared, alike)
    placed = labels >= 0
    keys = np.unique(photo_keys(labels[placed], photo[placed]))
    groups, photos = (keys >> 32).astype(np.int32), (keys & PHOTO).astype(np.int32)
    one, other = pairs.T
    shared = shared_photos(one, other, groups, photos, search.blocks.photo_pairs)
    fewer = np.bincount(groups)[pairs].min(axis=1)
    same = tuning.twice.one_person(alike, shared, fewer)
    same = np.maximum(same, tuning.twice.all_the_same * alike).astype(np.float32)
    return Pairs(pairs, alike, shared, fewer, same)


def chance(evidence: Features, weights: tuple[float, ...]) -> Floats:
    """The logistic model: float64 [R, F] and F weights with an intercept give float32 [R]."""
    from scipy.special import expit  # in a function since start-up should not wait for it

    found: Floats = expit(evidence @ np.asarray(weights[:-1]) + weights[-1]).astype(np.float32)
    return found
