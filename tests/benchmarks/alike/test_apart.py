"""An album of strangers, judged by hand-made folders; and which of them are one picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.alike.apart import folders
from benchmarks.alike.kinds import Label
from benchmarks.alike.strangers import Strangers, first_of_each
from facecluster.evaluate.grouping import middle_faces
from facecluster.records import Picture
from tests.support.labelled_albums import album_of

STEMS = [f"{n:03}_m_white_{n:03}" for n in (1, 2, 5, 20, 21, 22, 23, 70)]


@pytest.fixture
def shown() -> Strangers:
    """Eight strangers, two of them small children; every third has a second face in the corner."""
    album = album_of(dict.fromkeys(STEMS, 1), 3)
    main = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    return Strangers((Path(),) * 8, tuple(map(Label.of, STEMS)), album, main, 0)


def labels(shown: Strangers, people: list[int]) -> np.ndarray:
    """Of each middle face, and one person of all others."""
    found = np.full(len(shown.album.faces), 9, np.int32)
    found[shown.main] = people
    return found


def test_everybody_apart_is_right(shown: Strangers) -> None:
    for people in ([-1] * 8, list(range(8))):
        row = folders(shown, labels(shown, people))
        assert set(row.precision.values()) == {1.0}
        assert (row.folders, row.largest, row.all, row.faces) == (0, 1, 1.0, 8)
        assert set(row.placed.values()) == {0.0}


def test_precision_is_one_over_the_folder(shown: Strangers) -> None:
    row = folders(shown, labels(shown, [0, 0, 0, 0, 1, 1, -1, 2]))
    assert row.precision == {
        "0 to 2 years": 0.25,
        "3 to 9 years": 0.25,
        "white men": (0.25 + 0.5 + 0.5 + 1) / 4,
        "60 years and more": 1.0,
    }
    assert row.placed == {
        **{"0 to 2 years": 1.0, "3 to 9 years": 1.0},
        **{"white men": 0.75, "60 years and more": 0.0},
    }
    assert (row.folders, row.largest, row.sizes) == (2, 4, [4, 2])
    assert row.all == pytest.approx((4 * 0.25 + 2 * 0.5 + 2) / 8)


def test_a_picture_without_a_face_is_not_judged(shown: Strangers) -> None:
    main = shown.main.copy()
    main[0] = -1
    few = Strangers(shown.paths, shown.labels, shown.album, main, 0)
    people = np.zeros(len(shown.album.faces), np.int32)
    assert few.found.tolist() == list(range(1, 8))
    assert len(few.embeddings) == 7
    assert folders(few, people).largest == 7


def test_the_first_file_of_a_picture_stands_for_all(astronaut, hopper) -> None:
    def picture(pixels: np.ndarray) -> Picture:
        pixels = np.ascontiguousarray(pixels)
        return Picture(pixels, pixels.shape[1], pixels.shape[0])

    smaller = astronaut[::2, ::2]
    darker = (hopper * 0.7).astype(np.uint8)
    shown = [astronaut, hopper, smaller, darker, hopper[:, ::-1], smaller]
    assert first_of_each([picture(pixels) for pixels in shown]).tolist() == [0, 1, 4]
