"""A photo's faces are stored and cut by their refined landmarks."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.config import ReadConfig
from facecluster.faces.align import align
from facecluster.faces.portraits import Portraits
from facecluster.faces.refine import refine
from facecluster.reading import Reader
from facecluster.records import Picture


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(ReadConfig(device="cpu"))


def test_refined_landmarks_are_stored_and_embedded(reader, astronaut, hopper) -> None:
    both = np.concatenate([astronaut, hopper[:512]], axis=1)
    photo = Picture(both, 2048, 1024)  # decoded at half its size
    first = reader.detector.detect(photo)
    wanted = refine(reader.detector, photo, first)
    batch = reader.faces(photo)
    assert np.array_equal(batch.detections.landmarks, wanted.landmarks)
    assert np.abs(wanted.landmarks - first.landmarks).max() > 0.5
    assert np.array_equal(batch.detections.boxes, first.boxes)
    assert np.array_equal(batch.detections.scores, first.scores)
    spec = reader.embedder.spec
    marks = (wanted.landmarks / 2).astype(np.float32)
    crops = align(both, marks, np.asarray(spec.template, np.float32), spec.crop_size)
    assert np.array_equal(batch.embeddings, reader.embedder.embed(crops)[0])


def test_portraits_are_cut_alike(reader, astronaut) -> None:
    photo = Picture(astronaut, 512, 512)
    points = Portraits().landmarks(photo)
    assert points is not None
    assert np.array_equal(points, reader.faces(photo).detections.landmarks[0])
