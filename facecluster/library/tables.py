"""Rows of the index as the records that the other stages take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from facecluster.records import FaceTable, Floats, PhotoFile, PhotoRow

Row = tuple[Any, ...]


def photo_rows(
    files: Sequence[PhotoFile],
    digests: Mapping[str, str],
    content: Mapping[str, Row],
    problems: Mapping[str, str],
) -> list[PhotoRow]:
    """A row a file, in the files' order; of files with the same bytes the first stands for all.

    digests: path to digest. content: digest to (width, height, taken, problem). problems: path to
    the reason why its bytes could not be had.
    """
    rows: list[PhotoRow] = []
    first: dict[str, str] = {}
    for file in files:
        digest = digests.get(file.path, "")
        if file.path in problems or digest not in content:
            problem = problems.get(file.path, "was not read")
            rows.append(PhotoRow(file.path, "", file.size, problem=problem))
            continue
        width, height, taken, problem = content[digest]
        twin = first.setdefault(digest, file.path) if problem is None else file.path
        rows.append(
            PhotoRow(
                path=file.path,
                digest=digest,
                size=file.size,
                width=width,
                height=height,
                taken=taken,
                problem=problem,
                duplicate_of=None if twin == file.path else twin,
            )
        )
    return rows


def face_table(photos: Sequence[PhotoRow], rows: Iterable[Row]) -> FaceTable:
    """The faces of the photos that stand for their bytes, in the order of `rows`.

    rows: digest, ordinal, box, landmarks, score, clarity, consistency, embedding (see schema.py).
    """
    place = {
        photo.digest: i
        for i, photo in enumerate(photos)
        if photo.problem is None and photo.duplicate_of is None
    }
    kept = [row for row in rows if row[0] in place]
    embeddings = _stack([row[7] for row in kept], "<f2", (-1,))
    # float16 moved the rows off the unit sphere a little; the distances assume unit rows.
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return FaceTable(
        photo=np.array([place[row[0]] for row in kept], np.int32),
        ordinal=np.array([row[1] for row in kept], np.int32),
        boxes=_stack([row[2] for row in kept], "<f4", (4,)),
        landmarks=_stack([row[3] for row in kept], "<f4", (5, 2)),
        scores=np.array([row[4] for row in kept], np.float32),
        clarity=_stack([row[5] for row in kept], "<f4", (3,)),
        consistency=np.array([row[6] for row in kept], np.float32),
        embeddings=(embeddings / np.where(length > 0, length, 1)).astype(np.float32),
    )


def _stack(blobs: Sequence[bytes], kind: str, shape: tuple[int, ...]) -> Floats:
    """One float32 array [N, *shape] from N blobs of numbers."""
    if not blobs:
        return np.empty((0, *(max(side, 0) for side in shape)), np.float32)
    flat = np.frombuffer(b"".join(blobs), kind).astype(np.float32)
    return flat.reshape(len(blobs), *shape)
