"""The index: what was read and embedded once is not read again.

SQLite in WAL mode, which others may read during a run. Reading results are committed as they come,
so that a run that is killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from facecluster.errors import LibraryError
from facecluster.library.people.records import Anchor
from facecluster.library.readings import Reading, tells
from facecluster.library.storage import runs, stamps
from facecluster.library.storage.checksums import (
    CONTENT,
    FACE,
    PHOTO,
    Row,
    face_crc,
    row_crc,
    sound_faces,
)
from facecluster.library.storage.database import library_errors, open_database, unusable
from facecluster.library.storage.groupings import pack, unpack
from facecluster.library.storage.known import Known, look_up
from facecluster.library.storage.lasting import (
    Kept,
    anchors,
    contents_of,
    forget_anchors,
    keep_anchors,
    keep_memory,
    memory,
    prune,
    today,
)
from facecluster.library.storage.names import to_column
from facecluster.library.storage.renewed import EarlierReader, renew
from facecluster.library.storage.runs import RunRow
from facecluster.library.storage.tables import face_rows, face_table, incomplete, photo_rows
from facecluster.photos.globs import matcher
from facecluster.records import FaceTable, Grouping, PhotoFile, PhotoRow

FILE = Path(".facecluster") / "index.db"


class LostFacesError(LibraryError):
    """Faces of some photos were damaged in the index, and these photos must be read again."""


class Index:
    """The index of one output folder; use it as a context manager.

    path: the database file. reader: names the detector, the embedder and their settings; what
    another reader read is read again, unless `earlier` did and it would be the same. keep
    False works on a copy in memory and leaves the file as it is (a dry run). home: the output
    folder, where the file lies elsewhere: another folder's index is refused. day: since 1970, None
    for today. Raises LibraryError
    when the file is damaged, locked by another run, or newer than this facecluster.
    """

    def __init__(
        self, path: Path, reader: str, keep: bool = True, home: Path | None = None,
        earlier: EarlierReader | None = None, day: int | None = None,
    ) -> None:  # fmt: skip
        self._path = path
        self._reader = reader
        self._today = today() if day is None else day
        with self._errors():
            self._db = open_database(path, keep, home)
            if earlier is not None:
                renew(self._db, earlier, reader)
        self._looked_up: Known | None = None

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

    @property
    def _known(self) -> Known:
        if self._looked_up is None:
            self._looked_up = look_up(self._db, self._reader)
        return self._looked_up

    def unread(self, files: Sequence[PhotoFile]) -> list[PhotoFile]:
        """The files whose bytes must be looked at: new, changed, read by another reader, or with a
        row that is damaged.

        A file that could not be read is tried again each time: an extra may have been installed.
        Stamps (see stamps.py) that the index does not have yet are kept.
        """
        with self._errors():
            unread = {file.path for file in self._known.unread(files)}
            same = [file for file in files if file.path not in unread]
            changed, unstamped = stamps.compare(self._db, same)
            if unstamped:
                with self._db:
                    stamps.keep(self._db, unstamped)
        return [file for file in files if file.path in unread or file.path in changed]

    def restamp(self, files: Iterable[PhotoFile]) -> None:
        """Files that we changed ourselves, but not their bytes."""
        with self._errors(), self._db:
            stamps.keep(self._db, files)

    def forget(self, paths: Iterable[str]) -> None:
        """Drop what is known of these photos, so that they are read from nothing."""
        with self._errors():
            known = self._known
        self.forget_bytes({known.content(path) for path in paths if path in known.photos})

    def excluded(self, patterns: Sequence[str]) -> set[str]:
        """The contents of photos of the newest run that a glob matches, and of no other photo, as
        any reader saw them."""
        with self._errors():
            return contents_of(self._db, self._excluded(patterns))

    def _excluded(self, patterns: Sequence[str]) -> set[str]:
        return self._known.left_out(matcher(patterns)) if patterns else set()

    def forget_excluded(self, patterns: Sequence[str]) -> None:
        """Drop what these photos hold, and what their faces looked like."""
        self.forget_bytes(self.excluded(patterns))
        with self._errors(), self._db:
            forget_anchors(self._db, self._excluded(patterns))

    def forget_bytes(self, digests: Iterable[str]) -> None:
        """Drop what photos with these digests hold."""
        gone = list(digests)
        with self._errors():
            if gone:
                with self._db:
                    for digest in gone:
                        self._forget(digest)
                self._known.drop(gone)

    def has_read(self, path: str) -> bool:
        """Whether it knows what an earlier run read in the file at `path`, by this reader."""
        with self._errors():
            return self._known.content(path) in self._known.read()

    def digests(self) -> set[str]:
        """All bytes that this reader has read; to be asked from other threads."""
        with self._errors():
            return self._known.read()

    def add(self, readings: Iterable[Reading]) -> None:
        """Store readings, all or none of them, and make them last."""
        stored = []
        with self._errors():
            known = self._known
            with self._db:
                for reading in readings:
                    self._add(reading)
                    stored.append(reading)
        for r in stored:
            known.photos[r.file.path] = self._photo(r)
            known.unsound.discard(to_column(r.file.path))
            if tells(r):
                known.contents[r.key] = self._content(r)

    def _add(self, r: Reading) -> None:
        # Without bytes there is nothing to remember but the failure, which is tried again.
        photo = self._photo(r)
        self._db.execute(
            f"INSERT OR REPLACE INTO photo ({PHOTO}, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*photo, row_crc(photo)),
        )
        stamps.keep(self._db, (r.file,))
        if not tells(r):
            return
        self._forget(r.key)
        content = self._content(r)
        self._db.execute(
            f"INSERT INTO content ({CONTENT}, crc, used) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*content, row_crc(content), self._today),
        )
        if r.faces is not None:
            self._db.executemany(
                f"INSERT INTO face ({FACE}, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((*row, face_crc(row)) for row in face_rows(r.key, r.faces)),
            )

    def _photo(self, r: Reading) -> Row:
        about = (r.image, r.orientation, r.digest, r.taken)
        return (to_column(r.file.path), r.file.size, r.file.mtime_ns, r.key, *about)

    def _content(self, r: Reading) -> Row:
        about = (r.orientation, len(r.faces or ()), r.width, r.height, r.taken, r.problem)
        return (r.key, self._reader, *about, r.picture_hash.hex(), r.image)

    def _forget(self, digest: str) -> None:
        """Delete what these bytes hold, faces that have lost their content too."""
        self._db.execute("DELETE FROM face WHERE digest = ?", (digest,))
        self._db.execute("DELETE FROM content WHERE digest = ?", (digest,))

    def photos(self) -> int:
        """How many files the newest run found."""
        with self._errors():
            count: int = self._db.execute("SELECT count(*) FROM photo").fetchone()[0]
        return count

    def forget_missing(self, files: Sequence[PhotoFile]) -> None:
        """Drop the paths that are gone; what their bytes held stays for when they come back."""
        here = {file.path for file in files}
        with self._errors():
            known = self._known
            gone = [path for path in known.photos if path not in here]
            rows = [(path,) for path in (*map(to_column, gone), *known.unsound)]
            with self._db:
                for table in ("photo", "stamp"):
                    self._db.executemany(f"DELETE FROM {table} WHERE path = ?", rows)
        for path in gone:
            del known.photos[path]
        known.unsound.clear()

    def load(
        self, files: Sequence[PhotoFile], problems: Mapping[str, str]
    ) -> tuple[list[PhotoRow], FaceTable]:
        """Every file as a photo row (in the files' order), and the faces of those read.

        problems: path to reason, for files whose bytes could not be had this time. Faces come in
        the order of their photo's digest, so that names and dates of files do not matter. Raises
        LostFacesError where faces are damaged or gone; their photos are then `unread`.
        """
        with self._errors():
            known = self._known
            digests = {path: known.content(path) for path in known.photos}
            # As they lie on the disk: in the order of digests each row would be a jump.
            rows = self._db.execute(f"SELECT {FACE}, crc FROM face")
            try:
                photos = photo_rows(files, digests, known.contents, problems, known.photos)
                faces = face_table(photos, sound_faces(rows))
            except (ValueError, OverflowError) as error:  # written so, with the right checksum
                raise unusable(self._path, error) from error
            lost = incomplete(photos, faces, known.contents)
            if lost:
                with self._db:
                    for digest in lost:
                        self._forget(digest)
                    self._db.execute("REINDEX")
                known.drop(lost)
                raise LostFacesError(
                    f"{self._path}: damaged, faces of {len(lost)} photos are lost; run again to "
                    "read these photos again, or delete it where that does not help"
                )
        return photos, faces

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
        self,
        photos: Sequence[PhotoRow],
        faces: FaceTable,
        grouping: Grouping,
        run: RunRow,
        ids: Sequence[int] | None = None,
        kept: Kept | None = None,
    ) -> set[str]:
        """Remember who is who, and how it was found; what nobody has used for long goes.

        ids: the lasting number of each person, None for ranks. kept: for the next run. Gives the
        contents that went.
        """
        numbers = range(1, grouping.people + 1) if ids is None else ids
        with self._errors(), self._db:
            runs.keep(self._db, photos, faces, grouping, run, numbers)
            if kept is not None:
                keep_memory(self._db, kept.memory)
                keep_anchors(self._db, self._reader, kept.anchors, kept.spoken_of)
            return prune(self._db, {photo.key for photo in photos}, self._today)

    def memory(self) -> bytes | None:
        """Who was who in the newest run, as it was kept; None where it is not there or damaged."""
        with self._errors():
            return memory(self._db)

    def anchors(self) -> list[Anchor]:
        """What the faces look like to this reader that names and corrections speak of."""
        with self._errors():
            return anchors(self._db, self._reader)
