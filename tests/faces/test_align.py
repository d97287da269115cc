"""The similarity transform against scikit-image and against points moved by hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.transform import SimilarityTransform

from facecluster.faces.align import align, inside, inverses, moved, similarity_transforms

TEMPLATE = np.array([(48, 45), (103, 46), (76, 77), (52, 101), (100, 102)], np.float32)


def one(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    return similarity_transforms(source[None], target)[0]


@given(
    scale=st.floats(0.05, 20),
    angle=st.floats(-np.pi, np.pi),
    shift=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
def test_a_known_motion_is_found_again(scale, angle, shift) -> None:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    there = TEMPLATE.astype(float) @ turn.T + shift
    matrix = one(TEMPLATE, there)
    assert matrix[:, :2] == pytest.approx(turn, abs=1e-6 * scale)
    assert matrix[:, 2] == pytest.approx(np.array(shift), abs=1e-4)


@given(seed=st.integers(0, 2**16), count=st.integers(2, 12))
@settings(max_examples=50)
def test_the_same_as_scikit_image(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    source, target = rng.normal(size=(2, count, 2)) * 50
    peer = SimilarityTransform.from_estimate(source, target)
    matrix = one(source, target)
    assert matrix == pytest.approx(peer.params[:2], rel=1e-6, abs=1e-6)


def test_points_that_ask_for_a_mirror_get_a_rotation() -> None:
    matrix = one(TEMPLATE * [-1, 1], TEMPLATE)
    assert np.linalg.det(matrix[:, :2]) > 0


def test_no_other_similarity_fits_better(rng) -> None:
    source = TEMPLATE + rng.normal(size=(5, 2)) * 4
    best = one(source, TEMPLATE)

    def miss(matrix: np.ndarray) -> float:
        return float(((source @ matrix[:, :2].T + matrix[:, 2] - TEMPLATE) ** 2).sum())

    for _ in range(200):
        a, b, x, y = rng.normal(size=4) * [1e-3, 1e-3, 0.2, 0.2]
        nearby = best + np.array([[a, -b, x], [b, a, y]])
        assert miss(nearby) >= miss(best)


def test_many_at_once_are_the_same_as_each_alone_and_lead_back(rng) -> None:
    many = (TEMPLATE + rng.normal(size=(7, 5, 2)) * 9).astype(np.float32)
    together = similarity_transforms(many, TEMPLATE)
    assert np.array_equal(together, np.stack([one(points, TEMPLATE) for points in many]))
    there = moved(many, together)
    slow = [points @ m[:, :2].T + m[:, 2] for points, m in zip(many, together, strict=True)]
    assert there == pytest.approx(np.stack(slow), abs=1e-9)
    assert moved(there, inverses(together)) == pytest.approx(many, abs=1e-9)


def test_points_in_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="coincide"):
        one(np.ones((5, 2), np.float32), TEMPLATE)


def test_an_upright_face_of_the_right_size_is_copied(rng) -> None:
    pixels = rng.integers(0, 256, (200, 220, 3), dtype=np.uint8)
    crop = align(pixels, TEMPLATE[None] + [30, 20], TEMPLATE, 150)[0]
    assert np.abs(crop.astype(int) - pixels[20:170, 30:180]).max() <= 1


@pytest.mark.parametrize("scale", [0.4, 1.0, 2.7, 6.3])
@pytest.mark.parametrize("angle", [0, 20, 90, 180])
def test_a_turned_and_scaled_face_comes_back(scale: float, angle: float) -> None:
    # A smooth drawing, so that sampling loses little whatever the scale.
    y, x = np.mgrid[:150, :150].astype(np.float32)
    face = np.stack([127 + 100 * np.sin(x / 20), 127 + 100 * np.cos(y / 25), x + y / 2], -1)
    face = np.clip(face, 0, 255).astype(np.uint8)
    side = int(150 * scale * 2)
    turn = cv2.getRotationMatrix2D((75, 75), angle, scale)
    turn[:, 2] += side / 2 - 75
    photo = cv2.warpAffine(face, turn, (side, side), flags=cv2.INTER_CUBIC)
    marks = (TEMPLATE @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
    crop = align(photo, marks[None], TEMPLATE, 150)[0]
    inside = slice(12, -12), slice(12, -12)
    assert np.abs(crop[inside].astype(int) - face[inside]).mean() < 3


def test_fine_stripes_become_grey_in_a_large_face() -> None:
    # Sampled without averaging, stripes of one px would stay black and white.
    photo = np.zeros((1500, 1500, 3), np.uint8)
    photo[:, ::2] = 255
    crop = align(photo, TEMPLATE[None] * 10, TEMPLATE, 150)[0]
    assert np.abs(crop[10:-10, 10:-10].astype(int) - 127).max() < 12


def test_what_lies_outside_the_photo_is_black(rng) -> None:
    pixels = np.full((100, 100, 3), 200, np.uint8)
    crops = align(pixels, TEMPLATE[None] - [75, 0], TEMPLATE, 150)
    assert crops[0, 10, 10].tolist() == [0, 0, 0]
    far = align(pixels, TEMPLATE[None] * 8 + [9000, 9000], TEMPLATE, 150)
    assert far.max() == 0


def test_the_share_inside_the_photo(rng) -> None:
    marks = TEMPLATE[None]
    assert inside(150, 150, marks, TEMPLATE, 150)[0] == 1
    assert inside(75, 150, marks, TEMPLATE, 150)[0] == pytest.approx(0.5)
    assert inside(150, 150, marks - [75, 75], TEMPLATE, 150)[0] == pytest.approx(0.25)
    assert inside(150, 150, marks + 9000, TEMPLATE, 150)[0] == 0
    assert inside(150, 150, marks[:0], TEMPLATE, 150).shape == (0,)
    # Against what the crop itself shows: outside is black.
    for _ in range(20):
        moved = (marks * rng.uniform(0.5, 3) + rng.uniform(-150, 150, 2)).astype(np.float32)
        crop = align(np.full((200, 260, 3), 255, np.uint8), moved, TEMPLATE, 150)[0]
        share = inside(260, 200, moved, TEMPLATE, 150, steps=50)[0]
        assert share == pytest.approx((crop[..., 0] > 127).mean(), abs=0.03)


def test_no_faces() -> None:
    crops = align(np.zeros((10, 10, 3), np.uint8), np.empty((0, 5, 2), np.float32), TEMPLATE, 112)
    assert crops.shape == (0, 112, 112, 3)
