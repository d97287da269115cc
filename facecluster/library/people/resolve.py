"""From names and corrections to the faces of a library: which of them each rule speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facecluster.identity import Box, FaceKey, face_boxes, overlap
from facecluster.library.people.making import RuleMaker
from facecluster.library.people.records import Anchor, Hint, People, Waiting
from facecluster.library.people.spoken import renamed, spoken
from facecluster.records import FaceTable, Ints, PhotoRow
from facecluster.rules import FaceRules


@dataclass(frozen=True, slots=True)
class Sameness:
    """When a face is the one that a rule speaks of.

    place: intersection over union of both boxes, in the same picture. distance: cosine, of unit
    rows, from the face that was there, in another file of the same name: re-encoded, halved,
    brightened or cropped faces came within 0.0085 of themselves, the nearest other one 0.026.
    """

    place: float = 0.5
    distance: float = 0.02


SAMENESS: Final = Sameness()


@dataclass(frozen=True, slots=True)
class Resolved:
    """rules: for the grouping. person: int32 [N], whose confirmed face each is, 0 for nobody's.
    rejected: by person, the rows that are not that person. rows: of the faces that rules speak of.
    waiting: rules whose face is not here. moved: faces that are called otherwise by now. people:
    with these entered, and with people whom only a hint names.
    """

    rules: FaceRules
    person: Ints
    rejected: Mapping[int, frozenset[int]]
    people: People
    rows: Mapping[FaceKey, int]
    waiting: tuple[Waiting, ...]
    moved: Mapping[FaceKey, FaceKey]


def resolve(
    people: People,
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    anchors: Sequence[Anchor] = (),
    hints: Sequence[Hint] = (),
    sameness: Sameness = SAMENESS,
) -> Resolved:
    """Find the face of each rule: by its picture and its place there; else, where the file of its
    photo holds another picture now, by what it looked like; else it waits."""
    keys = dict(spoken(people))
    confirmed = {key for person in people.people.values() for key in person.confirmed}
    rows = _by_place(keys, confirmed, photos, faces, sameness)
    found = _by_look(keys, confirmed, rows, photos, faces, anchors, sameness)
    moved = {key: new for key, (_, new) in found.items()}
    rows |= {new: row for row, new in found.values()}
    people = renamed(people, lambda key: moved.get(key, key)) if moved else people
    waiting = tuple(
        Waiting(key, people.paths.get(key, ""), what)
        for key, what in dict(spoken(people)).items()
        if key not in rows
    )
    made = RuleMaker(people, rows, len(faces)).made(hints, faces)
    return Resolved(*made, rows=rows, waiting=waiting, moved=moved)


def _by_place(
    keys: Iterable[FaceKey],
    confirmed: Set[FaceKey],
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    sameness: Sameness,
) -> dict[FaceKey, int]:
    """The rows of the faces in pictures that are here.

    confirmed: keys that say whose a face is. Two of them are two faces: the nearer one has it.
    """
    wanted: dict[str, list[FaceKey]] = {}
    for key in keys:
        wanted.setdefault(key.image, []).append(key)
    by_photo, boxes = _faces_of(
        {n for n, p in enumerate(photos) if p.image in wanted}, photos, faces
    )
    by_image: dict[str, list[int]] = {}
    for photo, mine in by_photo.items():
        by_image.setdefault(photos[photo].image, []).extend(mine)
    found: dict[FaceKey, int] = {}
    for image, mine in by_image.items():
        asked, taken = wanted[image], set[int]()
        shared = overlap(
            np.array([key.box for key in asked])[:, None], np.array([boxes[row] for row in mine])
        )
        for at in np.argsort(-shared, axis=None, kind="stable").tolist():
            which, best = divmod(at, len(mine))
            key = asked[which]
            if shared[which, best] < sameness.place:
                break
            if key in found or (key in confirmed and best in taken):
                continue
            found[key] = mine[best]
            if key in confirmed:
                taken.add(best)
    return found


def _by_look(
    keys: Iterable[FaceKey],
    confirmed: Set[FaceKey],
    rows: Mapping[FaceKey, int],
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    anchors: Sequence[Anchor],
    sameness: Sameness,
) -> dict[FaceKey, tuple[int, FaceKey]]:
    """For faces whose picture is not here: row and key of the one in the file at their path. Two
    of `confirmed` are two faces: the one that looks more like it has it."""
    images = {photo.image for photo in photos}  # a picture that is here has no such face
    kept = {anchor.key: anchor for anchor in anchors if anchor.key.image not in images}
    lost = [key for key in keys if key not in rows and key in kept]
    if not lost:
        return {}
    place = {photo.path: row for row, photo in enumerate(photos)}
    photo_of = {}
    for key in lost:
        if (row := place.get(kept[key].path)) is not None:
            twin = photos[row].duplicate_of
            photo_of[key] = row if twin is None else place[twin]
    by_photo, boxes = _faces_of({*photo_of.values()}, photos, faces)
    near: list[tuple[float, int, FaceKey]] = []
    for key, photo in photo_of.items():
        mine = by_photo.get(photo, [])
        if mine and faces.embeddings.shape[1] == len(kept[key].embedding):
            gaps = 1 - _unit(faces.embeddings[mine]) @ _unit(kept[key].embedding[None])[0]
            near += [(float(g), row, key) for g, row in zip(gaps, mine, strict=True)]
    found: dict[FaceKey, tuple[int, FaceKey]] = {}
    taken = {row for key, row in rows.items() if key in confirmed}
    for _, row, key in sorted(n for n in near if n[0] <= sameness.distance):
        if key not in found and not (key in confirmed and row in taken):
            found[key] = row, FaceKey.of(photos[int(faces.photo[row])].image, boxes[row])
            if key in confirmed:
                taken.add(row)
    return found


def _faces_of(
    wanted: Set[int], photos: Sequence[PhotoRow], faces: FaceTable
) -> tuple[dict[int, list[int]], dict[int, Box]]:
    """The rows of the faces of these photos, and the box of each as keys have it."""
    here = np.zeros(len(photos), np.bool_)
    here[[*wanted]] = True
    rows = np.nonzero(here[faces.photo])[0]
    by_photo: dict[int, list[int]] = {}
    for row, photo in zip(rows.tolist(), faces.photo[rows].tolist(), strict=True):
        by_photo.setdefault(photo, []).append(row)
    boxes = face_boxes(photos, faces)[rows] if by_photo else np.empty((0, 4))
    return by_photo, dict(zip(rows.tolist(), map(tuple, boxes.tolist()), strict=True))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = rows / np.maximum(lengths, 1e-9)
    return unit
