"""From names and corrections to the faces of a library: which of them each rule speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facecluster.identity import FaceKey, face_boxes, overlap
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
    found = _by_look(keys, rows, photos, faces, anchors, sameness)
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
    here = np.array([photo.image in wanted for photo in photos], np.bool_)
    if not here.any():
        return {}
    rows = np.nonzero(here[faces.photo])[0]
    boxes = face_boxes(photos, faces)[rows]
    by_image: dict[str, list[int]] = {}
    for at, photo in enumerate(faces.photo[rows].tolist()):
        by_image.setdefault(photos[photo].image, []).append(at)
    found: dict[FaceKey, int] = {}
    for image, mine in by_image.items():
        asked, taken = wanted[image], set[int]()
        shared = overlap(np.array([key.box for key in asked])[:, None], boxes[mine])
        for at in np.argsort(-shared, axis=None, kind="stable").tolist():
            which, best = divmod(at, len(mine))
            key = asked[which]
            if shared[which, best] < sameness.place:
                break
            if key in found or (key in confirmed and best in taken):
                continue
            found[key] = int(rows[mine[best]])
            if key in confirmed:
                taken.add(best)
    return found


def _by_look(
    keys: Iterable[FaceKey],
    rows: Mapping[FaceKey, int],
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    anchors: Sequence[Anchor],
    sameness: Sameness,
) -> dict[FaceKey, tuple[int, FaceKey]]:
    """For faces whose picture is not here: row and key of the one in the file at their path."""
    kept = {anchor.key: anchor for anchor in anchors}
    lost = [key for key in keys if key not in rows and key in kept]
    if not lost:
        return {}
    images = {photo.image for photo in photos}
    place = {photo.path: row for row, photo in enumerate(photos)}
    boxes = face_boxes(photos, faces)
    found = {}
    for key in lost:
        row = place.get(kept[key].path)
        if row is None or key.image in images:  # its picture is here and has no such face
            continue
        twin = photos[row].duplicate_of
        mine = np.nonzero(faces.photo == (row if twin is None else place[twin]))[0]
        if len(mine) and faces.embeddings.shape[1] == len(kept[key].embedding):
            gaps = _unit(faces.embeddings[mine]) @ _unit(kept[key].embedding[None])[0]
            best = int(gaps.argmax())
            if 1 - gaps[best] <= sameness.distance:
                new = FaceKey.of(
                    photos[int(faces.photo[mine[best]])].image, tuple(boxes[mine[best]])
                )
                found[key] = int(mine[best]), new
    return found


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = rows / np.maximum(lengths, 1e-9)
    return unit
