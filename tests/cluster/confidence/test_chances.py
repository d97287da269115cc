"""How sure a grouping is: chances by hand, and what must move them which way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from facecluster.cluster.confidence.chances import chance, confidence, pairs_of_people
from facecluster.cluster.confidence.face_evidence import face_evidence
from facecluster.cluster.confidence.pair_evidence import pair_evidence
from facecluster.cluster.confidence.person_evidence import person_evidence
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.tuning import ConfidenceWeights, Tuning, TwiceTuning
from tests.support.angles import at_angles

CURVE = FalseAcceptCurve(((1e-1, 0.19), (1e-2, 0.145), (1e-3, 0.118), (1e-4, 0.098)), 0.1)
WEIGHTS = ConfidenceWeights()


def test_the_logistic_model_by_hand() -> None:
    found = chance(np.array([[1.0, 2.0], [0, 0]]), (0.5, -1.0, 2.0))
    np.testing.assert_allclose(found, expit([0.5, 2.0]), rtol=1e-6)
    assert found.dtype == np.float32
    assert chance(np.array([[1e9], [-1e9]]), (1.0, 0.0)).tolist() == [1, pytest.approx(0)]


def test_chances_are_those_of_the_evidence(people) -> None:
    rows, truth = people([4, 6, 3, 2], spread=0.1)
    labels = np.where(truth == 3, -1, truth).astype(np.int32)
    photo = np.arange(len(labels), dtype=np.int32)
    found = confidence(labels, rows, photo, CURVE)
    placed = labels >= 0
    assert np.isnan(found.faces[~placed]).all()
    expected = chance(face_evidence(labels, rows, CURVE), WEIGHTS.faces)
    np.testing.assert_array_equal(found.faces[placed], expected)
    expected = chance(person_evidence(labels, rows, CURVE), WEIGHTS.people)
    np.testing.assert_array_equal(found.people, expected)


def test_pairs_come_surest_first_and_worth_a_look() -> None:
    labels = np.repeat(np.arange(5), 3).astype(np.int32)
    rows = at_angles(*(a + b for a in (0, 9, 20, 42, 170) for b in (0, 3, 6)))
    found = confidence(labels, rows, None, CURVE)
    every, evidence = pair_evidence(labels, rows, None, CURVE)
    sure = chance(evidence, WEIGHTS.pairs)
    assert 0 < len(found.pairs) < len(every)
    assert found.pairs[0].tolist() == [0, 1]
    assert (np.diff(found.same) <= 0).all()
    shown = {(a, b): s for (a, b), s in zip(found.pairs.tolist(), found.same, strict=True)}
    asked = {(a, b): s for (a, b), s in zip(every.tolist(), sure, strict=True)}
    assert shown == {pair: s for pair, s in asked.items() if s >= WEIGHTS.least}


def test_other_weights_give_other_chances(people) -> None:
    rows, labels = people([4, 6])
    flat = ConfidenceWeights(faces=(0.0,) * 7, people=(0.0,) * 6 + (60.0,), least=2.0)
    found = confidence(labels.astype(np.int32), rows, None, CURVE, Tuning(weights=flat))
    assert (found.faces == 0.5).all()
    assert (found.people == 1).all()
    assert found.pairs.shape == (0, 2)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_nobody_placed(count: int) -> None:
    labels = np.full(count, -1, np.int32)
    rows = at_angles(*range(count)).reshape(-1, 2)
    found = confidence(labels, rows, None, CURVE)
    assert np.isnan(found.faces).all()
    assert (len(found.faces), len(found.people), found.pairs.shape) == (count, 0, (0, 2))


def test_one_person() -> None:
    found = confidence(np.zeros(4, np.int32), at_angles(0, 1, 2, 3), None, CURVE)
    assert (found.people > 0.9).all()
    assert (found.faces > 0.9).all()
    assert found.pairs.shape == (0, 2)


def test_photos_that_show_both_speak_against_one_person() -> None:
    """The more of them the more; but who is alike in all else stays listed."""
    labels, rows = np.repeat(np.array([0, 1], np.int32), 10), at_angles(*range(10), *range(10))
    chances = []
    for shared in range(11):
        photo = np.concatenate([np.arange(10), np.arange(10) + 10 - shared]).astype(np.int32)
        found = confidence(labels, rows, photo, CURVE)
        assert found.pairs.tolist() == [[0, 1]]
        chances.append(float(found.same[0]))
    alone = confidence(labels, rows, None, CURVE).same[0]
    assert chances[0] == alone > 0.9
    assert chances[1] > 0.5
    assert sorted(chances[1:], reverse=True) == chances[1:]
    assert chances[-1] == pytest.approx(0.1 * alone, rel=1e-5)


@given(st.floats(0, 0.999), st.integers(1, 50), st.integers(0, 50))
def test_the_chance_of_one_person_by_bayes(alike: float, shared: int, alone: int) -> None:
    twice = TwiceTuning(surest=1.0)
    one = twice.shown_twice**shared * (1 - twice.shown_twice) ** alone * alike
    two = twice.together**shared * (1 - twice.together) ** alone * (1 - alike)
    photos = np.array([shared + alone])
    found = twice.one_person(np.array([alike]), np.array([shared]), photos)
    assert found[0] == pytest.approx(one / (one + two), rel=1e-6)
    assert TwiceTuning().one_person(np.ones(1), np.array([30]), np.array([30]))[0] < 1e-9
    assert twice.one_person(np.array([alike]), np.array([0]), photos).tolist() == [alike]


@pytest.mark.filterwarnings("error")
def test_thousands_of_photos_of_one_of_them() -> None:
    found = TwiceTuning().one_person(np.full(2, 0.6), np.array([1, 9000]), np.array([9001, 9001]))
    assert found.tolist() == [pytest.approx(1), 0]


def test_the_photos_of_a_pair_are_counted(people) -> None:
    rows, truth = people([6, 6], spread=0.01)
    rows[6:] = rows[:6]
    photo = np.array([0, 1, 2, 3, 4, 5, 0, 1, 6, 7, 8, 9], np.int32)
    found = pairs_of_people(truth.astype(np.int32), rows, photo, CURVE)
    assert (found.pairs.tolist(), found.shared.tolist()) == ([[0, 1]], [2])
    assert found.same[0] < found.alike[0]


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 40), st.floats(0, 40), st.integers(2, 6), st.integers(0, 5), st.floats(60, 180))
def test_a_nearer_face_is_never_less_sure(
    one: float, other: float, size: int, nobody: int, rest: float
) -> None:
    def sure(degrees: float) -> float:
        # Two people on axes of their own, so that only the distance to the own one changes.
        angle, away = np.radians(degrees), np.radians(rest)
        rows = np.zeros((size + 3 + nobody, 4), np.float32)
        rows[:size, 0] = 1
        rows[0, :2] = np.cos(angle), np.sin(angle)
        rows[size : size + 3, 2] = np.sin(away)
        rows[size : size + 3, 3] = np.cos(away)
        rows[size + 3 :, 3] = 1
        labels = np.array([0] * size + [1] * 3 + [-1] * nobody, np.int32)
        return float(confidence(labels, rows, None, CURVE).faces[0])

    near, far = sorted((one, other))
    assert sure(near) >= sure(far) - 1e-6


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 90), st.floats(0, 90), st.integers(1, 5), st.integers(1, 5))
def test_nearer_halves_are_never_less_sure_to_be_one(
    one: float, other: float, left: int, right: int
) -> None:
    def sure(degrees: float) -> float:
        rows = at_angles(*([0.0] * left + [degrees] * right))
        labels = np.zeros(left + right, np.int32)
        return float(confidence(labels, rows, None, CURVE).people[0])

    near, far = sorted((one, other))
    assert sure(near) >= sure(far) - 1e-6


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 40), st.floats(0, 40), st.integers(2, 5), st.integers(2, 5))
def test_nearer_people_are_never_less_sure_to_be_one(
    one: float, other: float, left: int, right: int
) -> None:
    def sure(degrees: float) -> float:
        rows = at_angles(*([0.0] * left + [degrees] * right))
        labels = np.array([0] * left + [1] * right, np.int32)
        same = confidence(labels, rows, None, CURVE).same
        return float(same[0]) if len(same) else 0.0

    near, far = sorted((one, other))
    assert sure(near) >= sure(far) - 1e-6
