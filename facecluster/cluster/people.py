"""From faces to people: good faces form the groups, poor ones may join them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from facecluster.cluster.assign import Assigner
from facecluster.cluster.base import NOISE, Clusterer
from facecluster.cluster.centroids import centres
from facecluster.cluster.confidence.chances import confidence
from facecluster.cluster.copies.sights import choose_sights
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.methods.choose import make_clusterer
from facecluster.cluster.numbering import number_people, without_overrun
from facecluster.cluster.photo_rule import gaps_within
from facecluster.cluster.reasons import reasons
from facecluster.cluster.said.copies import of_sights, split_sights
from facecluster.cluster.said.obeyed import obeyed, sure_of
from facecluster.cluster.said.start import sightings, start_groups
from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.search.limits import SearchLimits
from facecluster.cluster.search.neighbours import nearest
from facecluster.cluster.search.points import gaps_between, with_scale
from facecluster.cluster.tuning import DEFAULT, Tuning
from facecluster.cluster.twice.rule import TwiceRule
from facecluster.config import ClusterConfig
from facecluster.records import Copies, FaceTable, Floats, Grouping, Ints
from facecluster.rules import FaceRules


def find_people(
    faces: FaceTable,
    quality: Floats,
    config: ClusterConfig,
    curve: FalseAcceptCurve,
    tuning: Tuning = DEFAULT,
    copies: Copies | None = None,
    rules: FaceRules | None = None,
) -> Grouping:
    """Group the faces of a library.

    quality: float32 [N] in 0..1. curve: the false accepts of the embedder, made with
    `tuning.curve`. Faces below `config.min_face` are left out. Faces that `tuning.gate` trusts form
    groups by `config.method`, of which those seen in `config.min_photos` photos are people. Whoever
    is left then joins the nearest person: a good face within the method's reach, a poor one no
    farther than the gate allows. So a poor face never makes a person, and one that draws many of
    them dissolves.

    copies: which photos are copies of others. All copies of a photo count as one photo, and a face
    that they show again counts once; all of its copies then belong to the same person. rules: what
    somebody said of single faces, which every method obeys; None for nothing.

    Numerical libraries run on one thread here, so that sums have one order and the result does not
    depend on the machine's cores.
    """
    rules = rules or None
    large = faces.sizes >= config.min_face
    if rules is not None:
        large &= ~rules.ignored
    core = large & (quality >= tuning.gate.trusted)
    if copies is None:
        return _find(faces, quality, large, core, config, curve, tuning, rules)
    sights = copies if rules is None else split_sights(copies, rules)
    once = choose_sights(sights, large, quality, faces.sizes)
    rows, own = once.rows, once.faces(faces)
    said = None if rules is None else of_sights(rules, rows, once.member)
    found = _find(own, quality[rows], large[rows], core[rows], config, curve, tuning, said)
    return replace(once.everywhere(found, quality, core), copies=copies)


def _find(
    faces: FaceTable,
    quality: Floats,
    large: NDArray[np.bool_],
    core: NDArray[np.bool_],
    config: ClusterConfig,
    curve: FalseAcceptCurve,
    tuning: Tuning,
    rules: FaceRules | None,
) -> Grouping:
    """The grouping of faces of which none is another's copy."""
    rule = None if config.allow_twice else faces.photo
    with threadpool_limits(limits=1):
        labels, clusterer, rule = _placed(faces, core, large, rule, config, curve, tuning, rules)
        large = large | (labels >= 0)  # small faces too, where somebody said whose they are
        middles = centres(labels, faces.embeddings)
        person, gaps = _nearest(faces.embeddings, middles, labels, large, tuning.search)
        # By the model's own curve, to which the chances were fitted, not as it is in this library.
        sure = confidence(labels, faces.embeddings, rule, curve, tuning)
    if rules is not None:
        sure = sure_of(sure, labels, rules)
    reach = clusterer.reach_
    ignored = None if rules is None else rules.ignored
    return Grouping(
        labels=labels,
        reasons=reasons(labels, person, gaps, large, core, faces.photo, rule, reach, ignored),
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
    curve: FalseAcceptCurve,
    tuning: Tuning,
    rules: FaceRules | None,
) -> tuple[Ints, Clusterer, Ints | None]:
    """The person of each face, int32 [N], the estimator that made the groups, and the rule that
    held for them: photos that show somebody twice have none."""
    gate, search = tuning.gate, tuning.search
    kept = None if rules is None else rules.kept
    groups, clusterer, rule, here = _grouped(faces, core, rule, config, curve, tuning, rules)
    more = None
    if rules is not None:
        groups = obeyed(groups, rules, faces.embeddings, rule, found=False)
        more = sightings(rule, rules, faces.embeddings, np.arange(len(faces)))
    assigner = Assigner(faces.embeddings, groups, rule, gate.choices, search, more)
    assigner.place(np.nonzero(core & (groups < 0))[0], clusterer.reach_)
    poor_reach = min(gate.poor_reach * clusterer.reach_, here.limit(gate.poor_rate))
    assigner.place(np.nonzero(large & ~core)[0], poor_reach)
    labels = without_overrun(groups, assigner.labels, gate.most_poor, kept)
    if rules is not None:
        labels = obeyed(labels, rules, faces.embeddings, rule)
    return number_people(labels, faces.photo, config.min_photos, kept), clusterer, rule


