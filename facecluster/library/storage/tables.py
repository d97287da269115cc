"""Rows of the index as the records that the other stages take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facecluster.distances import NEAR_ONE
from facecluster.library.storage.checksums import Row
from facecluster.records import HASH_BYTES, FaceBatch, FaceTable, Floats, PhotoFile, PhotoRow

Column = NDArray[Any]
# The columns of a face table that are copied, in the order of `checksums.FACE`, and what one row of
# them looks like.
_SHAPES: dict[str, tuple[int, ...]] = {
    "scores": (),
    "consistency": (),
    "boxes": (4,),
    "landmarks": (5, 2),
    "clarity": (3,),
    "embeddings": (-1,),
}


def photo_rows(
    files: Sequence[PhotoFile],
    digests: Mapping[str, str],
    content: Mapping[str, Row],
    problems: Mapping[str, str],
    photos: Mapping[str, Row] | None = None,
) -> list[PhotoRow]:
    """One row per file, in the files' order; of files with the same bytes the first stands for all,
    and links only where there is no file.

    digests: path to digest, by which the index knows its content. content: digest to its row of
    `checksums.CONTENT`. problems: path to the reason why its bytes could not be had. photos: path
    to its row of `checksums.PHOTO`.
    """
    photos = photos or {}
    rows: list[PhotoRow] = []
    first: dict[str, str] = {}
    for file in files if any(file.link for file in files) else ():
        if not file.link and (digest := digests.get(file.path)):
            first.setdefault(digest, file.path)  # a link never stands for its file
    for file in files:
        digest = digests.get(file.path, "")
        if file.path in problems or digest not in content:
            problem = problems.get(file.path, "was not read")
            rows.append(PhotoRow(file.path, "", file.size, problem=problem))
            continue
        about = _about(digest, content[digest], photos.get(file.path))
        width, height, _, problem, code = content[digest][4:9]
        twin = first.setdefault(digest, file.path) if problem is None else file.path
        rows.append(
            PhotoRow(
                path=file.path,
                digest=about.digest,
                size=file.size,
                width=width,
                height=height,
                taken=about.taken,
                problem=problem,
                duplicate_of=None if twin == file.path else twin,
                picture_hash=_hash(code),
                image=about.image,
                orientation=about.orientation,
                content=digest,
            )
        )
    return rows


class _About(NamedTuple):
    """digest: of the file. image: of its picture. taken, orientation: by its tags."""

    digest: str
    image: str
    orientation: int
    taken: str | None


def _about(digest: str, content: Row, photo: Row | None) -> _About:
    """What the file says of itself; as its content was read, where an earlier version did."""
    if photo is None or not photo[4]:
        return _About(digest, digest, content[2], content[6])
    return _About(photo[6], photo[4], photo[5], photo[7])


def _hash(code: str) -> bytes:
    """The picture hash that the index holds as `code`. Raises ValueError."""
    found = bytes.fromhex(f"{code}")  # whatever it is: it was written with the right checksum
    if len(found) not in (0, HASH_BYTES):
        raise ValueError(f"a picture hash of {len(found)} bytes")
    return found


def face_table(photos: Sequence[PhotoRow], rows: Iterable[Row], at_once: int = 8192) -> FaceTable:
    """The faces of the photos that stand for their bytes, by their photo's digest and ordinal.

    rows, in any order: the columns of `checksums.FACE` (see schema.py). at_once: rows held as
    objects, which need far more room than arrays.
    """
    place = {
        photo.key: i
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


def face_rows(digest: str, faces: FaceBatch) -> Iterator[Row]:
    """The faces of one photo as rows of `checksums.FACE`."""
    found = faces.detections
    for i in range(len(found)):
        yield (
            digest,
            i,
            float(found.scores[i]),
            float(faces.consistency[i]),
            found.boxes[i].astype("<f4").tobytes(),
            found.landmarks[i].astype("<f4").tobytes(),
            faces.clarity[i].astype("<f4").tobytes(),
            faces.embeddings[i].astype("<f2").tobytes(),
        )


def incomplete(
    photos: Sequence[PhotoRow], faces: FaceTable, content: Mapping[str, Row]
) -> list[str]:
    """Digests of the photos whose faces are not all there once. content: as for `photo_rows`.

    faces: as `face_table` orders them, so that ordinals count from 0 within each photo.
    """
    have = np.bincount(faces.photo, minlength=len(photos))
    first = np.flatnonzero(np.diff(faces.photo, prepend=-1))
    nth = np.arange(len(faces)) - np.repeat(first, np.diff(first, append=len(faces)))
    odd = set(faces.photo[faces.ordinal != nth].tolist())
    return [
        photo.key
        for i, photo in enumerate(photos)
        if photo.problem is None
        and photo.duplicate_of is None
        and (i in odd or have[i] != content[photo.key][3])
    ]


def _parts(rows: Iterable[Row], place: Mapping[str, int], at_once: int) -> Iterator[list[Row]]:
    """Those of the rows that have a place, so many at a time."""
    kept = (row for row in rows if row[0] in place)
    while part := list(islice(kept, at_once)):
        yield part


def _columns(rows: Sequence[Row], place: Mapping[str, int]) -> dict[str, Column]:
    """Some rows as arrays, embeddings as float16 still."""
    digests, ordinals, *values = zip(*rows, strict=True)
    values = values[: len(_SHAPES)]
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

    Embeddings of models that tell no scale become unit rows again, which float16 moved off the
    sphere a little; those of others stay as long as they are.
    """
    shape = parts[0][name].shape[1:] if parts else tuple(max(n, 0) for n in _SHAPES[name])
    placed = np.empty((len(target), *shape), np.float32)
    start = 0
    for part in parts:
        column = part.pop(name).astype(np.float32)
        if name == "embeddings":
            length = np.linalg.norm(column, axis=1, keepdims=True)
            near_one = np.abs(length - 1) <= NEAR_ONE
            np.divide(column, length, out=column, where=near_one)
        placed[target[start : start + len(column)]] = column
        start += len(column)
    return placed
