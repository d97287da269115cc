"""The detector on real pictures, and non-maximum suppression against a loop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from facecluster.faces.detect import (
    DETECTION,
    LOOKS,
    Detector,
    DetectorTuning,
    Looks,
    non_maximum_suppression,
)
from facecluster.records import Picture
from tests.support.pictures import picture


def slow_suppression(boxes: np.ndarray, scores: np.ndarray, limit: float) -> list[int]:
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], boxes[i, 0], boxes[i, 1]))
    kept: list[int] = []
    for i in order:
        if all(overlap(boxes[i], boxes[j]) <= limit for j in kept):
            kept.append(i)
    return kept


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(width, 0) * max(height, 0)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


@given(arrays.arrays(np.float32, (9, 4), elements=st.integers(1, 40).map(float)), st.data())
@settings(max_examples=80)
def test_suppression_is_its_definition(boxes: np.ndarray, data: st.DataObject) -> None:
    scores = np.array(data.draw(st.permutations(range(1, 10))), np.float32) / 10
    kept = non_maximum_suppression(boxes, scores, 0.3)
    assert kept.tolist() == slow_suppression(boxes, scores, 0.3)


def test_equal_scores_have_one_answer() -> None:
    boxes = np.array([[5, 0, 10, 10], [4, 0, 10, 10], [90, 0, 10, 10]], np.float32)
    scores = np.full(3, 0.9, np.float32)
    assert non_maximum_suppression(boxes, scores).tolist() == [1, 2]
    assert non_maximum_suppression(boxes[:0], scores[:0]).tolist() == []


def test_one_face_with_its_points_in_place(detector: Detector, astronaut: np.ndarray) -> None:
    found = detector.detect(picture(astronaut))
    assert len(found) == 1
    assert found.scores[0] > 0.85
    right, left, nose, mouth_right, mouth_left = found.landmarks[0]
    # Eyes and mouth corners as a person looking at the picture sees them.
    assert right[0] < nose[0] < left[0]
    assert mouth_right[0] < mouth_left[0]
    assert max(right[1], left[1]) < nose[1] < min(mouth_right[1], mouth_left[1])
    x, y, width, height = found.boxes[0]
    assert (found.landmarks[0] > [x, y]).all()
    assert (found.landmarks[0] < [x + width, y + height]).all()


def test_two_faces_and_none(detector, astronaut, hopper) -> None:
    both = np.concatenate([astronaut, hopper[:512]], axis=1)
    assert len(detector.detect(picture(both))) == 2
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert len(detector.detect(picture(noise))) == 0


def test_boxes_are_in_photo_px_whatever_was_decoded(detector, astronaut) -> None:
    whole = detector.detect(picture(astronaut))
    half = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    small = detector.detect(Picture(half, 512, 512))
    assert small.boxes[0] == pytest.approx(whole.boxes[0], abs=10)
    assert small.landmarks[0] == pytest.approx(whole.landmarks[0], abs=8)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (2000, 1), (33, 31), (512, 97)])
def test_any_shape_goes_through(detector, shape) -> None:
    found = detector.detect(picture(np.full((*shape, 3), 90, np.uint8)))
    assert len(found) == 0


@pytest.mark.parametrize("detail", list(LOOKS))
def test_small_faces_need_detail(detail, astronaut) -> None:
    """A face of 1/60 of the long side is found at normal and high detail."""
    small = cv2.resize(astronaut, (181, 181), interpolation=cv2.INTER_AREA)  # face about 33 px
    canvas = np.full((1500, 2000, 3), 120, np.uint8)
    canvas[600:781, 900:1081] = small
    found = Detector(detail, "cpu").detect(picture(canvas))
    if detail != "fast":
        assert len(found) == 1
        assert found.boxes[0, 2] < 2000 / 50


@pytest.mark.parametrize("detail", list(LOOKS))
@pytest.mark.parametrize("side", [400, 1600])
def test_a_face_that_fills_the_photo_is_found(detail, side, astronaut) -> None:
    close = cv2.resize(astronaut[58:198, 155:295], (side, side), interpolation=cv2.INTER_CUBIC)
    found = Detector(detail, "cpu").detect(picture(close))
    assert len(found) == 1
    assert found.boxes[0, 3] > 0.6 * side


def test_threads_share_one_session(detector, astronaut, hopper) -> None:
    wanted = [detector.detect(picture(p)).boxes for p in (astronaut, hopper)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(detector.detect, [picture(astronaut), picture(hopper)] * 6))
    for i, faces in enumerate(found):
        assert np.array_equal(faces.boxes, wanted[i % 2])


@pytest.mark.realdata
def test_counts_are_right_within_one(detector, shared_data) -> None:
    from facecluster.photos.read import decode, load

    right = {}
    for path in sorted((shared_data / "photos" / "counts").glob("*.jpg")):
        tail = path.stem.split("_")[1]
        wanted = int(tail) if tail.isdigit() else 1
        found = len(detector.detect(decode(load(path), 1600)))
        right[path.name] = abs(found - wanted) <= 1
    assert len(right) == 18
    assert sum(right.values()) >= 16, [name for name, good in right.items() if not good]


def test_the_id_names_all_that_decides_which_faces_are_found() -> None:
    """Indexes hold it: the shipped tuning must never change it, and another one always."""
    ids = {detail: Detector(detail, "cpu").id for detail in LOOKS}
    model = Detector(device="cpu").model_id
    assert ids == {
        "fast": f"{model}@640+640",
        "normal": f"{model}@640+1600",
        "high": f"{model}@1600+1600",
    }
    for field in fields(DetectorTuning):
        tuning = replace(DETECTION, **{field.name: getattr(DETECTION, field.name) * 2})
        assert Detector(device="cpu", tuning=tuning).id not in ids.values()
    assert Detector(device="cpu", looks=Looks(800, 900)).id == f"{model}@800+900"


def test_a_stricter_score_finds_the_surest_of_the_same_faces(astronaut, hopper) -> None:
    both = picture(np.concatenate([astronaut, hopper[:512]], axis=1))
    found = Detector(device="cpu").detect(both)
    between = float(found.scores.mean())
    strict = Detector(device="cpu", tuning=DetectorTuning(score=between)).detect(both)
    assert np.array_equal(strict.boxes, found.boxes[found.scores >= between])
    assert 0 < len(strict) < len(found)
