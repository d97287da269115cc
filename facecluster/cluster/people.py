"""From faces to people: good faces form the groups, poor ones may join them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from facecluster.cluster.agglomerative import AverageLinkage
from facecluster.cluster.assign import Assigner
from facecluster.cluster.base import NOISE, Clusterer
from facecluster.cluster.density import Density
from facecluster.cluster.graded import GradedLinkage
from facecluster.cluster.graph import blocks, cosine_distances
from facecluster.cluster.kmeans import UnitKMeans
from facecluster.cluster.rules import sums, unit
from facecluster.config import ClusterConfig
from facecluster.records import FaceTable, Floats, Grouping, Ints, Reason

TRUSTED = 0.9  # quality from which a face may build people
POOR_REACH = 0.9  # of the distance, for the others to join one
# Poor faces that join a person, for each face that built it. Blurred and hidden faces of strangers
# are near each other; who draws more of them than this is no person but the place where they meet.
MOST_POOR = 2.0


def make_clusterer(config: ClusterConfig, distance: float) -> Clusterer:
    """The estimator that `config.method` names, at `distance` (cosine)."""
    if config.method == "kmeans":
        limit = None if config.people is not None and config.distance is None else distance
        return UnitKMeans(limit, config.people, seed=config.seed)
    if config.method == "hdbscan":
        return Density(distance, min_faces=config.min_photos)
    if config.method == "agglomerative":
        return AverageLinkage(distance)
    return GradedLinkage(distance)


def find_people(
    faces: FaceTable, quality: Floats, config: ClusterConfig, model_distance: float
) -> Grouping:
    """Group the faces of a library.

    quality: float32 [N] in 0..1. model_distance: the default cosine distance of the embedder.
    Faces below `config.min_face` are left out. Faces of at least TRUSTED quality form groups by
    `config.method`, of which those seen in `config.min_photos` photos are people. Whoever is left
    then joins the nearest person: a good face within the distance, a poor one within POOR_REACH of
    it. So a poor face never makes a person, and one that draws many of them dissolves.

    Numerical libraries run on one thread here, so that sums have one order and the result does not
    depend on the machine's cores.
    """
    distance = model_distance if config.distance is None else config.distance
    large = faces.sizes >= config.min_face
    core = large & (quality >= TRUSTED)
    with threadpool_limits(limits=1):
        clusterer = make_clusterer(config, distance)
        rows = np.nonzero(core)[0]
        rule = None if config.allow_twice else faces.photo
        clusterer.fit(faces.embeddings[rows], None if rule is None else rule[rows])
        groups = np.full(len(faces), NOISE, np.int32)
        groups[rows] = clusterer.labels_
        groups = _number(groups, faces.photo, config.min_photos)
        assigner = Assigner(faces.embeddings, groups, rule)
        assigner.place(np.nonzero(core & (groups < 0))[0], distance)
        assigner.place(np.nonzero(large & ~core)[0], POOR_REACH * distance)
        labels = _without_gatherings(groups, assigner.labels)
        labels = _number(labels, faces.photo, config.min_photos)
        centres = unit(sums(labels, faces.embeddings))
        nearest, gaps = _nearest(faces.embeddings, centres, labels, large)
    reasons = _reasons(labels, nearest, gaps, large, core, faces.photo, rule, distance)
    return Grouping(
        labels=labels,
        reasons=reasons,
        nearest=nearest,
        distance=gaps,
        quality=quality,
        core=core,
        threshold=distance,
        notes=clusterer.notes_ + _fewer(labels, config),
    )


def _fewer(labels: Ints, config: ClusterConfig) -> tuple[str, ...]:
    """A sentence when fewer people are left than were asked for."""
    found = int(labels.max(initial=-1)) + 1
    if config.people is None or found >= config.people or not found:
        return ()
    return (
        f"k-means made {config.people} groups, of which {found} are people: the others were seen "
        f"in fewer than {config.min_photos} photos (--min-photos), or only with poor faces.",
    )


def _without_gatherings(built: Ints, labels: Ints) -> Ints:
    """Dissolve groups that drew too many faces. built: int32 [N], the groups before the leftover
    faces joined; labels: int32 [N], after."""
    count = int(labels.max(initial=-1)) + 1
    before = np.bincount(built[built >= 0], minlength=count)
    joined = np.bincount(labels[labels >= 0], minlength=count) - before
    gone = np.append(joined > MOST_POOR * before, False)  # the last entry serves noise
    kept: Ints = np.where(gone[labels], NOISE, labels).astype(np.int32)
    return kept


def _number(labels: Ints, photo: Ints, min_photos: int) -> Ints:
    """Dissolve groups in too few photos; number the rest, the one in most photos first."""
    groups = int(labels.max(initial=-1)) + 1
    placed = np.nonzero(labels >= 0)[0]
    seen = np.unique(np.stack([labels[placed], photo[placed]], axis=1), axis=0)
    photos = np.bincount(seen[:, 0], minlength=groups)
    members = np.bincount(labels[placed], minlength=groups)
    first = np.full(groups, len(labels))
    np.minimum.at(first, labels[placed], placed)
    kept = np.nonzero((photos >= max(min_photos, 1)) & (members > 0))[0]
    kept = kept[np.lexsort((first[kept], -members[kept], -photos[kept]))]
    rank = np.full(groups + 1, NOISE, np.int32)  # the last entry serves noise
    rank[kept] = np.arange(len(kept), dtype=np.int32)
    numbered: Ints = rank[labels]
    return numbered


def _nearest(
    embeddings: Floats, centres: Floats, labels: Ints, wanted: NDArray[np.bool_]
) -> tuple[Ints, Floats]:
    """Own person where placed, else the nearest; -1 and nan where there is nobody to compare."""
    nearest = np.full(len(labels), -1, np.int32)
    gaps = np.full(len(labels), np.nan, np.float32)
    if not len(centres):
        return nearest, gaps
    for rows in blocks(len(labels)):
        distances = cosine_distances(embeddings[rows], centres)
        own = labels[rows]
        best = np.where(own >= 0, own, distances.argmin(axis=1)).astype(np.int32)
        nearest[rows] = np.where(wanted[rows], best, -1)
        gaps[rows] = np.where(wanted[rows], distances[np.arange(len(own)), best], np.nan)
    return nearest, gaps


def _reasons(
    labels: Ints,
    nearest: Ints,
    gaps: Floats,
    large: NDArray[np.bool_],
    core: NDArray[np.bool_],
    photo: Ints,
    rule: Ints | None,
    distance: float,
) -> tuple[Reason, ...]:
    """Why each face belongs to nobody, in the order in which the rules strike."""
    taken = set(zip(labels[labels >= 0].tolist(), photo[labels >= 0].tolist(), strict=True))
    reasons = []
    for i, label in enumerate(labels.tolist()):
        if label >= 0:
            reasons.append(Reason.PLACED)
        elif not large[i]:
            reasons.append(Reason.SMALL)
        elif rule is not None and gaps[i] <= distance and (int(nearest[i]), int(photo[i])) in taken:
            reasons.append(Reason.TWICE)
        else:
            reasons.append(Reason.ALONE if core[i] else Reason.POOR)
    return tuple(reasons)
