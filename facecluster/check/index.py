"""The index: SQLite's own tests, the checksum of each row, and that no photo lacks its faces."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from facecluster.check.findings import Finding, Part, explained
from facecluster.errors import LibraryError
from facecluster.library.storage.checksums import CONTENT, FACE, PHOTO, Row, sound_faces, sound_rows
from facecluster.library.storage.database import library_errors, open_database
from facecluster.library.storage.groupings import unpack
from facecluster.library.storage.locks import NAME as LOCK
from facecluster.library.storage.locks import holder, is_locked

MOST = 10  # sentences of SQLite's that are shown
_READ = "the next run reads them again"


@dataclass(frozen=True, slots=True)
class Placed:
    """Who is who by the index: (digest, ordinal) of each face to the number of a person, 0 for
    nobody. started: of the run."""

    started: str = ""
    people: Mapping[tuple[str, int], int] = field(default_factory=dict)


def check_index(path: Path, shown: str) -> tuple[list[Finding], Placed | None]:
    """What is wrong with the index at `path`, and who is who by it where that can be said.

    shown: what findings call it. Nothing is written: SQLite reads a copy. Raises LibraryError
    while a run is at work.
    """
    if not path.exists():
        again = "the next run reads all photos again"
        return [Finding(Part.INDEX, shown, "is not there", again)], None
    run = holder(path.with_name(LOCK))
    if run is not None or is_locked(path):
        who = "" if run is None else f" ({run})"
        raise LibraryError(f"{path}: in use by a run of facecluster{who}; check when it has ended")
    try:
        with library_errors(path), closing(open_database(path, keep=False)) as database:
            broken = [text for (text,) in database.execute(f"PRAGMA integrity_check({MOST})")]
            if broken != ["ok"]:
                problem = f"SQLite finds damage ({'; '.join(broken)})"
                delete = "delete it, and the next run reads all photos again"
                return [Finding(Part.INDEX, shown, problem, delete)], None
            found = [Finding(Part.INDEX, shown, *told) for told in _told(database)]
            return found, _placed(database)
    except LibraryError as error:
        return [explained(Part.INDEX, shown, str(error), str(path))], None


def _told(database: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """What is wrong with rows that count, and what helps.

    Rows of photos that are not there any more do not: if these come back, what does not fit its
    checksum is read again.
    """
    photos = database.execute(f"SELECT {PHOTO}, crc FROM photo").fetchall()
    sound = sound_rows(photos)
    if bad := len(photos) - len(sound):
        yield f"{_count(bad, 'row of a photo', 'rows of photos')} damaged", _READ
    wanted = {row[4] or row[3] for row in sound if row[3]}  # images, as any reader saw them
    images = dict(database.execute("SELECT digest, image FROM content"))
    contents = {
        row[0]: row
        for row in sound_rows(database.execute(f"SELECT {CONTENT}, crc FROM content"))
        if (images[row[0]] or row[0]) in wanted
    }
    lost = len(wanted - {images[digest] or digest for digest in contents})
    if lost:
        of = "1 photo" if lost == 1 else f"{lost} photos"
        yield f"of {of} nothing is known any more", _READ
    faces = Counter(row[0] for row in _each_once(database, contents))
    short = sum(faces[digest] != row[3] for digest, row in contents.items())
    if short:
        yield f"faces of {_count(short, 'photo', 'photos')} damaged", _READ
    kept = database.execute("SELECT data FROM grouping").fetchall()
    if any(unpack(data) is None for (data,) in kept):
        yield "the kept grouping is damaged", "the next run groups again"


def _each_once(database: sqlite3.Connection, contents: Mapping[str, Row]) -> Iterator[Row]:
    """The sound faces of these photos that are numbered as they should be."""
    for row in sound_faces(database.execute(f"SELECT {FACE}, crc FROM face")):
        if row[0] in contents and 0 <= row[1] < contents[row[0]][3]:
            yield row


def _placed(database: sqlite3.Connection) -> Placed:
    newest = "SELECT started FROM run ORDER BY id DESC LIMIT 1"
    started = [text for (text,) in database.execute(newest)]
    rows = database.execute(
        "SELECT digest, ordinal, coalesce(person, 0) FROM face "
        "LEFT JOIN assignment ON face.id = assignment.face"
    )
    people = {(digest, ordinal): person for digest, ordinal, person in rows}
    return Placed(str(started[0]) if started else "", people)


def _count(number: int, one: str, many: str) -> str:
    """Such as '1 photo is' and '2 photos are'."""
    return f"{number} {one} is" if number == 1 else f"{number} {many} are"
