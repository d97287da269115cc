"""Pictures made worse: what each kind must do to the pixels, and what it must leave alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.common import worsen
from benchmarks.common.worsen import KINDS, Face, Kind
from facecluster.records import Picture

NAMES = [kind.name for kind in KINDS]


@pytest.fixture
def face() -> Face:
    """Where the astronaut's face is, by hand, in px."""
    marks = [[200, 118], [242, 114], [224, 140], [206, 158], [246, 154]]
    return Face(np.array([175, 65, 96, 128], np.float32), np.array(marks, np.float32))


@pytest.fixture
def picture(astronaut: np.ndarray) -> Picture:
    return Picture(astronaut[:300, :400].copy(), 400, 300)


def family(name: str) -> list[Kind]:
    return [kind for kind in KINDS if kind.family == name]


def detail(picture: Picture) -> float:
    """Mean squared step from a pixel to the next one, both ways."""
    grey = picture.pixels.astype(float).mean(axis=2)
    return float((np.diff(grey, axis=0) ** 2).mean() + (np.diff(grey, axis=1) ** 2).mean())


def test_names_are_different() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_seeded_and_the_original_stays(kind: Kind, picture: Picture, face: Face) -> None:
    before = picture.pixels.copy()
    first, second = kind.apply(picture, face, 5), kind.apply(picture, face, 5)
    np.testing.assert_array_equal(first.pixels, second.pixels)
    np.testing.assert_array_equal(picture.pixels, before)
    assert first.scale == (1, 1)
    assert first.pixels.shape != before.shape or (first.pixels != before).any()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_only_small_and_cut_pictures_have_another_shape(kind, picture, face) -> None:
    worse = kind.apply(picture, face, 0)
    same = worse.pixels.shape == picture.pixels.shape
    assert same == (kind.family not in {"small", "cut by the edge"})


@pytest.mark.parametrize("name", ["out of focus", "moved", "coarse"])
def test_the_stronger_the_less_detail(name: str, picture: Picture, face: Face) -> None:
    left = [detail(picture)] + [detail(kind.apply(picture, face, 3)) for kind in family(name)]
    assert left == sorted(left, reverse=True)
    assert left[-1] < left[0] / 2


def test_light_is_the_share_that_is_left(picture: Picture, face: Face) -> None:
    bright = picture.pixels.mean(axis=2) > 100  # far from 0, where noise is clipped
    for kind in family("dark"):
        left = kind.apply(picture, face, 1).pixels[bright].mean() / picture.pixels[bright].mean()
        assert left == pytest.approx(kind.strength, abs=0.005)


@pytest.mark.parametrize("turn", [0, 30, -75, 180])
def test_the_bar_covers_the_eyes_and_nothing_far_from_them(turn: float, face: Face) -> None:
    middle = face.landmarks[:2].mean(axis=0).astype(np.float64)
    matrix = cv2.getRotationMatrix2D(middle.tolist(), turn, 1.0)
    marks = (face.landmarks @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    white = Picture(np.full((300, 400, 3), 255, np.uint8), 400, 300)
    eyes = float(np.linalg.norm(marks[1] - marks[0]))
    for kind in family("sunglasses"):
        dark = kind.apply(white, Face(face.box, marks), 0).pixels[..., 0] < 255
        for x, y in np.rint(marks[:2]).astype(int):
            assert dark[y - 2 : y + 3, x - 2 : x + 3].all()
        for x, y in np.rint(marks[3:]).astype(int):  # the mouth
            assert not dark[y, x]
        area = worsen.BAR_WIDTH * kind.strength * eyes**2
        assert dark.sum() == pytest.approx(area, rel=0.1)


@pytest.mark.parametrize("width", worsen.SMALL)
def test_small_faces_are_as_wide_as_asked(width: int, picture: Picture, face: Face) -> None:
    (kind,) = (kind for kind in family("small") if kind.strength == width)
    worse = kind.apply(picture, face, 0)
    assert face.width * worse.width / picture.width == pytest.approx(width, abs=0.2)
    tiny = Face(face.box / 8, face.landmarks / 8)  # smaller already
    assert kind.apply(picture, tiny, 0).pixels.shape == picture.pixels.shape


def test_every_edge_cuts_that_share_of_the_face(picture: Picture, face: Face) -> None:
    x, y, width, height = face.box
    for kind in family("cut by the edge"):
        shapes = {kind.apply(picture, face, seed).pixels.shape[:2] for seed in range(40)}
        share = kind.strength
        expected = {
            (300, 400 - round(x + width * share)),
            (300, round(x + width * (1 - share))),
            (300 - round(y + height * share), 400),
            (round(y + height * (1 - share)), 400),
        }
        assert shapes == expected


@pytest.mark.parametrize(("length", "angle"), [(0.4, 0.3), (5, 0), (12.5, 1.2), (30, 3.1)])
def test_motion_is_a_line_of_its_length(length: float, angle: float) -> None:
    kernel = worsen.line_kernel(length, angle)
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(kernel, kernel[::-1, ::-1], atol=1e-6)  # nothing is shifted
    rows, columns = np.nonzero(kernel)
    reach = np.hypot(np.ptp(rows), np.ptp(columns))
    assert reach == pytest.approx(length, abs=1.5)


def test_a_scaled_photo_is_worsened_at_the_size_of_its_pixels(picture, face) -> None:
    photo = Picture(picture.pixels, 1600, 1200)  # decoded at a quarter
    for kind in KINDS:
        worse = kind.apply(photo, face, 2)
        np.testing.assert_array_equal(worse.pixels, kind.apply(picture, face, 2).pixels)
        assert worse.scale == (1, 1)
