"""Which of several copies of a photo stands for it: the largest, and the original before edits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facecluster.records import Copies, FaceTable, PhotoRow
from facecluster.report.records import Photo


def stand_ins(
    photos: Sequence[PhotoRow], faces: FaceTable, copies: Copies | None
) -> list[str | None]:
    """For each photo the path of the one that stands for it, None where that is itself.

    A file with the same bytes goes where the one that stands for these bytes goes.
    """
    found: list[str | None] = [None] * len(photos)
    if copies is not None:
        sets: dict[int, list[int]] = {}
        rows, first = np.unique(faces.photo, return_index=True)
        for row, picture in zip(rows.tolist(), copies.picture[first].tolist(), strict=True):
            sets.setdefault(picture, []).append(row)
        for members in sets.values():
            best = min(members, key=lambda row: _rank(photos[row], photos[row].size))
            for row in members:
                found[row] = None if row == best else photos[best].path
    by_path = {photo.path: of for photo, of in zip(photos, found, strict=True) if of is not None}
    return [
        of if photo.duplicate_of is None else by_path.get(photo.duplicate_of, photo.duplicate_of)
        for photo, of in zip(photos, found, strict=True)
    ]


def one_of_each(photos: Sequence[Photo]) -> list[Photo]:
    """The photos in their order, of each set of copies among them only the best."""
    best: dict[str, Photo] = {}
    for photo in photos:
        picture = photo.copy_of or photo.path
        other = best.setdefault(picture, photo)
        if other.copy_of and (
            not photo.copy_of or _rank(photo, photo.bytes) < _rank(other, other.bytes)
        ):
            best[picture] = photo
    kept = {photo.path for photo in best.values()}
    return [photo for photo in photos if photo.path in kept]


def _rank(photo: PhotoRow | Photo, size: int) -> tuple[object, ...]:
    """The best first: the largest in px, what the camera dated, the shorter name, since programs
    lengthen it (`-edited`, `(1)`, `IMG_E`) in every language, the larger file (`size`, bytes)."""
    name = photo.path.rpartition("/")[2]
    pixels = photo.width * photo.height
    return -pixels, photo.taken is None, len(name), -size, photo.path
