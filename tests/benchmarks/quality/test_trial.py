"""One trial: faces in another order, and groups that are not people."""

from __future__ import annotations

import numpy as np

from benchmarks.common.albums import Album
from benchmarks.common.grouping import by_first
from benchmarks.quality.trial import in_two_photos, shuffled


def test_shuffling_only_reorders(few: Album) -> None:
    order, faces = shuffled(few.faces, 7)
    assert order.tolist() != sorted(order)
    np.testing.assert_array_equal(faces.embeddings, few.faces.embeddings[order])
    together = few.faces.photo[order]
    np.testing.assert_array_equal(by_first(together), by_first(faces.photo))


def test_groups_of_one_photo_are_no_people() -> None:
    labels = np.array([7, 7, 3, 3, -1, 5])
    photo = np.array([0, 1, 2, 2, 3, 4], np.int32)
    np.testing.assert_array_equal(in_two_photos(labels, photo), [0, 0, -1, -1, -1, -1])