def _grouped(
    faces: FaceTable,
    core: NDArray[np.bool_],
    rule: Ints | None,
    config: ClusterConfig,
    curve: FalseAcceptCurve,
    tuning: Tuning,
    rules: FaceRules | None,
) -> tuple[Ints, Clusterer, Ints | None, FalseAcceptCurve]:
    """The groups of the good faces, int32 [N], in as many rounds as photos are found that show
    somebody twice; the estimator, the rule, and the curve of this library."""
    rows, search = np.nonzero(core)[0], tuning.search
    good = faces.embeddings[rows]
    twice = None if rule is None else TwiceRule(faces.embeddings, rule, core, curve, tuning)
    groups, clusterer, here = np.full(len(faces), NOISE, np.int32), None, curve
    every = np.arange(len(faces))
    for _ in range(tuning.twice.rounds):
        rule = None if twice is None else twice.photo
        if twice is not None and clusterer is not None and len(rows) > tuning.twice.faces:
            more = None if rules is None else sightings(rule, rules, faces.embeddings, every)
            groups = twice.joined(groups, more)
        else:
            inside = None if rule is None else rule[rows]
            here = curve.among(gaps_within(good, inside, search.blocks.photo_faces), len(rows))
            clusterer = make_clusterer(config, here, len(rows), tuning)
            groups[:] = NOISE
            groups[rows] = _fitted(clusterer, faces.embeddings, rule, rows, rules)
        kept = None if rules is None else rules.kept
        groups = number_people(groups, faces.photo, config.min_photos, kept)
        if twice is None or not twice.learn(groups):
            break
    assert clusterer is not None
    return groups, clusterer, rule, here


def _fitted(
    clusterer: Clusterer,
    embeddings: Floats,
    photo: Ints | None,
    rows: NDArray[np.int64],
    rules: FaceRules | None,
) -> Ints:
    """The groups of the good faces `rows`, int32. embeddings, photo, rules: of all faces."""
    inside = None if photo is None else photo[rows]
    if rules is None:
        return clusterer.fit(embeddings[rows], inside).labels_
    more = sightings(photo, rules, embeddings, rows)
    return clusterer.fit(embeddings[rows], inside, start_groups(rules, rows), more).labels_


def _fewer(labels: Ints, config: ClusterConfig) -> tuple[str, ...]:
    """A sentence when fewer people are left than were asked for."""
    found = int(labels.max(initial=-1)) + 1
    if config.people is None or found >= config.people or not found:
        return ()
    return (
        f"k-means made {config.people} groups, of which {found} are people: the others were seen "
        f"in fewer than {config.min_photos} photos (--min-photos), or only with poor faces.",
    )


def _nearest(
    embeddings: Floats,
    middles: Floats,
    labels: Ints,
    wanted: NDArray[np.bool_],
    search: SearchLimits,
) -> tuple[Ints, Floats]:
    """Own person where placed, else the nearest; -1 and nan where there is nobody to compare."""
    person = np.full(len(labels), -1, np.int32)
    gaps = np.full(len(labels), np.nan, np.float32)
    if not len(middles):
        return person, gaps
    alone = np.nonzero(wanted & (labels < 0))[0]
    found, places = nearest(with_scale(embeddings[alone]), middles, limits=search)
    gaps[alone], person[alone] = found[:, 0], places[:, 0]
    placed = np.nonzero(wanted & (labels >= 0))[0]
    for part in blocks(len(placed), search.blocks.rows):
        rows = placed[part]
        person[rows] = labels[rows]
        gaps[rows] = gaps_between(with_scale(embeddings[rows]), middles[labels[rows]])
    return person, np.maximum(gaps, 0)
