"""What a run tells of itself: new photos, faces that moved, people who came and went."""

from __future__ import annotations

import numpy as np

from facecluster.library.people.differences import differences
from facecluster.library.people.memory import UNKNOWN, Memory
from facecluster.records import PhotoRow, Reason
from facecluster.report.records import Changes, Gain, Gone, Moved, Waiting
from tests.support.made_albums import make_faces, make_grouping

PHOTOS = [PhotoRow(f"{n}.jpg", f"{n:032x}", 1, 400, 300, image=f"{n:032x}") for n in range(7)]
FACES = make_faces([0, 1, 2, 3, 4, 5, 6])


def told(labels, ids, seen, people, names=None, waiting=()):
    """What is told after a run that had the first `seen` photos with these `people`."""
    reasons = [Reason.ALONE if label < 0 else Reason.PLACED for label in labels]
    before = Memory.of(PHOTOS[:seen], make_faces(range(seen)), np.array(people, np.int32), 5)
    whose = np.array([*people, *[UNKNOWN] * (7 - seen)], np.int32)
    grouping = make_grouping(labels, reasons)
    return differences(PHOTOS, FACES, grouping, ids, before, whose, names or {}, waiting)


def test_nothing_new_is_nothing_told() -> None:
    assert told([0, 0, 0, 1, 1, -1, -1], (3, 5), 7, [3, 3, 3, 5, 5, 0, 0]) is None


def test_new_photos_go_to_people_and_to_nobody() -> None:
    found = told([0, 0, 0, 1, 1, 0, -1], (3, 6), 3, [3, 3, 3])
    assert found == Changes(4, (Gain(6, 2), Gain(3, 1), Gain(None, 1)), appeared=(6,))


def test_faces_move() -> None:
    found = told([0, 0, 1, 1, 1, -1, 0], (3, 5), 7, [3, 3, 3, 5, 5, 5, 0])
    assert found is not None
    assert found.moved == (Moved(2, 3, 5), Moved(5, 5, None), Moved(6, None, 3))
    assert (found.new_photos, found.gains, found.gone) == (0, (), ())


def test_people_go_up_in_others_or_in_nothing() -> None:
    found = told([0, 0, 0, 0, 0, -1, -1], (3,), 7, [3, 3, 3, 4, 4, 5, 5], {5: "Zoë"})
    assert found is not None
    assert found.gone == (Gone(4, 3), Gone(5, None, "Zoë"))


def test_what_waits_is_told_every_time() -> None:
    waiting = (Waiting("ab@0,0,.1,.1", "x.jpg", "is Zoë"),)
    found = told([0] * 7, (3,), 7, [3] * 7, waiting=waiting)
    assert found == Changes(0, waiting=waiting)


def test_duplicates_and_broken_files_are_no_new_photos() -> None:
    rows = [*PHOTOS[:5], PHOTOS[5], PHOTOS[6]]
    rows[5] = PhotoRow("5.jpg", "", 1, problem="broken")
    rows[6] = PhotoRow("6.jpg", "6", 1, 4, 3, duplicate_of="0.jpg", image="6")
    whose, faces = np.full(5, 3, np.int32), make_faces(range(5))
    memory = Memory.of(PHOTOS[:5], faces, whose, 3)
    grouping = make_grouping([0] * 5, [Reason.PLACED] * 5)
    assert differences(rows, faces, grouping, (3,), memory, whose, {}) is None
