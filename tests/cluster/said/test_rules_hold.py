"""Whatever the method: what somebody said of faces holds in every grouping."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.cluster.people import find_people
from facecluster.cluster.said.start import sightings, start_groups
from facecluster.cluster.tuning import DEFAULT
from facecluster.config import METHODS, ClusterConfig
from facecluster.records import Copies, FaceTable, Reason
from facecluster.rules import FaceRules
from tests.support.made_albums import make_faces

CURVE = FalseAcceptCurve(((1e-4, 0.04), (1e-3, 0.06), (1e-2, 0.1), (1e-1, 0.3)), 0.06)


def library(dice: np.random.Generator, people: int = 5, each: int = 5) -> FaceTable:
    """Faces around as many directions, two of them in each photo."""
    middles = dice.normal(size=(people, 16))
    vectors = np.repeat(middles, each, axis=0) + dice.normal(size=(people * each, 16)) * 0.25
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    order = dice.permutation(len(vectors))
    faces = make_faces((np.arange(len(vectors)) // 2).tolist(), dimension=16)
    return replace(faces, embeddings=vectors[order].astype(np.float32))


def rules_by_chance(dice: np.random.Generator, count: int) -> FaceRules:
    """Rules that do not contradict each other: drawn from a random truth."""
    truth = dice.integers(0, 4, count)
    same = np.where(dice.random(count) < 0.35, truth, -1).astype(np.int32)
    pairs = dice.integers(0, count, (6, 2))
    apart = pairs[truth[pairs[:, 0]] != truth[pairs[:, 1]]].astype(np.int32)
    kept = (same >= 0) & np.isin(truth, dice.integers(0, 4, 2))
    ignored = (dice.random(count) < 0.1) & (same < 0)
    return FaceRules(same, apart, ignored, kept)


def assert_obeyed(labels: np.ndarray, rules: FaceRules, photo: np.ndarray | None) -> None:
    assert (labels[rules.ignored] == -1).all()
    for number in np.unique(rules.same[rules.same >= 0]):
        members = labels[rules.same == number]
        assert len(set(members.tolist())) == 1
        if rules.kept[rules.same == number].any():
            assert members[0] >= 0
    named = {int(n): int(labels[rules.same == n][0])
             for n in np.unique(rules.same[rules.kept & (rules.same >= 0)])}  # fmt: skip
    assert len(set(named.values())) == len(named)
    for one, other in rules.apart.tolist():
        assert labels[one] < 0 or labels[one] != labels[other]
    if photo is not None:
        for row in np.nonzero(labels >= 0)[0]:
            others = (labels == labels[row]) & (photo == photo[row])
            others &= (rules.same != rules.same[row]) | (rules.same < 0)
            others[row] = False
            assert not others.any()


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
@example(seed=2109)  # hardly anybody was seen with anybody
def test_no_rule_is_ever_violated(method: str, twice: bool, seed: int) -> None:
    dice = np.random.default_rng(seed)
    faces = library(dice)
    rules = rules_by_chance(dice, len(faces))
    quality = dice.random(len(faces)).astype(np.float32)
    config = ClusterConfig(method=method, allow_twice=twice)
    found = find_people(faces, quality, config, CURVE, rules=rules)
    assert_obeyed(found.labels, rules, None if twice else faces.photo)
    for row, reason in enumerate(found.reasons):
        assert (reason is Reason.PLACED) == (found.labels[row] >= 0)
        assert (reason is Reason.IGNORED) == rules.ignored[row]


@pytest.mark.parametrize("method", METHODS)
def test_without_a_rule_nothing_changes(method: str) -> None:
    faces = library(np.random.default_rng(5), 6, 6)
    quality = np.ones(len(faces), np.float32)
    config = ClusterConfig(method=method)
    plain = find_people(faces, quality, config, CURVE)
    asked = find_people(faces, quality, config, CURVE, rules=FaceRules.none(faces))
    assert plain.labels.tolist() == asked.labels.tolist()
    assert plain.distance.tobytes() == asked.distance.tobytes()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_copies_follow_what_is_said_of_one_of_them(seed: int) -> None:
    dice = np.random.default_rng(seed)
    faces = library(dice, 4, 4)
    rules = rules_by_chance(dice, len(faces))
    sight = np.arange(len(faces), dtype=np.int32)
    for one, other in dice.integers(0, len(faces), (3, 2)):
        if faces.photo[one] != faces.photo[other]:
            sight[max(one, other)] = sight[min(one, other)]
    _, first = np.unique(faces.photo, return_index=True)
    copies = Copies(first[faces.photo].astype(np.int32), sight)
    quality = np.ones(len(faces), np.float32)
    found = find_people(faces, quality, ClusterConfig(), CURVE, copies=copies, rules=rules)
    # Copies that are joined join what is said of them, which may leave out and name one person.
    assert_obeyed(found.labels, rules, None)


def test_words_join_what_looks_unlike_and_part_what_looks_alike() -> None:
    """Two clear people of six photos each: one of them is said to be two, both to be one."""
    dice = np.random.default_rng(1)
    vectors = np.repeat(np.eye(2, 16), 6, axis=0) + dice.normal(size=(12, 16)) * 0.03
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    faces = replace(make_faces(range(12), dimension=16), embeddings=vectors.astype(np.float32))
    quality = np.ones(12, np.float32)
    nothing = FaceRules.none(faces)
    plain = find_people(faces, quality, ClusterConfig(), CURVE)
    assert plain.labels.tolist() == [0] * 6 + [1] * 6
    same = nothing.same.copy()
    same[[0, 6]] = 0
    joined = find_people(faces, quality, ClusterConfig(), CURVE, rules=replace(nothing, same=same))
    assert joined.labels[0] == joined.labels[6] >= 0
    apart = np.array([[0, 1]], np.int32)
    parted = find_people(
        faces, quality, ClusterConfig(), CURVE, rules=replace(nothing, apart=apart)
    )
    assert parted.labels[0] != parted.labels[1]
    assert (np.bincount(parted.labels[parted.labels >= 0]) >= 1).all()


def test_a_confirmed_face_is_a_person_though_alone_small_and_poor() -> None:
    faces = library(np.random.default_rng(2), 3, 4)
    quality = np.ones(len(faces), np.float32)
    quality[3] = 0.01
    nothing = FaceRules.none(faces)
    same, kept = nothing.same.copy(), nothing.kept.copy()
    same[3], kept[3] = 0, True
    config = ClusterConfig(min_face=10**6, min_photos=3)
    found = find_people(faces, quality, config, CURVE, rules=replace(nothing, same=same, kept=kept))
    assert found.labels.tolist() == [0 if row == 3 else -1 for row in range(len(faces))]
    assert found.confidence is not None
    assert found.confidence.faces[3] == 1


def cliques(labels: np.ndarray) -> np.ndarray:
    """Each label as the first row that has it: equal where the groups are."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.where(labels < 0, -1, first[inverse])


