"""Rows by somebody who knows how checksums are made: what they hold is looked at all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import LibraryError
from facecluster.library.index import Index
from facecluster.library.readings import Reading
from facecluster.library.storage.checksums import CONTENT, FACE, add_functions
from facecluster.records import HASH_BYTES
from tests.support.readings import digest_of, file, make_faces, reading

Open = Callable[..., Index]
FILES = [file(f"holiday/{i:02}.jpg") for i in range(10)]


@pytest.fixture
def readings(rng: np.random.Generator) -> list[Reading]:
    return [
        reading(f, f.path[-6:-4], make_faces(rng, i % 4), rng.bytes(HASH_BYTES))
        for i, f in enumerate(FILES)
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [("box", b"four"), ("landmarks", b""), ("embedding", bytes(12)), ("ordinal", 2**40)],
)
def test_faces_of_another_shape_are_one_sentence(
    opened: Open, db: Path, readings: list[Reading], column: str, value: object
) -> None:
    """Written by somebody who knows how checksums are made."""
    with opened() as index:
        index.add(readings)
        index.load(FILES, {})
    with closing(sqlite3.connect(db)) as raw, raw:
        add_functions(raw)
        one = "WHERE digest = ? AND ordinal = 0"
        [(face,)] = raw.execute(f"SELECT id FROM face {one}", (digest_of("07"),)).fetchall()
        raw.execute(f"UPDATE face SET {column} = ? WHERE id = ?", (value, face))
        raw.execute(f"UPDATE face SET crc = face_crc({FACE}) WHERE id = ?", (face,))
    with opened() as index, pytest.raises(LibraryError, match="not a usable index"):
        index.load(FILES, {})


@pytest.mark.parametrize("code", ["00" * 31, "00" * 33, "no hex", 77, b"four"])
def test_a_hash_of_another_length_is_one_sentence(
    opened: Open, db: Path, readings: list[Reading], code: object
) -> None:
    with opened() as index:
        index.add(readings)
        index.load(FILES, {})
    with closing(sqlite3.connect(db)) as raw, raw:
        add_functions(raw)
        one = "WHERE digest = ?"
        raw.execute(f"UPDATE content SET picture_hash = ? {one}", (code, digest_of("07")))
        raw.execute(f"UPDATE content SET crc = row_crc({CONTENT}) {one}", (digest_of("07"),))
    with opened() as index, pytest.raises(LibraryError, match="not a usable index"):
        index.load(FILES, {})
