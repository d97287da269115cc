"""A finished grouping as bytes that can be kept, and the key under which it may be used again."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from facecluster.records import (
    Confidence,
    Copies,
    FaceTable,
    Floats,
    Grouping,
    Ints,
    PhotoRow,
    Reason,
)

# Raise it when `pack` writes something else.
FORMAT = 2
CHECKED = 16
SURE = "sure_"  # before the names of the columns that are the confidence's ...
COPIES = "copies_"  # ... and of those that tell of copies
_REASONS = tuple(Reason)
_ARRAYS = ("labels", "nearest", "distance", "quality", "core")


def grouping_key(photos: Sequence[PhotoRow], faces: FaceTable, quality: Floats, *rest: str) -> str:
    """The digest of everything that a grouping depends on, 32 hexadecimal digits.

    quality: float32 [N], of the faces. rest: settings, table, versions. Photos count by their
    faces, sizes and hashes, so that another name or place of one leaves the key as it is.
    """
    key = hashlib.blake2b(json.dumps([FORMAT, *rest]).encode(), digest_size=16)
    for field in fields(faces):
        column = getattr(faces, field.name)
        _enter(key, _by_first_face(column) if field.name == "photo" else column)
    _enter(key, quality)
    first = np.flatnonzero(np.diff(faces.photo, prepend=-1))
    shown = (photos[row] for row in faces.photo[first].tolist())
    key.update(repr([(p.picture_hash, p.width, p.height) for p in shown]).encode())
    return key.hexdigest()


def _enter(key: hashlib.blake2b, column: NDArray[np.generic]) -> None:
    key.update(f"{column.dtype.str}{column.shape}".encode())
    key.update(np.ascontiguousarray(column).data)


def _by_first_face(photo: Ints) -> Ints:
    """The photos numbered anew, in the order of their first faces. photo: int32 [N]."""
    _, first, member = np.unique(photo, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    numbered: Ints = rank[member]
    return numbered


def pack(grouping: Grouping) -> bytes:
    """The grouping as an .npz archive behind a checksum of CHECKED bytes."""
    code = {reason: number for number, reason in enumerate(_REASONS)}
    columns: dict[str, Any] = {name: getattr(grouping, name) for name in _ARRAYS}
    columns["reasons"] = np.array([code[reason] for reason in grouping.reasons], np.uint8)
    columns["threshold"] = np.array(grouping.threshold, np.float64)
    columns["notes"] = np.frombuffer(json.dumps(grouping.notes).encode(), np.uint8)
    if grouping.confidence is not None:
        for field in fields(Confidence):
            columns[SURE + field.name] = getattr(grouping.confidence, field.name)
    if grouping.copies is not None:
        for field in fields(Copies):
            columns[COPIES + field.name] = getattr(grouping.copies, field.name)
    file = io.BytesIO()
    np.savez(file, **columns)
    data = file.getvalue()
    return _checksum(data) + data


def unpack(kept: object) -> Grouping | None:
    """What `pack` made of a grouping; None where it is damaged, or is something else."""
    if not isinstance(kept, bytes):
        return None
    data = kept[CHECKED:]
    if kept[:CHECKED] != _checksum(data):
        return None
    try:
        return _unpacked(data)
    except (ValueError, LookupError, TypeError, AttributeError, OSError, EOFError, BadZipFile):
        return None  # written so, with the right checksum


def _unpacked(data: bytes) -> Grouping:
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        columns = {name: archive[name] for name in archive.files}
    sure = None
    if SURE + "faces" in columns:
        sure = Confidence(**{f.name: columns[SURE + f.name] for f in fields(Confidence)})
    copies = None
    if COPIES + "picture" in columns:
        copies = Copies(**{f.name: columns[COPIES + f.name] for f in fields(Copies)})
    return Grouping(
        **{name: columns[name] for name in _ARRAYS},
        reasons=tuple(_REASONS[number] for number in columns["reasons"].tolist()),
        threshold=float(columns["threshold"]),
        notes=tuple(json.loads(columns["notes"].tobytes())),
        confidence=sure,
        copies=copies,
    )


def _checksum(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=CHECKED).digest()
