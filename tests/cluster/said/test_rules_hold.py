"""Whatever the method: what somebody said of faces holds in every grouping."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
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
