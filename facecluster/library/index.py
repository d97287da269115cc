"""The index: what was read and embedded once is not read again.

SQLite in WAL mode, locked for the length of a run. Reading results are committed as they come, so
that a run that is killed goes on where it was.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import numpy as np

from facecluster.errors import LibraryError
from facecluster.library.schema import VERSION, migrate
from facecluster.library.tables import face_table, photo_rows
from facecluster.records import FaceBatch, FaceTable, Grouping, PhotoFile, PhotoRow

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
            if keep:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(str(path), timeout=2) if keep else _copy(path)
            try:
                self._open()
            except BaseException:
                self._db.close()
                raise

    def _open(self) -> None:
        # Held until the file is closed or the process ends: two runs must not mix their results.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("BEGIN EXCLUSIVE")
        self._db.execute("COMMIT")
        (have,) = self._db.execute("PRAGMA user_version").fetchone()
        if have > VERSION:
            raise LibraryError(
                f"{self._path}: written by a newer facecluster (schema {have}, this one knows "
                f"{VERSION}); update facecluster or choose another --out"
            )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        migrate(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Say in one sentence what SQLite means."""
        try:
            yield
        except sqlite3.OperationalError as error:
            reason = str(error)
            if "locked" in reason:
                raise LibraryError(f"{self._path}: in use by another facecluster run") from error
            raise LibraryError(
                f"{self._path}: cannot be used ({reason}); check rights and free space"
            ) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise LibraryError(
                f"{self._path}: not a usable index ({error}); delete it to read all photos again"
            ) from error
        except OSError as error:
            raise LibraryError(
                f"{self._path}: cannot be written ({error.strerror or error}); choose another --out"
            ) from error

    def unread(self, files: Sequence[PhotoFile]) -> list[PhotoFile]:
        """The files whose bytes must be looked at: new, changed, or read by another reader.

        A file that could not be read is tried again each time: an extra may have been installed.
        """
        with self._errors():
            known = {
                (_text(path), size, mtime)
                for path, size, mtime in self._db.execute(
                    "SELECT path, size, mtime_ns FROM photo JOIN content USING (digest)"
                    " WHERE reader = ? AND problem IS NULL",
                    (self._reader,),
                )
            }
        return [f for f in files if (f.path, f.size, f.mtime_ns) not in known]

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
            (_bytes(file.path), file.size, file.mtime_ns, r.digest),
        )
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

    def forget_missing(self, files: Sequence[PhotoFile]) -> None:
        """Drop the paths that are gone; what their bytes held stays for when they come back."""
        here = {file.path for file in files}
        with self._errors(), self._db:
            gone = [
                path
                for (path,) in self._db.execute("SELECT path FROM photo").fetchall()
                if _text(path) not in here
            ]
            self._db.executemany("DELETE FROM photo WHERE path = ?", [(path,) for path in gone])

    def load(
        self, files: Sequence[PhotoFile], problems: Mapping[str, str]
    ) -> tuple[list[PhotoRow], FaceTable]:
        """Every file as a photo row (in the files' order), and the faces of those read.

        problems: path to reason, for files whose bytes could not be had this time. Faces come in
        the order of their photo's digest, so that names and dates of files do not matter.
        """
        with self._errors():
            content = {
                row[0]: row[1:]
                for row in self._db.execute(
                    "SELECT digest, width, height, taken, problem FROM content WHERE reader = ?",
                    (self._reader,),
                )
            }
            digests = {
                _text(path): digest
                for path, digest in self._db.execute("SELECT path, digest FROM photo")
            }
            photos = photo_rows(files, digests, content, problems)
            rows = self._db.execute(
                "SELECT digest, ordinal, box, landmarks, score, clarity, consistency, embedding"
                " FROM face JOIN content USING (digest) WHERE reader = ? ORDER BY digest, ordinal",
                (self._reader,),
            )
            return photos, face_table(photos, rows)

    def save_run(
        self,
        photos: Sequence[PhotoRow],
        faces: FaceTable,
        grouping: Grouping,
        run: Mapping[str, Any],
    ) -> None:
        """Remember who is who, and how it was found: run has started, version, settings, counts
        (JSON-able) and seconds."""
        placed = np.nonzero(grouping.labels >= 0)[0]
        with self._errors(), self._db:
            self._db.execute("DELETE FROM assignment")
            self._db.execute("DELETE FROM person WHERE name IS NULL")
            for person in range(grouping.people):
                self._db.execute("INSERT OR IGNORE INTO person (id) VALUES (?)", (person + 1,))
            self._db.executemany(
                "INSERT OR REPLACE INTO assignment SELECT id, ? FROM face"
                " WHERE digest = ? AND ordinal = ?",
                [
                    (
                        int(grouping.labels[i]) + 1,
                        photos[faces.photo[i]].digest,
                        int(faces.ordinal[i]),
                    )
                    for i in placed
                ],
            )
            self._db.execute(
                "INSERT INTO run (started, version, settings, counts, seconds)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    run["started"],
                    run["version"],
                    json.dumps(run["settings"]),
                    json.dumps(run["counts"]),
                    run["seconds"],
                ),
            )


def _copy(path: Path) -> sqlite3.Connection:
    """The database in memory, empty when there is no file.

    SQLite makes two files beside one in WAL mode even to read it, so it reads a copy elsewhere.
    """
    memory = sqlite3.connect(":memory:")
    if path.exists():
        with TemporaryDirectory(prefix="facecluster-") as folder:
            for name in (path.name, f"{path.name}-wal"):  # the second: what a killed run left
                if path.with_name(name).exists():
                    shutil.copyfile(path.with_name(name), Path(folder, name))
            with closing(sqlite3.connect(Path(folder, path.name))) as file:
                file.backup(memory)
    return memory


def _bytes(path: str) -> str | bytes:
    """A path as SQLite can keep it: names that are no valid Unicode go in as bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return path.encode(errors="surrogatepass")
    return path


def _text(path: str | bytes) -> str:
    return path.decode(errors="surrogatepass") if isinstance(path, bytes) else path
