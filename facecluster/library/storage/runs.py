"""The rows that say who is who in the newest run, and how each run was made."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facecluster.records import FaceTable, Grouping, PhotoRow
from facecluster.report.document import members
from facecluster.report.records import Plain, Summary


@dataclass(frozen=True, slots=True)
class RunRow:
    """How a grouping was found. started: ISO 8601, UTC. version: of facecluster. settings: as JSON
    says them. seconds: of all stages together."""

    started: str
    version: str
    settings: Plain
    counts: Summary
    seconds: float


def keep(
    database: sqlite3.Connection,
    photos: Sequence[PhotoRow],
    faces: FaceTable,
    grouping: Grouping,
    run: RunRow,
    ids: Sequence[int],
) -> None:
    """Enter a run in place of the one before. ids: the lasting number of each person. Raises what
    SQLite raises."""
    placed = np.nonzero(grouping.labels >= 0)[0]
    numbers = np.array([*ids, 0], np.int64)[grouping.labels[placed]]
    columns = (numbers, faces.photo[placed], faces.ordinal[placed])
    rows = zip(*(column.tolist() for column in columns), strict=True)
    database.execute("DELETE FROM assignment")
    database.execute("DELETE FROM person WHERE name IS NULL")
    database.executemany(
        "INSERT OR IGNORE INTO person (id) VALUES (?)",
        ((number,) for number in ids),
    )
    database.executemany(
        "INSERT OR REPLACE INTO assignment SELECT id, ? FROM face WHERE digest = ? AND ordinal = ?",
        ((person, photos[photo].key, ordinal) for person, photo, ordinal in rows),
    )
    database.execute(
        "INSERT INTO run (started, version, settings, counts, seconds) VALUES (?, ?, ?, ?, ?)",
        (
            run.started,
            run.version,
            json.dumps(run.settings),
            json.dumps(run.counts, default=members),
            run.seconds,
        ),
    )
