"""The checksum of each row that decides something: a row that does not fit it does not count.

A disk or a cable turns bits round without a word, and SQLite itself has no checksums. CRC-32 finds
every single turned bit and each burst of up to 32; of wider damage it misses one in 4 billion.
"""

from __future__ import annotations

import re
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from typing import Any
from zlib import crc32

Row = tuple[Any, ...]
# Columns in the order in which checksums take them; crc comes after them.
PHOTO = "path, size, mtime_ns, digest, image, orientation, file_digest, taken"
CONTENT = "digest, reader, orientation, faces, width, height, taken, problem, picture_hash, image"
FACE = "digest, ordinal, score, consistency, box, landmarks, clarity, embedding"
_NUMBERS = struct.Struct("<qddHHHH").pack
_is_digest = re.compile("[0-9a-f]{32}").fullmatch


def row_crc(row: Row) -> int:
    """The checksum of a row of numbers and texts."""
    return crc32(repr(row).encode(errors="surrogatepass"))


def sound_rows(rows: Iterable[Row]) -> list[Row]:
    """Those rows that fit the checksum in their last column."""
    return [row for row in rows if crc32(repr(row[:-1]).encode()) == row[-1]]


def face_crc(row: Row) -> int:
    """The checksum of a row of FACE. Lengths are in it, so that no byte can change its column.

    Raises TypeError, AttributeError or struct.error when a value is of another kind.
    """
    digest, ordinal, score, consistency, *parts = row
    numbers = _NUMBERS(ordinal, score, consistency, *map(len, parts))
    return crc32(b"".join((digest.encode(), numbers, *parts)))


def sound_faces(rows: Iterable[Row]) -> Iterator[Row]:
    """Those rows of FACE that fit the checksum in their last column."""
    for row in rows:
        # As `face_crc` says it, without its price of a call, twenty thousand times.
        digest, ordinal, score, consistency, box, landmarks, clarity, embedding, crc = row
        try:
            lengths = len(box), len(landmarks), len(clarity), len(embedding)
            numbers = _NUMBERS(ordinal, score, consistency, *lengths)
            parts = (digest.encode(), numbers, box, landmarks, clarity, embedding)
            if crc32(b"".join(parts)) == crc:
                yield row
        except (TypeError, AttributeError, struct.error):  # turned into a value of another kind
            continue


def is_digest(value: object) -> bool:
    """Whether this can name the bytes of a photo: nothing else may become part of a path."""
    return isinstance(value, str) and _is_digest(value) is not None


def add_functions(connection: sqlite3.Connection) -> None:
    """Let SQL statements of ours call `row_crc`, and `face_crc`, which gives -1 where it raises."""

    def face(*values: Any) -> int:
        try:
            return face_crc(values)
        except (TypeError, AttributeError, struct.error):
            return -1

    connection.create_function("row_crc", -1, lambda *values: row_crc(values), deterministic=True)
    connection.create_function("face_crc", 8, face, deterministic=True)
