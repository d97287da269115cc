"""A narrow picture is seen in pieces: each face as a whole in one of them, and once."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.base.narrow import NARROW
from facecluster.faces.find import Finder
from facecluster.faces.pieces import PIECES, cut, pieces, placed
from facecluster.records import Detections, Picture
from tests.support.pictures import picture


def blank(columns: int, rows: int) -> Picture:
    return Picture(np.broadcast_to(np.uint8(0), (rows, columns, 3)), columns, rows)


@pytest.mark.parametrize(
    "size", [(1600, 1200), (1200, 1600), (1600, 640), (640, 100), (1, 1), (9000, 60)]
)
def test_ordinary_and_small_pictures_are_one_piece(size: tuple[int, int]) -> None:
    (piece,) = pieces(blank(*size))
    assert piece.area == (0, 0, *size)
    everywhere = Detections(
        np.array([[-500, -500, 1, 1], [9000, 9000, 1, 1]], np.float32),
        np.zeros((2, 5, 2), np.float32),
        np.ones(2, np.float32),
    )
    assert len(placed(everywhere, piece, (size[1], size[0], 3))) == 2


@given(st.integers(NARROW.short, 3000), st.floats(2.6, 90), st.booleans(), st.data())
@settings(max_examples=60)
def test_every_face_is_whole_in_a_piece_that_counts_it(
    short: int, ratio: float, tall: bool, data: st.DataObject
) -> None:
    long = round(short * ratio)
    photo = blank(*((short, long) if tall else (long, short)))
    parts = pieces(photo)
    axis = 1 if tall else 0
    side = data.draw(st.floats(1, short * (1 - 2 * PIECES.slack)))
    start = data.draw(st.floats(0, long - side))
    middle = start + side / 2
    mine = [p for p in parts if p.own[0] <= middle <= p.own[1]]
    assert 1 <= len(mine) <= 2
    for part in mine:
        assert part.area[axis] - 0.5 <= start
        assert start + side <= part.area[2 + axis] + 0.5
    lengths = {p.area[2 + axis] - p.area[axis] for p in parts}
    assert max(lengths) - min(lengths) <= 1
    assert max(lengths) <= max(PIECES.least, NARROW.piece * short + 1)
    assert (
        cut(photo.pixels, parts[-1]).shape[1 - axis]
        == parts[-1].area[2 + axis] - parts[-1].area[axis]
    )


@pytest.mark.parametrize("tall", [False, True])
def test_faces_at_every_place_of_a_strip_are_found_once(detector, astronaut, tall: bool) -> None:
    """Faces of a fifth of the short side, closer to each other than pieces are."""
    rows, columns, step = 500, 5000, 310
    face = cv2.resize(astronaut[:260, 90:350], (220, 220), interpolation=cv2.INTER_AREA)
    strip = np.full((columns, rows, 3) if tall else (rows, columns, 3), 120, np.uint8)
    places = list(range(0, columns - 220, step))
    for number, along in enumerate(places):
        across = 20 + number * 37 % 250
        y, x = (along, across) if tall else (across, along)
        strip[y : y + 220, x : x + 220] = face
    found = Finder(detector).detect(picture(strip))
    assert len(found) == len(places)
    axis = 1 if tall else 0
    middles = np.sort(found.boxes[:, axis] + found.boxes[:, 2 + axis] / 2)
    assert middles == pytest.approx(np.array(places) + 110, abs=30)
