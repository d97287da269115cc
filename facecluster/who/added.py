"""Faces that somebody drew by hand: rows of the table like those that the detector found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from facecluster.embed.spec import ModelSpec
from facecluster.errors import FaceclusterError
from facecluster.identity import FaceKey, face_boxes, overlap, upright_boxes
from facecluster.library.people.memory import SAME_PLACE
from facecluster.reading import Reader, read_picture
from facecluster.records import FaceBatch, FaceTable, PhotoRow


def with_drawn(
    root: Path,
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    drawn: Sequence[FaceKey],
    reader: Reader,
) -> FaceTable:
    """The table with a row for each drawn face whose picture is here and which the detector did
    not find. Their pictures are read again in each run; few people draw many.

    A photo that cannot be read just now goes without.
    """
    wanted: dict[str, list[FaceKey]] = {}
    for key in drawn:
        wanted.setdefault(key.image, []).append(key)
    spec = reader.embedder.spec
    if not wanted or spec.align == "none":
        return faces
    boxes = face_boxes(photos, faces)
    for row, photo in enumerate(photos):
        keys = wanted.get(photo.image, ())
        if not keys or photo.duplicate_of is not None or photo.problem is not None:
            continue
        new = [key for key in keys if not _found(key, boxes[faces.photo == row])]
        if new:
            faces = _appended(faces, row, _read(root, photo, new, reader, spec))
            boxes = face_boxes(photos, faces)
    return faces


def _found(key: FaceKey, boxes: np.ndarray) -> bool:
    shared = overlap(np.array(key.box)[None], boxes)
    return bool(len(shared) and shared.max() >= SAME_PLACE)


def _read(
    root: Path, photo: PhotoRow, keys: Sequence[FaceKey], reader: Reader, spec: ModelSpec
) -> FaceBatch | None:
    try:
        picture = read_picture(root / photo.path, spec)
    except FaceclusterError:
        return None
    size = (picture.width, picture.height)
    boxes = upright_boxes(np.array([key.box for key in keys]), size, photo.orientation)
    return reader.drawn(picture, boxes.astype(np.float32))


def _appended(faces: FaceTable, row: int, batch: FaceBatch | None) -> FaceTable:
    """The table with the faces of one photo more, behind those that it has."""
    if batch is None or not len(batch):
        return faces
    first = int((faces.photo == row).sum())
    found = batch.detections
    more = FaceTable(
        photo=np.full(len(batch), row, np.int32),
        ordinal=np.arange(first, first + len(batch), dtype=np.int32),
        boxes=found.boxes,
        landmarks=found.landmarks,
        scores=found.scores,
        clarity=batch.clarity,
        consistency=batch.consistency,
        embeddings=batch.embeddings,
    )
    last = np.nonzero(faces.photo == row)[0]
    at = int(last[-1]) + 1 if len(last) else len(faces)
    columns = {f.name: (getattr(faces, f.name), getattr(more, f.name)) for f in fields(FaceTable)}
    joined = {name: np.concatenate([o[:at], m, o[at:]]) for name, (o, m) in columns.items()}
    return FaceTable(**joined)
