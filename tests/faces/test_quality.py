"""Quality falls with everything that hides who a face is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from facecluster.faces.quality import (
    FITTED,
    clarity,
    features,
    head_turn,
    quality,
)

FRONTAL = np.array([[[30, 40], [70, 40], [50, 62], [35, 80], [65, 80]]], np.float32)


def turned(by: float) -> np.ndarray:
    marks = FRONTAL.copy()
    marks[0, 2, 0] += by
    return marks


def test_head_turn_by_hand() -> None:
    assert head_turn(FRONTAL)[0] == 0
    assert head_turn(turned(10))[0] == pytest.approx(0.25)  # 10 px of 40 between the eyes
    assert head_turn(turned(-10))[0] == pytest.approx(0.25)
    assert head_turn(np.zeros((1, 5, 2), np.float32)).tolist() == [1]
    assert head_turn(np.empty((0, 5, 2), np.float32)).shape == (0,)


@pytest.mark.parametrize("angle", [0.3, 1.2, -2.5])
def test_head_turn_does_not_see_roll_or_size(angle: float) -> None:
    turn = 3.7 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    rolled = (turned(10) @ turn.T + [5, 9]).astype(np.float32)
    assert head_turn(rolled)[0] == pytest.approx(0.25, abs=1e-5)


def test_blur_lowers_sharpness_and_light_does_not(astronaut: np.ndarray) -> None:
    face = cv2.resize(astronaut[60:210, 150:300], (150, 150))
    soft = cv2.GaussianBlur(face, (0, 0), 4)
    dim = (face * 0.5).astype(np.uint8)
    sharp, blurred, dark = clarity(np.stack([face, soft, dim]), np.ones(3, np.float32))
    assert blurred[0] < sharp[0] - 1
    assert dark[0] == pytest.approx(sharp[0], abs=0.1)
    assert dark[1] == pytest.approx(sharp[1] - 2, abs=0.1)  # half the light, a quarter of variance


def test_an_empty_crop_is_defined() -> None:
    assert np.isfinite(clarity(np.zeros((1, 150, 150, 3), np.uint8), np.ones(1, np.float32))).all()
    assert clarity(np.zeros((0, 150, 150, 3), np.uint8), np.ones(0, np.float32)).shape == (0, 3)


def judge(score=0.93, size=90.0, sharp=-4.3, contrast=11.0, consistency=0.99, covered=1.0) -> float:
    one = lambda value: np.array([value], np.float32)  # noqa: E731
    clear = np.array([[sharp, contrast, covered]], np.float32)
    return float(quality(one(score), FRONTAL, one(size), clear, one(consistency))[0])


def test_each_harm_lowers_quality() -> None:
    good = judge()
    assert good > 0.95
    for harm in (
        {"score": 0.7},
        {"sharp": -9.0},
        {"contrast": 4.0},
        {"consistency": 0.95},
        {"covered": 0.5},
    ):
        assert judge(**harm) < good - 0.02, harm


def test_blurred_and_dark_faces_are_not_trusted() -> None:
    assert judge(sharp=-10.0, score=0.8, consistency=0.98) < 0.5
    assert judge(contrast=2.9, sharp=-3, score=0.74, consistency=0.981) < 0.85


def test_features_are_finite_at_the_edges() -> None:
    ones = np.ones(2, np.float32)
    seen = features(ones, ones * 0, ones, np.zeros((2, 3), np.float32), ones)
    assert np.isfinite(seen).all()
    assert seen.shape == (2, 7)


def test_an_unknown_embedder_is_judged_by_the_rest() -> None:
    one = np.ones(2, np.float32)
    clear = np.array([[-4.3, 11, 1], [-10, 11, 1]], np.float32)
    marks = np.repeat(FRONTAL, 2, axis=0)
    judged = quality(one * 0.93, marks, one * 90, clear, None)
    assert judged[0] == pytest.approx(judge(consistency=FITTED.usual_consistency), abs=1e-4)
    assert judged[1] < judged[0] - 0.1
