"""What lasts from run to run beside the photos: who was who, what faces with rules look like, and
how long what nobody uses is kept."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np

from facecluster.identity import FaceKey
from facecluster.library.people.records import Anchor
from facecluster.library.storage.checksums import row_crc, sound_rows
from facecluster.library.storage.names import from_column, to_column


@dataclass(frozen=True, slots=True)
class Keeping:
    """days: that what nobody uses is kept: a drive may be away, a model may be asked for again.
    often: days after which it is noted again that something was used."""

    days: int = 90
    often: int = 7


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run leaves for the next one: who is who (people/memory.py), and how faces look."""

    memory: bytes
    anchors: tuple[Anchor, ...] = ()


KEEPING: Final = Keeping()


def today() -> int:
    """The day, since 1970."""
    return int(time.time() // 86400)


def keep_memory(database: sqlite3.Connection, data: bytes) -> None:
    """In place of what was kept before. Raises what SQLite raises."""
    database.execute("DELETE FROM memory")
    database.execute("INSERT INTO memory VALUES (?, ?)", (data, crc32(data)))


def memory(database: sqlite3.Connection) -> bytes | None:
    """What was kept, None where it is not there or damaged. Raises what SQLite raises."""
    row = database.execute("SELECT data, crc FROM memory").fetchone()
    sound = row is not None and isinstance(row[0], bytes) and crc32(row[0]) == row[1]
    return row[0] if sound else None


def keep_anchors(database: sqlite3.Connection, reader: str, found: Iterable[Anchor]) -> None:
    """Those of this reader; faces that are not here now stay as they were. Raises what SQLite
    raises."""
    rows = []
    for anchor in found:
        kept = anchor.embedding.astype("<f2").tobytes()
        row = (str(anchor.key), reader, to_column(anchor.path), kept)
        rows.append((*row, row_crc(row)))
    database.executemany("INSERT OR REPLACE INTO anchor VALUES (?, ?, ?, ?, ?)", rows)


def anchors(database: sqlite3.Connection, reader: str) -> list[Anchor]:
    """Those of this reader that are not damaged. Raises what SQLite raises."""
    asked = "SELECT key, reader, path, embedding, crc FROM anchor WHERE reader = ?"
    found = []
    for key, _, path, kept in (row[:4] for row in sound_rows(database.execute(asked, (reader,)))):
        embedding = np.frombuffer(kept, "<f2").astype(np.float32)
        found.append(Anchor(FaceKey.parse(key), from_column(path), embedding))
    return found


def prune(
    database: sqlite3.Connection, used: Collection[str], day: int, keeping: Keeping = KEEPING
) -> None:
    """Note what is used, by the digests of its content, and delete what was not for long.

    day: today, since 1970. Raises what SQLite raises.
    """
    old = "SELECT digest FROM content WHERE used <= ?"
    late = {digest for (digest,) in database.execute(old, (day - keeping.often,))}
    noted = ((day, digest) for digest in sorted(late.intersection(used)))
    database.executemany("UPDATE content SET used = ? WHERE digest = ?", noted)
    limit = (day - keeping.days,)
    gone = database.execute("SELECT 1 FROM content WHERE used <= ? LIMIT 1", limit).fetchone()
    if gone is None:
        return
    unused = "SELECT digest FROM content WHERE used <= ?"
    database.execute(f"DELETE FROM face WHERE digest IN ({unused})", limit)
    database.execute("DELETE FROM content WHERE used <= ?", limit)
