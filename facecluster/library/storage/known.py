"""What the index holds of photos and their bytes: each row checked once, then kept up to date."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from facecluster.library.storage.checksums import CONTENT, PHOTO, Row, is_digest, sound_rows
from facecluster.library.storage.names import from_column, to_column
from facecluster.photos.image_hash import content_id
from facecluster.records import PhotoFile


@dataclass(slots=True)
class Known:
    """reader: who asks. photos: path to its row of PHOTO. contents: digest to its row of CONTENT.

    Rows that do not fit their checksum are in neither, as if they were not there; `unsound` has the
    paths of such photos as the table spells them.
    """

    reader: str = ""
    photos: dict[str, Row] = field(default_factory=dict)
    contents: dict[str, Row] = field(default_factory=dict)
    unsound: set[object] = field(default_factory=set)

    def read(self) -> set[str]:
        """The digests of bytes that were read and could be."""
        return {digest for digest, row in self.contents.items() if row[7] is None}

    def content(self, path: str) -> str:
        """What this reader saw in the photo goes by; empty where nobody knows the photo."""
        row = self.photos.get(path)
        if row is None:
            return ""
        digest, image, orientation = row[3:6]
        return content_id(image, orientation, self.reader) if image else str(digest)

    def unread(self, files: Iterable[PhotoFile]) -> list[PhotoFile]:
        """The files that were not read, or have changed since."""
        read, nothing = self.read(), ("", -1, -1, "")

        def same(file: PhotoFile) -> bool:
            row = self.photos.get(file.path, nothing)
            unchanged = row[1] == file.size and row[2] == file.mtime_ns
            return unchanged and self.content(file.path) in read

        return [file for file in files if not same(file)]

    def left_out(self, matches: Callable[[str], bool]) -> set[str]:
        """The images of photos that match, and of no other photo; digests where nobody knows the
        image."""
        out, rest = set[str](), {""}  # no bytes, no digest
        for path, row in self.photos.items():
            (out if matches(path) else rest).add(row[4] or row[3])
        return out - rest

    def drop(self, digests: Iterable[str]) -> None:
        """Forget what these bytes hold."""
        for digest in digests:
            self.contents.pop(digest, None)


def look_up(database: sqlite3.Connection, reader: str) -> Known:
    """What the index holds that `reader` read. Raises what SQLite raises."""
    known = Known(reader)
    rows = database.execute(f"SELECT {PHOTO}, crc FROM photo").fetchall()
    sound = sound_rows(rows)
    known.photos = {from_column(row[0]): row for row in sound}
    if len(known.photos) < len(rows):
        names = Counter(from_column(row[0]) for row in sound)
        for name in (name for name, rows_of_it in names.items() if rows_of_it > 1):
            del known.photos[name]  # a tree out of order: nobody knows which row is the newer
        known.unsound = {row[0] for row in rows} - {to_column(name) for name in known.photos}
    asked = f"SELECT {CONTENT}, crc FROM content WHERE reader = ?"
    sound = [row for row in sound_rows(database.execute(asked, (reader,))) if is_digest(row[0])]
    known.contents = {row[0]: row for row in sound}
    return known
