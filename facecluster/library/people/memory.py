"""Who was who in the run before: the faces of each photo, and whose each of them was."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from facecluster.identity import FaceKey, face_boxes, overlap
from facecluster.records import FaceTable, Ints, PhotoRow

FORMAT = 2
REMEMBERED = 90  # days that photos may be away and their people keep their numbers
SAME_PLACE = 0.5  # intersection over union from which two boxes in one picture are one face
UNKNOWN = -(2**31)  # a face that the run before did not have
NOBODY = 0
_HEX = 32


@dataclass(frozen=True, slots=True)
class Memory:
    """images: hash of each picture that had faces. seen: int32 [P], the day of the newest run with
    it, since 1970. starts: int64 [P + 1], where the faces of each begin and end. boxes: float32
    [N, 4], fractions of the stored picture. people: int32 [N], the lasting number of each face's
    person; NOBODY without one, and below that the number of the one whose it was last, who gets it
    back with the face. pictures: hashes of all pictures, those without a face too. last: the
    highest number ever given.
    """

    images: tuple[str, ...]
    seen: Ints
    starts: NDArray[np.int64]
    boxes: NDArray[np.float32]
    people: Ints
    pictures: frozenset[str]
    last: int

    def __post_init__(self) -> None:
        n = len(self.people)
        if self.boxes.shape != (n, 4) or self.starts.shape != (len(self.images) + 1,):
            raise ValueError("boxes, starts: expected a box per face and a start per picture")
        if len(self.seen) != len(self.images):
            raise ValueError("seen: expected a day per picture")
        if self.starts[0] != 0 or self.starts[-1] != n or (np.diff(self.starts) < 0).any():
            raise ValueError("starts: expected to rise from 0 to the number of faces")

    @classmethod
    def of(
        cls, photos: Sequence[PhotoRow], faces: FaceTable, people: Ints, last: int, day: int = 0
    ) -> Self:
        """What a run found. people: int32 [N], as the attribute. day: since 1970."""
        order = np.argsort(faces.photo, kind="stable")
        rows, counts = np.unique(faces.photo, return_counts=True)
        return cls(
            images=tuple(photos[row].image for row in rows.tolist()),
            seen=np.full(len(rows), day, np.int32),
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            boxes=face_boxes(photos, faces)[order].astype(np.float32),
            people=people[order].astype(np.int32),
            pictures=frozenset(photo.image for photo in photos if photo.image),
            last=last,
        )

    @classmethod
    def of_keys(cls, people: Mapping[int, Iterable[FaceKey]], last: int) -> Self:
        """From the faces of each person, where nothing else is left."""
        found: dict[str, list[tuple[FaceKey, int]]] = {}
        for person, keys in people.items():
            for key in keys:
                found.setdefault(key.image, []).append((key, person))
        flat = [entry for entries in found.values() for entry in entries]
        ends = np.cumsum([0, *map(len, found.values())])
        return cls(
            images=tuple(found),
            seen=np.zeros(len(found), np.int32),
            starts=ends.astype(np.int64),
            boxes=np.array([key.box for key, _ in flat], np.float32).reshape(-1, 4),
            people=np.array([person for _, person in flat], np.int32),
            pictures=frozenset(found),
            last=max([last, *people]),
        )

    def after(self, before: Self | None, day: int) -> Self:
        """With what the run before knew of pictures that are not here now: a drive may be away, a
        folder locked, and their people are to have their numbers when they come back."""
        if before is None:
            return self
        late = before.seen <= day - REMEMBERED
        away = [
            row
            for row, image in enumerate(before.images)
            if image not in self.pictures and not late[row]
        ]
        if not away:
            return self
        spans = [slice(int(before.starts[row]), int(before.starts[row + 1])) for row in away]
        counts = np.diff(before.starts)[away]
        return replace(
            self,
            images=(*self.images, *(before.images[row] for row in away)),
            seen=np.concatenate([self.seen, before.seen[away]]),
            starts=np.concatenate([self.starts, self.starts[-1] + np.cumsum(counts)]),
            boxes=np.concatenate([self.boxes, *(before.boxes[span] for span in spans)]),
            people=np.concatenate([self.people, *(before.people[span] for span in spans)]),
            pictures=self.pictures | {before.images[row] for row in away},
        )

    def pack(self) -> bytes:
        """As bytes that `unpack` takes."""
        rest = sorted(self.pictures - set(self.images))
        file = io.BytesIO()
        np.savez(
            file,
            format=np.array([FORMAT, self.last], np.int64),
            images=np.frombuffer("".join(self.images).encode(), np.uint8),
            rest=np.frombuffer("".join(rest).encode(), np.uint8),
            seen=self.seen,
            starts=self.starts,
            boxes=self.boxes,
            people=self.people,
        )
        return file.getvalue()

    @classmethod
    def unpack(cls, data: bytes) -> Self | None:
        """What `pack` made; None for what is damaged or of another format."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                columns = {name: kept[name] for name in kept.files}
            number, last = columns["format"].tolist()
            if number != FORMAT:
                return None
            images = _hashes(columns["images"])
            return cls(
                images=images,
                seen=columns["seen"].astype(np.int32),
                starts=columns["starts"].astype(np.int64),
                boxes=columns["boxes"].astype(np.float32),
                people=columns["people"].astype(np.int32),
                pictures=frozenset((*images, *_hashes(columns["rest"]))),
                last=last,
            )
        except (ValueError, KeyError, OSError, EOFError, IndexError, BadZipFile):
            return None

    def recalled(self, photos: Sequence[PhotoRow], faces: FaceTable) -> Ints:
        """Whose each face was, int32 [N]: as `people`, or UNKNOWN for a new face.

        A face is known by its picture and its place there: the boxes that overlap most are one, if
        they overlap by SAME_PLACE, so that another detector or model finds it too.
        """
        found = np.full(len(faces), UNKNOWN, np.int32)
        boxes = face_boxes(photos, faces).astype(np.float32)
        order = np.argsort(faces.photo, kind="stable")
        rows, first = np.unique(faces.photo[order], return_index=True)
        place = {image: at for at, image in enumerate(self.images)}
        ends = (*first.tolist(), len(order))
        for row, (start, stop) in zip(rows.tolist(), pairwise(ends), strict=True):
            at = place.get(photos[row].image)
            if at is None:
                continue
            mine = order[start:stop]
            begin, end = int(self.starts[at]), int(self.starts[at + 1])
            if end - begin == len(mine) and np.array_equal(self.boxes[begin:end], boxes[mine]):
                found[mine] = self.people[begin:end]
            else:
                self._by_place(found, boxes, mine, begin, end)
        return found

    def _by_place(
        self,
        found: Ints,
        boxes: NDArray[np.float32],
        mine: NDArray[np.int64],
        begin: int,
        end: int,
    ) -> None:
        """Enter the people of the faces in one photo, the pairs that overlap most first."""
        shared = overlap(boxes[mine][:, None].astype(float), self.boxes[begin:end].astype(float))
        while shared.size and shared.max() >= SAME_PLACE:
            new, old = np.unravel_index(int(shared.argmax()), shared.shape)
            found[mine[new]] = self.people[begin + int(old)]
            shared[new], shared[:, old] = 0, 0


def _hashes(column: NDArray[np.uint8]) -> tuple[str, ...]:
    text = column.tobytes().decode("ascii")
    return tuple(text[at : at + _HEX] for at in range(0, len(text), _HEX))
