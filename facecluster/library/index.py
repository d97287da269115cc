"""The index: what was read and embedded once is not read again.

SQLite in WAL mode, locked for the length of a run. Reading results are committed as they come, so
that a run that is killed goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from facecluster.library import stamps
from facecluster.library.database import library_errors, open_database
from facecluster.library.groupings import pack, unpack
from facecluster.library.names import from_column, to_column
from facecluster.library.tables import Row, face_table, photo_rows
from facecluster.records import FaceBatch, FaceTable, Grouping, PhotoFile, PhotoRow
from facecluster.report.document import members
from facecluster.report.records import Plain, Summary

FILE = Path(".facecluster") / "index.db"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file: its faces, or why there are none.

    digest is empty when not even the bytes could be had; width and height are upright px.
    """

    file: PhotoFile
    digest: str
    width: int = 0
    height: int = 0
    orientation: int = 1
    taken: str | None = None
    problem: str | None = None
    faces: FaceBatch | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """How a grouping was found. started: ISO 8601, UTC. version: of facecluster. settings: as JSON
    says them. seconds: of all stages together."""

    started: str
    version: str
    settings: Plain
    counts: Summary
    seconds: float


class Index:
    """The index of one output folder; use it as a context manager.

    path: the database file. reader: names the detector, the embedder and their settings; what
    another reader read is read again. keep False works on a copy in memory and leaves the file as
    it is (a dry run). Raises LibraryError when the file is damaged, locked by another run, or
    newer than this facecluster.
    """

    def __init__(self, path: Path, reader: str, keep: bool = True) -> None:
        self._path = path
        self._reader = reader
        with self._errors():
            self._db = open_database(path, keep)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def _errors(self) -> AbstractContextManager[None]:
        return library_errors(self._path)

    def unread(self, files: Sequence[PhotoFile]) -> list[PhotoFile]:
        """The files whose bytes must be looked at: new, changed, or read by another reader.

        A file that could not be read is tried again each time: an extra may have been installed.
        Stamps (see stamps.py) that the index does not have yet are kept.
        """
        with self._errors():
            known = {
                (from_column(path), size, mtime)
                for path, size, mtime in self._db.execute(
                    "SELECT path, size, mtime_ns FROM photo JOIN content USING (digest)"
                    " WHERE reader = ? AND problem IS NULL",
                    (self._reader,),
                )
            }
            same = [f for f in files if (f.path, f.size, f.mtime_ns) in known]
            changed, unstamped = stamps.compare(self._db, same)
            if unstamped:
                with self._db:
                    stamps.keep(self._db, unstamped)
        sure = {f.path for f in same} - changed
        return [f for f in files if f.path not in sure]

    def restamp(self, files: Iterable[PhotoFile]) -> None:
        """Files that we changed ourselves, but not their bytes."""
        with self._errors(), self._db:
            stamps.keep(self._db, files)

    def forget(self, paths: Iterable[str]) -> None:
        """Drop what is known of these photos, so that they are read from nothing."""
        rows = [(to_column(path),) for path in paths]
        if not rows:
            return
        with self._errors(), self._db:
            self._db.executemany(
                "DELETE FROM content WHERE digest = (SELECT digest FROM photo WHERE path = ?)", rows
            )

    def digests(self) -> set[str]:
        """All bytes that this reader has read; to be asked from other threads."""
        with self._errors():
            rows = self._db.execute(
                "SELECT digest FROM content WHERE reader = ? AND problem IS NULL", (self._reader,)
            )
            return {digest for (digest,) in rows}

    def add(self, readings: Iterable[Reading]) -> None:
        """Store readings, all or none of them, and make them last."""
        with self._errors(), self._db:
            for reading in readings:
                self._add(reading)

    def _add(self, r: Reading) -> None:
        file = r.file
        # Without bytes there is nothing to remember but the failure, which is tried again.
        self._db.execute(
            "INSERT OR REPLACE INTO photo VALUES (?, ?, ?, ?)",
            (to_column(file.path), file.size, file.mtime_ns, r.digest),
        )
        stamps.keep(self._db, (file,))
        if not r.digest or (r.faces is None and r.problem is None):
            return
        self._db.execute("DELETE FROM content WHERE digest = ?", (r.digest,))
        self._db.execute(
            "INSERT INTO content VALUES (?, ?, ?, ?, ?, ?, ?)",
            (r.digest, self._reader, r.width, r.height, r.orientation, r.taken, r.problem),
        )
        if r.faces is None:
            return
        found = r.faces.detections
        self._db.executemany(
            "INSERT INTO face (digest, ordinal, box, landmarks, score, clarity, consistency,"
            " embedding) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    r.digest,
                    i,
                    found.boxes[i].astype("<f4").tobytes(),
                    found.landmarks[i].astype("<f4").tobytes(),
                    float(found.scores[i]),
                    r.faces.clarity[i].astype("<f4").tobytes(),
                    float(r.faces.consistency[i]),
                    r.faces.embeddings[i].astype("<f2").tobytes(),
                )
                for i in range(len(found))
            ],
        )

    def photos(self) -> int:
        """How many files the newest run found."""
        with self._errors():
            count: int = self._db.execute("SELECT count(*) FROM photo").fetchone()[0]
        return count

    def forget_missing(self, files: Sequence[PhotoFile]) -> None:
        """Drop the paths that are gone; what their bytes held stays for when they come back."""
        here = {file.path for file in files}
        with self._errors(), self._db:
            gone = [
                path
                for (path,) in self._db.execute("SELECT path FROM photo").fetchall()
                if from_column(path) not in here
            ]
            for table in ("photo", "stamp"):
                rows = [(path,) for path in gone]
                self._db.executemany(f"DELETE FROM {table} WHERE path = ?", rows)

    def load(
        self, files: Sequence[PhotoFile], problems: Mapping[str, str]
    ) -> tuple[list[PhotoRow], FaceTable]:
        """Every file as a photo row (in the files' order), and the faces of those read.

        problems: path to reason, for files whose bytes could not be had this time. Faces come in
        the order of their photo's digest, so that names and dates of files do not matter.
        """
        with self._errors():
            photos = photo_rows(files, *self._contents(), problems)
            # As they lie on the disk: in the order of digests each row would be a jump.
            rows = self._db.execute(
                "SELECT digest, ordinal, box, landmarks, score, clarity, consistency, embedding"
                " FROM face"
            )
            return photos, face_table(photos, rows)

    def _contents(self) -> tuple[dict[str, str], dict[str, Row]]:
        """Digest by path; width, height, time and problem by digest."""
        digests = {
            from_column(path): digest
            for path, digest in self._db.execute("SELECT path, digest FROM photo")
        }
        content = {
            row[0]: row[1:]
            for row in self._db.execute(
                "SELECT digest, width, height, taken, problem FROM content WHERE reader = ?",
                (self._reader,),
            )
        }
        return digests, content

    def grouping(self, key: str) -> Grouping | None:
        """What `keep_grouping` was given last, if its key was this one and it is not damaged."""
        with self._errors():
            kept = self._db.execute("SELECT data FROM grouping WHERE key = ?", (key,)).fetchone()
        return unpack(kept[0]) if kept else None

    def keep_grouping(self, key: str, grouping: Grouping) -> None:
        """Keep a grouping in place of the one before. key: see `grouping_key`."""
        with self._errors(), self._db:
            self._db.execute("DELETE FROM grouping")
            self._db.execute("INSERT INTO grouping VALUES (?, ?)", (key, pack(grouping)))

    def save_run(
        self, photos: Sequence[PhotoRow], faces: FaceTable, grouping: Grouping, run: RunRow
    ) -> None:
        """Remember who is who, and how it was found."""
        placed = np.nonzero(grouping.labels >= 0)[0]
        columns = (grouping.labels[placed] + 1, faces.photo[placed], faces.ordinal[placed])
        rows = zip(*(column.tolist() for column in columns), strict=True)
        with self._errors(), self._db:
            self._db.execute("DELETE FROM assignment")
            self._db.execute("DELETE FROM person WHERE name IS NULL")
            self._db.executemany(
                "INSERT OR IGNORE INTO person (id) VALUES (?)",
                ((person + 1,) for person in range(grouping.people)),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO assignment SELECT id, ? FROM face"
                " WHERE digest = ? AND ordinal = ?",
                ((person, photos[photo].digest, ordinal) for person, photo, ordinal in rows),
            )
            self._db.execute(
                "INSERT INTO run (started, version, settings, counts, seconds)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    run.started,
                    run.version,
                    json.dumps(run.settings),
                    json.dumps(run.counts, default=members),
                    run.seconds,
                ),
            )
