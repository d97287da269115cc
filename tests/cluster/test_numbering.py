"""Which groups are people, by loops."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.numbering import number_people, without_overrun


@pytest.mark.parametrize("min_photos", [0, 1, 2, 4])
def test_people_come_by_photos_then_faces_then_first_face(rng, min_photos: int) -> None:
    labels = rng.integers(-1, 12, 60).astype(np.int32)
    photo = rng.integers(0, 9, 60).astype(np.int32)
    groups = []
    for group in set(labels.tolist()) - {-1}:
        rows = np.nonzero(labels == group)[0]
        photos = len(set(photo[rows].tolist()))
        if photos >= min_photos:
            groups.append((-photos, -len(rows), rows[0], group))
    wanted = {group: number for number, (*_, group) in enumerate(sorted(groups))}
    found = number_people(labels, photo, min_photos)
    assert found.tolist() == [wanted.get(label, -1) for label in labels.tolist()]


def test_who_drew_too_many_dissolves(rng) -> None:
    built = rng.integers(-1, 6, 80).astype(np.int32)
    free = built < 0
    labels = built.copy()
    labels[free] = rng.choice([-1, 0, 1, 1, 1, 2, 7], free.sum())
    for most in (0.0, 0.3, 1.0, 5.0):
        wanted = [
            label
            if label >= 0
            and (labels == label).sum() - (built == label).sum() <= most * (built == label).sum()
            else -1
            for label in labels.tolist()
        ]
        assert without_overrun(built, labels, most).tolist() == wanted


def test_nobody() -> None:
    nobody = np.full(3, -1, np.int32)
    assert number_people(nobody, np.arange(3, dtype=np.int32), 2).tolist() == [-1] * 3
    assert without_overrun(nobody, nobody, 2.0).tolist() == [-1] * 3
