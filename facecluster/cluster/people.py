"""From faces to people: good faces form the groups, poor ones may join them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from facecluster.cluster.assign import Assigner
from facecluster.cluster.base import NOISE, Clusterer
from facecluster.cluster.confidence.chances import confidence
from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.cluster.methods.auto import WIDEST, Auto
from facecluster.cluster.methods.density import Density
from facecluster.cluster.methods.kmeans import UnitKMeans
from facecluster.cluster.rules import gaps_within, seats, sums, unit
from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.search.neighbours import nearest
from facecluster.cluster.strangers import Strangers
from facecluster.config import ClusterConfig
from facecluster.records import FaceTable, Floats, Grouping, Ints, Reason

TRUSTED = 0.93  # quality from which a face may build people
POOR_REACH = 1.0  # of the reach of good faces, for the others to join one ...
POOR_RATE = 1e-3  # ... and no farther than that share of strangers is
# Poor faces that join a person, for each face that built it. Blurred and hidden faces of strangers
# are near each other; who draws more of them than this is no person but the place where they meet.
MOST_POOR = 2.0
# Strangers that a face may expect within the distance of the methods that know only one.
EXPECTED = {"agglomerative": 1.5, "hdbscan": 1.0, "kmeans": 0.7}


def make_clusterer(config: ClusterConfig, strangers: Strangers, count: int) -> Clusterer:
    """The estimator that `config.method` names, for `count` faces.

    Where the user gave a distance, it is taken as it is; `Auto` moves all of its thresholds with
    it. Otherwise the distance is the one within which a face may expect EXPECTED
    strangers among that many.
    """
    given = config.distance
    if given is not None:
        strangers = strangers.wider(given / strangers.distance)
    if config.method == "auto":
        return Auto(strangers)
    expected = EXPECTED[config.method] / max(count, 1)
    rate = min(expected, WIDEST) * strangers.ease
    distance = strangers.limit(rate) if given is None else given
    if config.method == "kmeans":
        keep_all = config.people is not None and given is None
        return UnitKMeans(strangers, distance, config.people, keep_all, config.seed)
    if config.method == "hdbscan":
        return Density(distance, min_faces=config.min_photos)
    return AverageLinkage(distance)


def find_people(
    faces: FaceTable, quality: Floats, config: ClusterConfig, strangers: Strangers
) -> Grouping:
    """Group the faces of a library.

    quality: float32 [N] in 0..1. strangers: the false-accept table of the embedder.
    Faces below `config.min_face` are left out. Faces of at least TRUSTED quality form groups by
    `config.method`, of which those seen in `config.min_photos` photos are people. Whoever is left
    then joins the nearest person: a good face within the method's reach, a poor one within
    POOR_REACH of it and no farther than POOR_RATE allows. So a poor face never makes a person, and
    one that draws many of them dissolves.

    Numerical libraries run on one thread here, so that sums have one order and the result does not
    depend on the machine's cores.
    """
    large = faces.sizes >= config.min_face
    core = large & (quality >= TRUSTED)
    rule = None if config.allow_twice else faces.photo
    with threadpool_limits(limits=1):
        labels, clusterer = _placed(faces, core, large, rule, config, strangers)
        centres = unit(sums(labels, faces.embeddings))
        person, gaps = _nearest(faces.embeddings, centres, labels, large)
        # By the table itself, to which the chances were fitted, not as it is in this library.
        sure = confidence(labels, faces.embeddings, rule, strangers)
    reach = clusterer.reach_
    reasons = _reasons(labels, person, gaps, large, core, faces.photo, rule, reach)
    return Grouping(
        labels=labels,
        reasons=reasons,
        nearest=person,
        distance=gaps,
        quality=quality,
        core=core,
        threshold=reach,
        notes=clusterer.notes_ + _fewer(labels, config),
        confidence=sure,
    )


def _placed(
    faces: FaceTable,
    core: NDArray[np.bool_],
    large: NDArray[np.bool_],
    rule: Ints | None,
    config: ClusterConfig,
    strangers: Strangers,
) -> tuple[Ints, Clusterer]:
    """The person of each face, int32 [N], and the estimator that made the groups."""
    rows = np.nonzero(core)[0]
    good = faces.embeddings[rows]
    inside = None if rule is None else rule[rows]
    here = strangers.among(gaps_within(good, inside), len(rows))
    clusterer = make_clusterer(config, here, len(rows)).fit(good, inside)
    groups = np.full(len(faces), NOISE, np.int32)
    groups[rows] = clusterer.labels_
    groups = _number(groups, faces.photo, config.min_photos)
    assigner = Assigner(faces.embeddings, groups, rule)
    assigner.place(np.nonzero(core & (groups < 0))[0], clusterer.reach_)
    poor_reach = min(POOR_REACH * clusterer.reach_, here.limit(POOR_RATE))
    assigner.place(np.nonzero(large & ~core)[0], poor_reach)
    labels = _without_gatherings(groups, assigner.labels)
    return _number(labels, faces.photo, config.min_photos), clusterer


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
    seen = np.unique(seats(labels[placed], photo[placed]))
    photos = np.bincount(seen >> 32, minlength=groups)
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
    person = np.full(len(labels), -1, np.int32)
    gaps = np.full(len(labels), np.nan, np.float32)
    if not len(centres):
        return person, gaps
    alone = np.nonzero(wanted & (labels < 0))[0]
    found, places = nearest(embeddings[alone], centres)
    gaps[alone], person[alone] = found[:, 0], places[:, 0]
    placed = np.nonzero(wanted & (labels >= 0))[0]
    for part in blocks(len(placed)):
        rows = placed[part]
        person[rows] = labels[rows]
        gaps[rows] = 1 - np.einsum("nd,nd->n", embeddings[rows], centres[labels[rows]])
    return person, np.clip(gaps, 0, 2)


def _reasons(
    labels: Ints,
    person: Ints,
    gaps: Floats,
    large: NDArray[np.bool_],
    core: NDArray[np.bool_],
    photo: Ints,
    rule: Ints | None,
    distance: float,
) -> tuple[Reason, ...]:
    """Why each face belongs to nobody, in the order in which the rules strike."""
    members = (Reason.PLACED, Reason.SMALL, Reason.TWICE, Reason.ALONE, Reason.POOR)
    placed = labels >= 0
    twice = np.zeros(len(labels), bool)
    if rule is not None:
        close = np.nonzero(~placed & large & (gaps <= distance))[0]
        taken = seats(labels[placed], photo[placed])
        twice[close] = np.isin(seats(person[close], photo[close]), taken)
    found = np.select([placed, ~large, twice, core], [0, 1, 2, 3], 4)
    return tuple(members[code] for code in found.tolist())
