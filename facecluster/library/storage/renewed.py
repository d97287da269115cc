"""What an earlier reader read stays where the present one would read the same."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from facecluster.base.narrow import is_narrow
from facecluster.library.storage.checksums import CONTENT, row_crc, sound_rows


@dataclass(frozen=True, slots=True)
class EarlierReader:
    """id: under which it read. score: of the detector; photos with a face of that score, and not
    narrow, are read alike by the present reader."""

    id: str
    score: float


def renew(database: sqlite3.Connection, earlier: EarlierReader, reader: str) -> None:
    """Enter `reader` as the one that read what it would read alike; the rest is read again.

    Costs nothing where the earlier reader left nothing. Raises what SQLite raises.
    """
    asked = f"SELECT {CONTENT}, crc FROM content WHERE reader = ? AND image = ''"
    rows = sound_rows(database.execute(asked, (earlier.id,)))
    if not rows:
        return
    surest = "SELECT f.digest, max(f.score) FROM content c JOIN face f USING (digest)"
    scores = dict(database.execute(f"{surest} WHERE c.reader = ? GROUP BY 1", (earlier.id,)))
    renewed = []
    for digest, _, *about, _ in rows:
        width, height = about[2:4]
        score = scores.get(digest)
        if isinstance(score, float) and score >= earlier.score and not is_narrow(width, height):
            renewed.append((reader, row_crc((digest, reader, *about)), digest))
    with database:
        database.executemany("UPDATE content SET reader = ?, crc = ? WHERE digest = ?", renewed)
