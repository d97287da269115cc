"""Second looks: for faces that lie, stand on their head or fill the photo; the rest stays."""

from __future__ import annotations

from dataclasses import fields, replace

import cv2
import numpy as np
import pytest

from facecluster.faces.detect import LOOKS, Detector
from facecluster.faces.find import SECOND, Finder, SecondTuning, without_parts
from facecluster.faces.pieces import PIECES
from facecluster.faces.turned import quarters_of, turned, turned_back
from facecluster.records import Detections
from tests.support.pictures import picture


@pytest.fixture(scope="module")
def finder(detector: Detector) -> Finder:
    return Finder(detector)


def same(one: Detections, other: Detections) -> bool:
    return all(
        np.array_equal(getattr(one, n), getattr(other, n)) for n in ("boxes", "landmarks", "scores")
    )


@pytest.mark.parametrize("side", [150, 512, 1600])
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turned_faces_are_found_where_they_are(finder, astronaut, side, quarters) -> None:
    upright = cv2.resize(astronaut, (side, side), interpolation=cv2.INTER_AREA)
    there = finder.detect(picture(upright))
    found = finder.detect(picture(turned(upright, -quarters)))
    wanted = turned_back(there, quarters, upright.shape)
    assert len(found) == len(there) == 1
    assert found.boxes == pytest.approx(wanted.boxes, abs=0.03 * side)
    assert found.landmarks == pytest.approx(wanted.landmarks, abs=0.03 * side)
    assert quarters_of(found.landmarks) == [quarters]


def test_upright_photos_are_as_the_detector_sees_them(detector, finder, astronaut, hopper) -> None:
    for pixels in (astronaut, hopper, np.concatenate([astronaut, hopper[:512]], axis=1)):
        plain = detector.detect(picture(pixels))
        for way in ("auto", "always", "never"):
            assert same(Finder(detector, way).detect(picture(pixels)), plain), way


def test_never_turns_nothing(detector, astronaut) -> None:
    head = picture(turned(astronaut, 2))
    found = Finder(detector, "never").detect(head)
    assert same(found, detector.detect(head))


def test_always_finds_who_lies_beside_somebody_who_stands(detector, astronaut, hopper) -> None:
    both = picture(np.concatenate([turned(astronaut, 1), hopper[:512]], axis=1))
    assert sorted(quarters_of(Finder(detector, "always").detect(both).landmarks)) == [0, 3]
    assert len(Finder(detector, "auto").detect(both)) >= 1


@pytest.mark.parametrize("detail", list(LOOKS))
@pytest.mark.parametrize("side", [200, 320, 400, 500, 640, 700, 1000, 1600])
def test_a_close_up_is_found_at_any_size(detail, side, astronaut) -> None:
    close = cv2.resize(astronaut[75:185, 170:280], (side, side), interpolation=cv2.INTER_CUBIC)
    found = Finder(Detector(detail, "cpu")).detect(picture(close))
    assert len(found) == 1
    assert found.scores[0] > 0.85
    assert found.boxes[0, 3] > 0.6 * side


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_lying_close_up_is_found(finder, astronaut, quarters) -> None:
    close = cv2.resize(astronaut[75:185, 170:280], (900, 900), interpolation=cv2.INTER_CUBIC)
    found = finder.detect(picture(turned(close, -quarters)))
    assert len(found) == 1
    assert quarters_of(found.landmarks) == [quarters]


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (2000, 1), (33, 31), (97, 2900), (700, 500)])
def test_nothing_is_found_where_nothing_is(detector, shape) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    for pixels in (noise, np.full((*shape, 3), 90, np.uint8)):
        assert len(Finder(detector, "always").detect(picture(pixels))) == 0


def test_parts_of_a_surer_face_are_left_out() -> None:
    boxes = np.array(
        [[0, 0, 100, 100], [20, 20, 30, 20], [90, 90, 40, 40], [0, 0, 300, 300]], np.float32
    )
    scores = np.array([0.9, 0.8, 0.75, 0.7], np.float32)
    faces = Detections(boxes, np.zeros((4, 5, 2), np.float32), scores)
    assert without_parts(faces).boxes.tolist() == boxes[[0, 2, 3]].tolist()
    assert len(without_parts(Detections(boxes[:0], faces.landmarks[:0], scores[:0]))) == 0


def test_the_id_names_all_that_decides(detector) -> None:
    ids = {Finder(detector, way).id for way in ("auto", "always", "never")}
    for field in fields(SecondTuning):
        other = replace(SECOND, **{field.name: getattr(SECOND, field.name) * 2})
        ids.add(Finder(detector, tuning=other).id)
    ids.add(Finder(detector, cutting=replace(PIECES, overlap=0.5)).id)
    ids.add(Finder(Detector("high", "cpu")).id)
    assert len(ids) == 3 + len(fields(SecondTuning)) + 2
