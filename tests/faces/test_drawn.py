"""Faces that somebody drew: the same face as the detector's, where it finds one too."""

from __future__ import annotations

import numpy as np

from facecluster.config import ReadConfig
from facecluster.distances import paired_distances
from facecluster.faces.drawn import WITHIN, drawn_faces
from facecluster.records import Picture


def test_landmarks_lie_within_the_box() -> None:
    found = drawn_faces(np.array([[10, 20, 100, 200], [0, 0, 10, 10]], np.float32))
    wanted = np.array([[10 + 100 * x, 20 + 200 * y] for x, y in WITHIN])
    assert np.abs(found.landmarks[0] - wanted).max() < 1e-3
    assert (found.landmarks >= found.boxes[:, None, :2]).all()


def test_a_box_by_hand_gives_the_face_that_is_there(astronaut, open_models) -> None:
    picture = Picture(astronaut, astronaut.shape[1], astronaut.shape[0])
    reader = open_models(ReadConfig())
    found = reader.faces(picture)
    box = found.detections.boxes[:1].copy()
    box += box[:, [2, 3, 2, 3]] * [-0.08, 0.05, 0.1, -0.06]  # as a hand draws it
    drawn = reader.drawn(picture, box.astype(np.float32))
    gap = paired_distances(found.embeddings[:1], drawn.embeddings)
    assert gap[0] < reader.embedder.spec.distance / 4
    nobody = reader.drawn(picture, np.array([[5, 5, 60, 60]], np.float32))
    away = paired_distances(found.embeddings[:1], nobody.embeddings)
    assert away[0] > reader.embedder.spec.distance