@pytest.mark.parametrize("method", ["auto", "agglomerative"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_neither_the_order_of_faces_nor_of_rules_matters(method: str, seed: int) -> None:
    dice = np.random.default_rng(seed)
    faces = library(dice)
    rules = rules_by_chance(dice, len(faces))
    quality = dice.random(len(faces)).astype(np.float32)
    order = dice.permutation(len(faces))
    place = np.argsort(order)
    turned = replace(faces, **{f.name: getattr(faces, f.name)[order] for f in fields(type(faces))})
    numbers = np.append(dice.permutation(4), -1).astype(np.int32)
    pairs = dice.permutation(place[rules.apart].astype(np.int32)[:, ::-1])
    said = FaceRules(numbers[rules.same[order]], pairs, rules.ignored[order], rules.kept[order])
    config = ClusterConfig(method=method)
    one = find_people(faces, quality, config, CURVE, rules=rules).labels
    other = find_people(turned, quality[order], config, CURVE, rules=said).labels[place]
    assert cliques(one).tolist() == cliques(other).tolist()


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_many_pairs_that_hold_already_change_nothing(method: str, seed: int) -> None:
    """However many are said of one face, it weighs no more in its group."""
    dice = np.random.default_rng(seed)
    faces = library(dice)
    quality = np.ones(len(faces), np.float32)
    config = ClusterConfig(method=method)
    plain = find_people(faces, quality, config, CURVE)
    face = int(np.argmax(plain.labels >= 0))
    others = np.nonzero(plain.labels != plain.labels[face])[0]
    pairs = np.stack([np.full(len(others), face), others], axis=1).astype(np.int32)
    rules = replace(FaceRules.none(faces), apart=np.repeat(pairs, 3, axis=0))
    found = find_people(faces, quality, config, CURVE, rules=rules)
    assert found.labels.tolist() == plain.labels.tolist()


@pytest.mark.parametrize("seed", [85, 154, 157, 187])  # the first with pairs to doubt; few have
def test_no_doubt_lists_people_who_are_apart(seed: int) -> None:
    dice = np.random.default_rng(seed)
    faces, quality = library(dice), np.ones(25, np.float32)
    least = replace(DEFAULT, weights=replace(DEFAULT.weights, least=0.0))
    plain = find_people(faces, quality, ClusterConfig(), CURVE, least)
    assert plain.confidence is not None
    assert len(plain.confidence.pairs) > 0
    rows = [int(np.argmax(plain.labels == person)) for person in plain.confidence.pairs[0]]
    apart = np.array([rows], np.int32)
    rules = replace(FaceRules.none(faces), apart=apart)
    found = find_people(faces, quality, ClusterConfig(), CURVE, least, rules=rules)
    assert found.confidence is not None
    gone = sorted(found.labels[rows].tolist())
    assert gone not in found.confidence.pairs.tolist()
    assert len(found.confidence.pairs) == len(plain.confidence.pairs) - 1


def by_a_loop(rows, same, apart, distance) -> np.ndarray:
    """Average linkage that begins with groups: always the nearest two that may."""
    groups = [list(np.nonzero(same == n)[0]) for n in np.unique(same[same >= 0])]
    groups += [[row] for row in np.nonzero(same < 0)[0]]
    apart = {frozenset(pair) for pair in apart.tolist()}
    gaps = 1 - rows.astype(np.float64) @ rows.T
    while True:
        options = [
            (np.mean([gaps[i, j] for i in a for j in b]), x, y)
            for x, a in enumerate(groups)
            for y, b in enumerate(groups[:x])
            if not any(frozenset((i, j)) in apart for i in a for j in b)
        ]
        if not options or min(options)[0] > distance:
            break
        _, x, y = min(options)
        groups[y] += groups.pop(x)
    labels = np.empty(len(rows), int)
    for number, group in enumerate(groups):
        labels[group] = number
    return cliques(labels)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), distance=st.floats(0.05, 0.9))
