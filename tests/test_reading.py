"""A photo's faces are stored and cut by their refined landmarks."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.config import ReadConfig
from facecluster.faces.align import align
from facecluster.faces.portraits import Portraits
from facecluster.faces.refine import refine
from facecluster.faces.turned import turned
from facecluster.reading import Reader
from facecluster.records import Picture
from tests.support.pictures import picture


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(ReadConfig(device="cpu"))


def test_refined_landmarks_are_stored_and_embedded(reader, astronaut, hopper) -> None:
    both = np.concatenate([astronaut, hopper[:512]], axis=1)
    photo = Picture(both, 2048, 1024)  # decoded at half its size
    first = reader.finder.detect(photo)
    wanted = refine(reader.finder.detector, photo, first)
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


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_lying_face_has_the_embedding_of_an_upright_one(reader, astronaut, quarters) -> None:
    upright = reader.faces(picture(astronaut))
    lying = reader.faces(picture(turned(astronaut, quarters)))
    assert len(lying) == len(upright) == 1
    assert lying.embeddings[0] @ upright.embeddings[0] > 0.97
    assert lying.consistency[0] == pytest.approx(upright.consistency[0], abs=0.01)


def test_each_way_to_read_has_an_id_of_its_own() -> None:
    readers = [Reader(ReadConfig(device="cpu", turned=t)) for t in ("auto", "always", "never")]
    assert len({reader.id for reader in readers}) == 3
    auto, always, never = (reader.earlier for reader in readers)
    assert always is None  # it looks at every photo again
    assert auto == never
    assert auto is not None
    assert auto.id not in {reader.id for reader in readers}
