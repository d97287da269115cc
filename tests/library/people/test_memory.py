"""Who was who is found again by picture and place, whatever photos are called by then."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from facecluster.identity import FaceKey, face_keys
from facecluster.library.people.memory import NOBODY, UNKNOWN, Memory
from facecluster.records import FaceTable, PhotoRow
from tests.support.made_albums import make_faces


def photos_of(count: int) -> list[PhotoRow]:
    return [
        PhotoRow(f"{n}.jpg", f"{n:032x}", 1, 800, 600, image=f"{n:032x}", orientation=1 + n % 8)
        for n in range(count)
    ]


@pytest.fixture
def library():
    """Three photos with two faces each, and one without."""
    return photos_of(4), make_faces([0, 0, 1, 1, 2, 2])


PEOPLE = np.array([1, 2, 1, NOBODY, 3, 2], np.int32)


def test_it_survives_its_bytes(library) -> None:
    memory = Memory.of(*library, PEOPLE, 7)
    again = Memory.unpack(memory.pack())
    assert again is not None
    assert (again.last, again.images, again.pictures) == (7, memory.images, memory.pictures)
    assert again.recalled(*library).tolist() == PEOPLE.tolist()
    assert len(again.pictures) == 4


@pytest.mark.parametrize("cut", [0, 1, 30, 200, -1])
def test_damage_is_nothing(library, cut) -> None:
    assert Memory.unpack(Memory.of(*library, PEOPLE, 7).pack()[:cut]) is None


def test_names_and_order_of_photos_do_not_matter(library) -> None:
    photos, faces = library
    memory = Memory.of(photos, faces, PEOPLE, 7)
    renamed = [replace(p, path=f"moved/{p.path}") for p in [*photos_of(5)[4:], *reversed(photos)]]
    table = replace(faces, photo=(len(renamed) - 1 - faces.photo).astype(np.int32))
    assert memory.recalled(renamed, table).tolist() == PEOPLE.tolist()


def test_new_faces_are_unknown(library) -> None:
    photos, faces = library
    first = FaceTable(**{f.name: getattr(faces, f.name)[:2] for f in fields(faces)})
    memory = Memory.of(photos[:1], first, PEOPLE[:2], 2)
    assert memory.recalled(photos, faces).tolist() == [1, 2, *[UNKNOWN] * 4]


def test_a_detector_that_draws_other_boxes_finds_them_too(library) -> None:
    """In another order, with one face more, and boxes moved by a tenth."""
    photos, faces = library
    memory = Memory.of(photos, faces, PEOPLE, 7)
    boxes = faces.boxes.copy()
    boxes[:, 0] += 0.1 * boxes[:, 2]
    boxes[0], boxes[1] = boxes[1].copy(), boxes[0].copy()
    boxes[2] += 3 * boxes[2, 2]  # elsewhere
    found = memory.recalled(photos, replace(faces, boxes=boxes)).tolist()
    assert found == [2, 1, UNKNOWN, NOBODY, 3, 2]


def test_from_the_keys_of_folders(library) -> None:
    keys = face_keys(*library)
    memory = Memory.of_keys({4: [keys[0], keys[2]], 2: [keys[5]]}, 3)
    assert memory.recalled(*library).tolist() == [4, UNKNOWN, 4, UNKNOWN, UNKNOWN, 2]
    assert memory.last == 4


def test_photos_that_are_away_are_remembered_for_a_while(library) -> None:
    photos, faces = library
    before = Memory.of(photos, faces, PEOPLE, 7, day=100)
    here = FaceTable(**{f.name: getattr(faces, f.name)[:2] for f in fields(faces)})
    for day, known in ((100, True), (189, True), (190, False)):
        less = Memory.of(photos[:1], here, PEOPLE[:2], 7, day).after(before, day)
        again = Memory.unpack(less.pack())
        assert again is not None
        wanted = PEOPLE.tolist() if known else [1, 2, *[UNKNOWN] * 4]
        assert again.recalled(photos, faces).tolist() == wanted
    # Counted from the newest run that saw them.
    kept = Memory.of(photos[:1], here, PEOPLE[:2], 7, 150).after(before, 150)
    assert kept.after(before, 150) == kept or kept.seen.tolist() == [150, 100, 100]


def test_it_checks_itself() -> None:
    with pytest.raises(ValueError, match="starts"):
        Memory(
            (), PEOPLE[:0], np.array([1]), np.empty((0, 4), np.float32), PEOPLE[:0], frozenset(), 0
        )
    assert Memory.of_keys({1: [FaceKey.of("ab" * 16, (0, 0, 0.1, 0.1))]}, 0).last == 1