def test_average_linkage_that_begins_with_what_was_said(seed: int, distance: float) -> None:
    dice = np.random.default_rng(seed)
    faces = library(dice, 4, 5)
    rules = rules_by_chance(dice, len(faces))
    rows = np.arange(len(faces))
    more = sightings(None, rules, faces.embeddings, rows)
    named = [int(np.argmax(rules.same == n)) for n in np.unique(rules.same[rules.kept])]
    two = np.array([(a, b) for a in named for b in named if a < b]).reshape(-1, 2)
    apart = np.concatenate([rules.apart, two])
    model = AverageLinkage(distance)
    found = model.fit(faces.embeddings, None, start_groups(rules, rows), more).labels_
    wanted = by_a_loop(faces.embeddings, rules.same, apart, distance)
    assert cliques(found).tolist() == wanted.tolist()


def test_rules_check_themselves() -> None:
    same, nothing = np.full(3, -1, np.int32), np.zeros(3, bool)
    named = np.array([True, False, False])
    with pytest.raises(ValueError, match="number in same"):
        FaceRules(same, np.empty((0, 2), np.int32), nothing, named)
    for pair, said in (([1, 1], "from itself"), ([0, 3], "rows of 3"), ([-1, 0], "rows of 3")):
        with pytest.raises(ValueError, match=said):
            FaceRules(same, np.array([pair], np.int32), nothing, nothing)
    for odd in (np.zeros((2, 3), np.int32), np.zeros(2, np.int32)):
        with pytest.raises(ValueError, match="shape"):
            FaceRules(same, odd, nothing, nothing)
    with pytest.raises(ValueError, match="one entry per face"):
        FaceRules(same, np.empty((0, 2), np.int32), nothing, np.zeros(2, bool))
