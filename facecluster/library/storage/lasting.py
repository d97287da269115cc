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
    """What a run leaves for the next one: who is who (people/memory.py), how faces look, and all
    faces that names and corrections speak of, by their keys."""

    memory: bytes
    anchors: tuple[Anchor, ...] = ()
    spoken_of: frozenset[str] = frozenset()


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


def keep_anchors(
    database: sqlite3.Connection, reader: str, found: Iterable[Anchor], spoken_of: Collection[str]
) -> None:
    """Those of this reader; faces that are not here now stay as they were, as long as somebody
    speaks of them. Raises what SQLite raises."""
    kept_keys = [key for (key,) in database.execute("SELECT DISTINCT key FROM anchor")]
    gone = ((key,) for key in kept_keys if key not in spoken_of)
    database.executemany("DELETE FROM anchor WHERE key = ?", gone)
    rows = []
    for anchor in found:
        kept = anchor.embedding.astype("<f2").tobytes()
        row = (str(anchor.key), reader, to_column(anchor.path), kept)
        rows.append((*row, row_crc(row)))
    database.executemany("INSERT OR REPLACE INTO anchor VALUES (?, ?, ?, ?, ?)", rows)


def forget_anchors(database: sqlite3.Connection, images: Iterable[str]) -> None:
    """Those of faces in these pictures. Raises what SQLite raises."""
    rows = ((image,) for image in images)
    database.executemany("DELETE FROM anchor WHERE substr(key, 1, 32) = ?", rows)


def contents_of(database: sqlite3.Connection, images: Iterable[str]) -> set[str]:
    """What any reader saw in these pictures, by digest; an earlier version knew pictures by the
    digest alone. Raises what SQLite raises."""
    asked = "SELECT digest FROM content WHERE image = ? OR digest = ?"
    rows = (database.execute(asked, (image, image)).fetchall() for image in images)
    return {digest for found in rows for (digest,) in found}


def anchors(database: sqlite3.Connection, reader: str) -> list[Anchor]:
    """Those of this reader that are not damaged. Raises what SQLite raises."""
    asked = "SELECT key, reader, path, embedding, crc FROM anchor WHERE reader = ?"
    found = []
    for key, _, path, kept in (row[:4] for row in sound_rows(database.execute(asked, (reader,)))):
        try:
            embedding = np.frombuffer(kept, "<f2").astype(np.float32)
            found.append(Anchor(FaceKey.parse(key), from_column(path), embedding))
        except (ValueError, TypeError, AttributeError):  # written so, with the right checksum
            continue
    return found


def prune(
    database: sqlite3.Connection, used: Collection[str], day: int, keeping: Keeping = KEEPING
) -> set[str]:
    """Note what is used, by the digests of its content, and delete what was not for long; gives
    what was deleted.

    day: today, since 1970. Raises what SQLite raises.
    """
    old = "SELECT digest FROM content WHERE used <= ?"
    late = {digest for (digest,) in database.execute(old, (day - keeping.often,))}
    noted = ((day, digest) for digest in sorted(late.intersection(used)))
    database.executemany("UPDATE content SET used = ? WHERE digest = ?", noted)
    limit = (day - keeping.days,)
    unused = "SELECT digest FROM content WHERE used <= ?"
    gone = {digest for (digest,) in database.execute(unused, limit)}
    if not gone:
        return gone
    database.execute(f"DELETE FROM face WHERE digest IN ({unused})", limit)
    database.execute("DELETE FROM content WHERE used <= ?", limit)
    return gone
