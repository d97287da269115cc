"""Photos whose rule keeps apart groups that are one person by all other evidence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.confidence.chances import pairs_of_people
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.photo_rule import PHOTO, near_within, photo_keys
from facecluster.cluster.tuning import Tuning
from facecluster.records import Floats, Ints


class Contested(NamedTuple):
    """Photos, int64 [M]. twice: that show somebody twice; collages: that show many pieces of
    people. people: int32 [K], the person of each group, as pairs are one that only `twice` keep
    apart."""

    twice: NDArray[np.int64]
    collages: NDArray[np.int64]
    people: Ints


def contested(
    labels: Ints, embeddings: Floats, photo: Ints, curve: FalseAcceptCurve, tuning: Tuning
) -> Contested:
    """The photos that show somebody twice, as is likelier than two people.

    labels: int32 [N], -1 where not placed. embeddings: float32 [N, D], scaled rows. photo: int32
    [N]. curve: the model's false accepts. Two groups are more likely one person if few of their
    photos show both. So are they if few photos show twice whoever all groups that are alike make
    up: no two of many pieces meet often, even of twins who are in every photo together. A photo
    that shows many pieces of people is a collage however often they meet. Where no photo has two
    faces near each other, nothing else is looked at.
    """
    placed = np.nonzero(labels >= 0)[0]
    far, at_once = curve.limit(tuning.evidence.far), tuning.search.blocks.photo_faces
    if not len(near_within(embeddings[placed], photo[placed], far, at_once)[0]):
        nothing = np.empty(0, np.int64)
        alone = np.arange(int(labels.max(initial=-1)) + 1, dtype=np.int32)
        return Contested(nothing, nothing, alone)
    found, likely = pairs_of_people(labels, embeddings, photo, curve, tuning), tuning.twice.likely
    groups, photos, count = labels[placed], photo[placed], int(labels.max()) + 1
    alike = found.alike >= likely
    people = _joined(found.pairs[alike], count)
    twice, shown = (times[people[found.pairs[:, 0]]] for times in _meetings(people[groups], photos))
    whole = tuning.twice.one_person(found.alike, twice, shown)
    # Two faces of one photo are kept from nothing else.
    apart = (found.shared > 0) & (found.fewer > 1)
    likely_one = apart & (np.minimum(found.same, whole) >= likely)
    joined = _joined(found.pairs[likely_one], count)
    once, often = (_again(own, groups, photos) for own in (joined, people))
    return Contested(np.nonzero(once > 0)[0], np.nonzero(often >= tuning.twice.pieces)[0], joined)


def _joined(pairs: NDArray[np.int64], count: int) -> Ints:
    """The person of each of `count` groups, int32, where those of each pair are one."""
    from scipy import sparse  # in a function since start-up should not wait for it
    from scipy.sparse.csgraph import connected_components

    graph = sparse.csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), (count, count))
    people: Ints = connected_components(graph, directed=False)[1].astype(np.int32)
    return people


def _meetings(people: Ints, photos: Ints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """By person, the photos with several of its faces, and all of its photos, int64 [K] each.
    people, photos: int32 [M], those of each face."""
    keys, faces = np.unique(photo_keys(people, photos), return_counts=True)
    owner = keys >> 32
    return np.bincount(owner, weights=faces > 1).astype(np.int64), np.bincount(owner)


def _again(people: Ints, groups: Ints, photos: Ints) -> NDArray[np.int64]:
    """By photo, how many of the groups in it are of somebody who is in it already.

    people: int32 [K], the person of each group. groups, photos: int32 [M], those of each face.
    """
    once = [np.unique(photo_keys(own, photos)) & PHOTO for own in (groups, people[groups])]
    seen, different = (np.bincount(own, minlength=int(photos.max()) + 1) for own in once)
    return seen - different
