"""Models, and the index of an output folder."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np

from facecluster.library.index import Index, LostFacesError
from facecluster.library.readings import Reading
from facecluster.records import FaceTable, PhotoRow
from tests.fuzz.seeds import bytes_of
from tests.fuzz.target import Target
from tests.support.readings import READER, file, make_faces, reading

FILES = [file(f"holiday/{i:02}.jpg") for i in range(12)]
Loaded = tuple[list[PhotoRow], FaceTable]


def models() -> list[bytes]:
    from tests.support.colour_model import write_colour_model
    from tests.support.crowding import crowded, random_network
    from tests.support.foreign_graphs import Weights, write_foreign

    return [
        bytes_of(write_colour_model),
        bytes_of(lambda path: write_foreign(path, Weights(14))),
        bytes_of(lambda path: crowded(write_colour_model(path), path, random_network(3))),
    ]


def read_model(path: Path) -> None:
    """Through all three doors: whoever refuses it leaves it to the others."""
    from facecluster.embed.embedder import Embedder
    from facecluster.embed.foreign import read_foreign
    from facecluster.embed.onnx_anatomy import onnx_anatomy
    from facecluster.errors import FaceclusterError

    for door in (Embedder, onnx_anatomy, read_foreign):
        try:
            door(path)  # type: ignore[operator]
        except FaceclusterError as error:
            refused = error
        else:
            return
    raise refused


@cache
def _readings() -> dict[str, Reading]:
    dice = np.random.default_rng(0)
    return {f.path: reading(f, f.path[-6:-4], make_faces(dice, i % 4)) for i, f in enumerate(FILES)}


def _run(path: Path) -> Loaded:
    """What a run does with its index."""
    with Index(path, READER) as index:

        def once() -> Loaded:
            unread = index.unread(FILES)
            index.forget_missing(FILES)
            known = index.digests()
            again = [_readings()[f.path] for f in unread]
            index.add(Reading(r.file, r.digest) if r.digest in known else r for r in again)
            return index.load(FILES, {})

        try:
            return once()
        except LostFacesError:
            return once()


@cache
def _right() -> Loaded:
    return _run_new()


def _run_new() -> Loaded:
    found: list[Loaded] = []
    bytes_of(lambda path: found.append(_run(path)))
    return found[0]


def indexes() -> list[bytes]:
    return [bytes_of(_run)]


def read_index(path: Path) -> None:
    """Damage is read again or told: nobody becomes somebody else."""
    photos, faces = _run(path)
    right_photos, right_faces = _right()
    assert photos == right_photos
    for field in fields(FaceTable):
        same = getattr(faces, field.name), getattr(right_faces, field.name)
        np.testing.assert_array_equal(*same)


_NAMES = b"crops embedding consistency scale facecluster.spec facecluster.crowding location"
_NAMES += b" /etc/passwd Loop If Scan Identity"
_SQL = b"SQLite\x20format\x203\0 CREATE\x20TABLE CREATE\x20TRIGGER DROP photo content face"
TARGETS = [
    Target("onnx", 100, models, read_model, "a.onnx", _NAMES.split(b" ")),
    Target("index", 200, indexes, read_index, "index.db", _SQL.split(b" ")),
]
