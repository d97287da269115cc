"""The records of photos and faces: what became of each, from the tables and the grouping."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from facecluster.identity import face_keys
from facecluster.records import FaceTable, Grouping, PhotoRow, Reason, Status
from facecluster.report.records import Face, Photo

Counts = tuple[int, ...]  # faces by reason, in the order of Reason


def thumbnail_path(digest: str, ordinal: int) -> str:
    """Where the thumbnail of a face lies, relative to the output folder."""
    return f".facecluster/thumbnails/{digest[:2]}/{digest}-{ordinal}.jpg"


def face_records(
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    grouping: Grouping,
    thumbnails: Container[str],
    ids: Sequence[int],
) -> list[Face]:
    """Every face in the order of the table. ids: the number of each person of the grouping."""
    rows = []
    sure = grouping.confidence
    chances = [math.nan] * len(faces) if sure is None else sure.faces.tolist()
    keys = map(str, face_keys(photos, faces))
    columns = zip(_face_columns(faces), _group_columns(grouping), chances, keys, strict=True)
    for row, (found, placed, chance, key) in enumerate(columns):
        photo, ordinal, box, score, consistency = found
        quality, label, near, distance, core, why = placed
        thumbnail = thumbnail_path(photos[photo].key, ordinal)
        rows.append(
            Face(
                id=row,
                photo=photos[photo].path,
                box=tuple(box),
                size=round(min(box[2:]), 1),
                score=rounded(score),
                consistency=rounded(consistency),
                quality=rounded(quality) or 0.0,
                core=core,
                person=ids[label] if label >= 0 else None,
                reason=why,
                nearest=ids[near] if near >= 0 else None,
                distance=rounded(distance),
                confidence=rounded(chance),
                thumbnail=thumbnail if thumbnail in thumbnails else None,
                key=key,
            )
        )
    return rows


def _face_columns(faces: FaceTable) -> Iterator[tuple[Any, ...]]:
    """Photo, ordinal, box, score and consistency of each face."""
    return zip(
        faces.photo.tolist(),
        faces.ordinal.tolist(),
        faces.boxes.astype(float).round(1).tolist(),
        faces.scores.tolist(),
        faces.consistency.tolist(),
        strict=True,
    )


def _group_columns(grouping: Grouping) -> Iterator[tuple[Any, ...]]:
    """Quality, label, nearest, distance, core and reason of each face."""
    return zip(
        grouping.quality.tolist(),
        grouping.labels.tolist(),
        grouping.nearest.tolist(),
        grouping.distance.tolist(),
        grouping.core.tolist(),
        grouping.reasons,
        strict=True,
    )


def photo_records(
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    grouping: Grouping,
    stands: Sequence[str | None],
) -> list[Photo]:
    """Every photo with what became of it and why. stands: of each, the one that stands for it."""
    rows = []
    about = _faces_by_photo(len(photos), faces, grouping)
    for photo, copy_of, own, counts in zip(photos, stands, *about, strict=True):
        status, why = _fate(photo, counts)
        rows.append(
            Photo(
                path=photo.path,
                status=status,
                reason=why,
                duplicate_of=photo.duplicate_of,
                digest=photo.digest,
                bytes=photo.size,
                width=photo.width,
                height=photo.height,
                taken=photo.taken,
                faces=tuple(own),
                copy_of=copy_of,
                orientation=photo.orientation,
                content=photo.key,
            )
        )
    return rows


def _faces_by_photo(
    count: int, faces: FaceTable, grouping: Grouping
) -> tuple[Iterator[list[int]], Iterator[Counts]]:
    """For each of `count` photos its faces, and how many of them have each reason."""
    order = np.argsort(faces.photo, kind="stable")
    ends = np.cumsum(np.bincount(faces.photo, minlength=count)).tolist()
    own = (order[start:end].tolist() for start, end in pairwise([0, *ends]))
    code = {reason: number for number, reason in enumerate(Reason)}
    codes = np.array([code[reason] for reason in grouping.reasons], np.int64)
    cells = np.bincount(faces.photo * len(code) + codes, minlength=count * len(code))
    return own, map(tuple, cells.reshape(count, len(code)).tolist())


def _fate(photo: PhotoRow, counts: Counts) -> tuple[Status, str]:
    """The status of a photo whose faces have these reasons, and a few words that explain it."""
    if photo.problem is not None:
        return Status.UNREADABLE, photo.problem
    if photo.duplicate_of is not None:
        return Status.DUPLICATE, f"the same picture as {photo.duplicate_of}"
    return _fate_of_faces(counts)


@cache  # few different ones, however many photos there are
def _fate_of_faces(counts: Counts) -> tuple[Status, str]:
    reasons = dict(zip(Reason, counts, strict=True))
    if not any(counts):
        return Status.NO_FACE, ""
    unplaced = [f"{reasons[r]} {r}" for r in Reason if r is not Reason.PLACED and reasons[r]]
    why = ("faces: " if sum(counts) > 1 else "face: ") + ", ".join(unplaced)
    if reasons[Reason.PLACED]:
        return Status.GROUPED, why if unplaced else ""
    if reasons[Reason.ALONE] or reasons[Reason.TWICE]:
        return Status.UNSURE, why
    return Status.POOR, why


def rounded(value: float) -> float | None:
    """Rounded for reading; None for nan, which JSON does not know."""
    return round(value, 4) if math.isfinite(value) else None
