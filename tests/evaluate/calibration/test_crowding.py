"""How crowded faces are: against a loop, and that the fit brings kinds of people to one level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facecluster.distances import lengths, paired_distances
from facecluster.errors import FaceclusterError
from facecluster.evaluate.calibration.crowding import CROWDING, crowding, fit_crowding

# Smaller than the usual one, so that a fit takes a tenth of a second.
QUICK = replace(CROWDING, hidden=(16,), passes=60, exponent=0.75, steeper=1.0)


def people(count: int, seed: int, dimension: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Unit rows of strangers, and how widely each of them is spread around one common place: from
    children, who are all in the middle of it, to others."""
    rng = np.random.default_rng(seed)
    spread = rng.uniform(0.15, 1.2, count)
    kind = np.zeros((count, dimension))
    kind[:, 0], kind[:, 1] = 3, 2 * spread  # so that the place tells of the spread, as it does
    rows = kind + spread[:, None] * rng.normal(size=(count, dimension)) / 2
    return unit(rows), spread


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_crowding_is_the_mean_of_the_nearest_but_for_the_same_picture() -> None:
    faces, _ = people(60, 0)
    cohort = np.concatenate([people(300, 1)[0], faces[:20]])  # twenty are in it
    found = crowding(faces, cohort, 7)
    plain = 1 - cohort.astype(float) @ cohort.T
    same = CROWDING.duplicate * np.median(plain[np.triu_indices(len(cohort), 1)])
    for row, r in zip(faces, found, strict=True):
        apart = sorted(1 - float(row.astype(float) @ other) for other in cohort)
        assert r == pytest.approx(np.mean([d for d in apart if d >= same][:7]), rel=1e-3)


def test_a_face_whose_like_are_all_the_same_picture_has_a_number_still() -> None:
    faces = np.repeat(unit(np.eye(4)[:1] + 0.01), 30, axis=0)
    assert np.isfinite(np.log(crowding(faces, faces, 5))).all()


def test_fit_tells_the_crowding_of_people_it_never_saw() -> None:
    fitted = fit_crowding(people(600, 0)[0], people(100, 1)[0], "strangers of a test", QUICK)
    assert fitted.correlation > 0.8
    assert fitted.strangers == 600
    told = fitted.network.crowding
    assert (told.exponent, told.nearest, told.fitted_on) == (0.75, 5, "strangers of a test")
    unseen = people(300, 2)[0]
    measured = np.log(crowding(unseen, people(600, 0)[0], 5))
    assert np.corrcoef(fitted.network.log_crowding(unseen), measured)[0, 1] > 0.8
    wanted = (told.typical / np.exp(measured)) ** 0.375
    assert np.median(np.abs(np.log(fitted.network.scale(unseen) / wanted))) < 0.1


def test_usual_faces_keep_their_distances() -> None:
    strangers, spread = people(600, 0)
    children = strangers[spread < 0.4]
    for usual in (strangers[spread > 0.8], children):
        network = fit_crowding(strangers, usual, "x", QUICK).network
        assert np.median(network.scale(usual)) == pytest.approx(1, abs=0.01)


def test_strangers_of_all_kinds_come_nearer_to_each_other() -> None:
    """In how far apart they are on average; the larger the exponent, the more."""
    strangers, usual = people(600, 0)[0], people(200, 1)[0]

    def gap(rows: np.ndarray, spread: np.ndarray) -> float:
        def apart(kind: np.ndarray) -> float:
            first, second = np.triu_indices(int(kind.sum()), 1)
            return float(np.mean(paired_distances(rows[kind][first], rows[kind][second])))

        return float(np.log(apart(spread > 0.9) / apart(spread < 0.4)))

    rows, spread = people(500, 3)
    gaps = [gap(rows, spread)]
    for exponent in (0.25, 0.5, 0.75, 1.0):
        found = fit_crowding(strangers, usual, "x", replace(QUICK, exponent=exponent))
        gaps.append(gap(found.network.scaled(rows), spread))
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 1
    assert gaps[-1] < 0.5 * gaps[0]


def test_the_same_pictures_give_the_same_network_whatever_their_scale() -> None:
    strangers, usual = people(400, 0)[0], people(50, 1)[0]
    one = fit_crowding(strangers, usual, "x", QUICK)
    two = fit_crowding(one.network.scaled(strangers), one.network.scaled(usual), "x", QUICK)
    assert not (lengths(one.network.scaled(strangers)) == 1).all()
    rows = people(100, 2)[0]
    assert one.network.scale(rows) == pytest.approx(two.network.scale(rows), abs=0.02)
    assert one.correlation == pytest.approx(two.correlation, abs=0.02)


@pytest.mark.parametrize("count", [0, 1, CROWDING.fewest - 1])
def test_too_few_strangers_are_refused(count: int) -> None:
    with pytest.raises(FaceclusterError, match=r"crowd: too few to tell .* at least 200 pictures"):
        fit_crowding(people(count, 0)[0], people(10, 1)[0], "crowd")


def test_a_model_whose_faces_do_not_tell_is_refused() -> None:
    """All directions alike: what crowding there is, is chance."""
    rng = np.random.default_rng(0)
    rows = unit(rng.normal(size=(400, 64)))
    with pytest.raises(FaceclusterError, match=r"crowd: of no help, .*correlation -?0\.\d\d on"):
        fit_crowding(rows, rows[:50], "crowd", QUICK)


def test_a_model_that_says_the_same_of_all_is_refused() -> None:
    rows = np.repeat(unit(np.eye(8)[:1]), 300, axis=0)
    with pytest.raises(FaceclusterError, match=r"crowd: of no help, .*correlation nan"):
        fit_crowding(rows, rows[:5], "crowd", QUICK)
