"""Rows of the index as the records that the other stages take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facecluster.records import FaceTable, Floats, PhotoFile, PhotoRow

Row = tuple[Any, ...]
Column = NDArray[Any]
# The columns of a face table that are copied, and what one row of them looks like.
_SHAPES: dict[str, tuple[int, ...]] = {
    "boxes": (4,),
    "landmarks": (5, 2),
    "scores": (),
    "clarity": (3,),
    "consistency": (),
    "embeddings": (-1,),
}


def photo_rows(
    files: Sequence[PhotoFile],
    digests: Mapping[str, str],
    content: Mapping[str, Row],
    problems: Mapping[str, str],
) -> list[PhotoRow]:
    """One row per file, in the files' order; of files with the same bytes the first stands for all.

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


def face_table(photos: Sequence[PhotoRow], rows: Iterable[Row], at_once: int = 8192) -> FaceTable:
    """The faces of the photos that stand for their bytes, by their photo's digest and ordinal.

    rows, in any order: digest, ordinal, box, landmarks, score, clarity, consistency, embedding
    (see schema.py). at_once: rows held as objects, which need far more room than arrays.
    """
    place = {
        photo.digest: i
        for i, photo in enumerate(photos)
        if photo.problem is None and photo.duplicate_of is None
    }
    parts = [_columns(part, place) for part in _parts(rows, place, at_once)]
    nothing = np.empty(0, np.int32)
    photo = np.concatenate([nothing, *(part["photo"] for part in parts)])
    ordinal = np.concatenate([nothing, *(part["ordinal"] for part in parts)])
    rank = np.empty(len(photos), np.int32)
    rank[[place[digest] for digest in sorted(place)]] = np.arange(len(place), dtype=np.int32)
    order = np.lexsort((ordinal, rank[photo]))
    target = np.empty_like(order)
    target[order] = np.arange(len(order))
    columns = {name: _placed(parts, name, target) for name in _SHAPES}
    return FaceTable(photo=photo[order], ordinal=ordinal[order], **columns)


def _parts(rows: Iterable[Row], place: Mapping[str, int], at_once: int) -> Iterator[list[Row]]:
    """Those of the rows that have a place, so many at a time."""
    kept = (row for row in rows if row[0] in place)
    while part := list(islice(kept, at_once)):
        yield part


def _columns(rows: Sequence[Row], place: Mapping[str, int]) -> dict[str, Column]:
    """Some rows as arrays, embeddings as float16 still."""
    digests, ordinals, *values = zip(*rows, strict=True)
    found: dict[str, Column] = {
        "photo": np.array([place[digest] for digest in digests], np.int32),
        "ordinal": np.array(ordinals, np.int32),
    }
    for (name, shape), column in zip(_SHAPES.items(), values, strict=True):
        if shape:
            kind = "<f2" if name == "embeddings" else "<f4"
            found[name] = np.frombuffer(b"".join(column), kind).reshape(len(rows), *shape)
        else:
            found[name] = np.array(column, np.float32)
    return found


def _placed(parts: Sequence[dict[str, Column]], name: str, target: Column) -> Floats:
    """One column of all parts, float32 [N, ...], each row where `target` says; the parts lose it.

    Embeddings become unit rows again: float16 moved them off the sphere a little, and distances
    assume it.
    """
    shape = parts[0][name].shape[1:] if parts else tuple(max(n, 0) for n in _SHAPES[name])
    placed = np.empty((len(target), *shape), np.float32)
    start = 0
    for part in parts:
        column = part.pop(name).astype(np.float32)
        if name == "embeddings":
            length = np.linalg.norm(column, axis=1, keepdims=True)
            column /= np.where(length > 0, length, 1)
        placed[target[start : start + len(column)]] = column
        start += len(column)
    return placed
