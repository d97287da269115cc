"""The tables of index.db, and how older ones become the newest."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache

from facecluster.library.storage.checksums import add_functions

VERSION = 6
CHECKSUMS = 3  # the first version that has them

# One entry per version: the statements that lead to it from the one before.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE content (            -- what a file's bytes hold, however often it is stored
        digest      TEXT PRIMARY KEY, -- blake2b of the bytes, hex
        reader      TEXT NOT NULL,    -- detector, embedder and settings that read it
        width       INTEGER NOT NULL, -- px, upright; 0 when unreadable
        height      INTEGER NOT NULL,
        orientation INTEGER NOT NULL, -- EXIF 1..8, already applied to width and height
        taken       TEXT,             -- capture time, ISO 8601 without zone
        problem     TEXT              -- why it could not be read
    ) WITHOUT ROWID;
    CREATE TABLE photo (
        path     TEXT PRIMARY KEY,    -- inside the photo folder, with /
        size     INTEGER NOT NULL,    -- bytes
        mtime_ns INTEGER NOT NULL,
        digest   TEXT NOT NULL        -- '' when the bytes could not be had
    ) WITHOUT ROWID;
    CREATE INDEX photo_digest ON photo (digest);
    CREATE TABLE face (
        id          INTEGER PRIMARY KEY,
        digest      TEXT NOT NULL REFERENCES content (digest) ON DELETE CASCADE,
        ordinal     INTEGER NOT NULL, -- 0 has the best score
        box         BLOB NOT NULL,    -- float32 x, y, width, height in upright photo px
        landmarks   BLOB NOT NULL,    -- float32 5 x (x, y): right eye, left eye, nose, mouth r, l
        score       REAL NOT NULL,
        clarity     BLOB NOT NULL,    -- float32 sharpness, contrast, share inside the photo
        consistency REAL NOT NULL,
        embedding   BLOB NOT NULL,    -- float16, unit length
        UNIQUE (digest, ordinal)
    );
    CREATE TABLE person (
        id     INTEGER PRIMARY KEY,
        name   TEXT,
        hidden INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE assignment (         -- of the newest run
        face   INTEGER PRIMARY KEY REFERENCES face (id) ON DELETE CASCADE,
        person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE
    );
    CREATE TABLE rule (               -- what a user has said of two faces, or of one
        kind  TEXT NOT NULL CHECK (kind IN ('must link', 'cannot link', 'not a face')),
        face  INTEGER NOT NULL REFERENCES face (id) ON DELETE CASCADE,
        other INTEGER REFERENCES face (id) ON DELETE CASCADE
    );
    CREATE TABLE run (
        id       INTEGER PRIMARY KEY,
        started  TEXT NOT NULL,       -- ISO 8601, UTC
        version  TEXT NOT NULL,       -- of facecluster
        settings TEXT NOT NULL,       -- JSON
        counts   TEXT NOT NULL,       -- JSON
        seconds  REAL NOT NULL
    );
    """,
    """
    CREATE TABLE grouping (           -- of the newest run, to be used again; one row at most
        key  TEXT NOT NULL,           -- digest of all that it was made from
        data BLOB NOT NULL            -- see groupings.py
    );
    """,
    # Made anew and not altered, since what ALTER TABLE leaves of the text differs between versions
    # of SQLite, and the text is compared (`is_ours`).
    """
    CREATE TEMP TABLE old_content AS SELECT *, (SELECT count(*) FROM face
        WHERE face.digest = content.digest) AS faces FROM content;
    CREATE TEMP TABLE old_photo AS SELECT * FROM photo;
    CREATE TEMP TABLE old_face AS SELECT * FROM face;
    DROP TABLE content;
    DROP TABLE photo;
    DROP TABLE face;
    CREATE TABLE content (            -- what a file's bytes hold, however often it is stored
        digest      TEXT PRIMARY KEY, -- blake2b of the bytes, hex
        reader      TEXT NOT NULL,    -- detector, embedder and settings that read it
        width       INTEGER NOT NULL, -- px, upright; 0 when unreadable
        height      INTEGER NOT NULL,
        orientation INTEGER NOT NULL, -- EXIF 1..8, already applied to width and height
        taken       TEXT,             -- capture time, ISO 8601 without zone
        problem     TEXT,             -- why it could not be read
        faces       INTEGER NOT NULL, -- how many rows of face belong to it
        crc         INTEGER NOT NULL  -- of the columns before, see checksums.py
    ) WITHOUT ROWID;
    CREATE TABLE photo (
        path     TEXT PRIMARY KEY,    -- inside the photo folder, with /
        size     INTEGER NOT NULL,    -- bytes
        mtime_ns INTEGER NOT NULL,
        digest   TEXT NOT NULL,       -- '' when the bytes could not be had
        crc      INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX photo_digest ON photo (digest);
    CREATE TABLE face (
        id          INTEGER PRIMARY KEY,
        digest      TEXT NOT NULL REFERENCES content (digest) ON DELETE CASCADE,
        ordinal     INTEGER NOT NULL, -- 0 has the best score
        box         BLOB NOT NULL,    -- float32 x, y, width, height in upright photo px
        landmarks   BLOB NOT NULL,    -- float32 5 x (x, y): right eye, left eye, nose, mouth r, l
        score       REAL NOT NULL,
        clarity     BLOB NOT NULL,    -- float32 sharpness, contrast, share inside the photo
        consistency REAL NOT NULL,
        embedding   BLOB NOT NULL,    -- float16, unit length
        crc         INTEGER NOT NULL,
        UNIQUE (digest, ordinal)
    );
    INSERT INTO content SELECT *, row_crc(digest, reader, orientation, faces, width, height,
        taken, problem) FROM old_content;
    INSERT INTO photo SELECT *, row_crc(path, size, mtime_ns, digest) FROM old_photo;
    INSERT INTO face SELECT *, face_crc(digest, ordinal, score, consistency, box, landmarks,
        clarity, embedding) FROM old_face;
    DROP TABLE old_content;
    DROP TABLE old_photo;
    DROP TABLE old_face;
    CREATE TABLE home (               -- whose index this is, where it lies elsewhere; one row
        folder TEXT NOT NULL          -- the output folder
    );
    """,
    """
    CREATE TABLE stamp (              -- what else tells that a file was changed, see stamps.py
        path     TEXT PRIMARY KEY,    -- as in photo; an index of an earlier version has none
        ctime_ns INTEGER NOT NULL,
        inode    INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    # Rows that do not fit their checksum get no new one: their photos are read again.
    """
    CREATE TEMP TABLE old_content AS SELECT * FROM content WHERE crc = row_crc(digest, reader,
        orientation, faces, width, height, taken, problem);
    DROP TABLE content;
    CREATE TABLE content (             -- what a file's bytes hold, however often it is stored
        digest       TEXT PRIMARY KEY, -- blake2b of the bytes, hex
        reader       TEXT NOT NULL,    -- detector, embedder and settings that read it
        width        INTEGER NOT NULL, -- px, upright; 0 when unreadable
        height       INTEGER NOT NULL,
        orientation  INTEGER NOT NULL, -- EXIF 1..8, already applied to width and height
        taken        TEXT,             -- capture time, ISO 8601 without zone
        problem      TEXT,             -- why it could not be read
        faces        INTEGER NOT NULL, -- how many rows of face belong to it
        picture_hash TEXT NOT NULL,    -- hex; '' without faces, or of an earlier version
        crc          INTEGER NOT NULL  -- of the columns before, see checksums.py
    ) WITHOUT ROWID;
    INSERT INTO content (digest, reader, orientation, faces, width, height, taken, problem,
        picture_hash, crc) SELECT digest, reader, orientation, faces, width, height, taken, problem,
        '', row_crc(digest, reader, orientation, faces, width, height, taken, problem, '')
        FROM old_content;
    DROP TABLE old_content;
    """,
    # Photos of earlier versions go by the hash of their file until it changes.
    """
    CREATE TEMP TABLE old_photo AS SELECT * FROM photo WHERE crc = row_crc(path, size, mtime_ns,
        digest);
    CREATE TEMP TABLE old_content AS SELECT * FROM content WHERE crc = row_crc(digest, reader,
        orientation, faces, width, height, taken, problem, picture_hash);
    DROP TABLE photo;
    DROP TABLE content;
    DROP TABLE rule;
    CREATE TABLE photo (
        path        TEXT PRIMARY KEY, -- inside the photo folder, with /
        size        INTEGER NOT NULL, -- bytes
        mtime_ns    INTEGER NOT NULL,
        digest      TEXT NOT NULL,    -- of its content; '' when the bytes could not be had
        image       TEXT NOT NULL,    -- hash of the picture without tags; '' of an earlier version
        orientation INTEGER NOT NULL, -- EXIF 1..8
        file_digest TEXT NOT NULL,    -- blake2b of the bytes, hex
        taken       TEXT,             -- capture time, ISO 8601 without zone
        crc         INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX photo_digest ON photo (digest);
    CREATE TABLE content (             -- what a reader saw in a picture, however often it is stored
        digest       TEXT PRIMARY KEY, -- of image, orientation and reader; hex
        reader       TEXT NOT NULL,    -- detector, embedder and settings that read it
        width        INTEGER NOT NULL, -- px, upright; 0 when unreadable
        height       INTEGER NOT NULL,
        orientation  INTEGER NOT NULL, -- EXIF 1..8, already applied to width and height
        taken        TEXT,             -- capture time, ISO 8601 without zone
        problem      TEXT,             -- why it could not be read
        faces        INTEGER NOT NULL, -- how many rows of face belong to it
        picture_hash TEXT NOT NULL,    -- hex; '' without faces, or of an earlier version
        image        TEXT NOT NULL,    -- as in photo
        crc          INTEGER NOT NULL, -- of the columns before, see checksums.py
        used         INTEGER NOT NULL DEFAULT 0 -- day of the newest run with it, days since 1970
    ) WITHOUT ROWID;
    CREATE INDEX content_image ON content (image);
    INSERT INTO photo SELECT path, size, mtime_ns, digest, '', 1, digest, NULL,
        row_crc(path, size, mtime_ns, digest, '', 1, digest, NULL) FROM old_photo;
    INSERT INTO content SELECT digest, reader, width, height, orientation, taken, problem, faces,
        picture_hash, '', row_crc(digest, reader, orientation, faces, width, height, taken, problem,
        picture_hash, ''), CAST(julianday('now') - 2440587.5 AS INTEGER) FROM old_content;
    DROP TABLE old_photo;
    DROP TABLE old_content;
    CREATE TABLE anchor (              -- faces that names and corrections speak of
        key       TEXT NOT NULL,       -- see facecluster/identity.py
        reader    TEXT NOT NULL,
        path      TEXT NOT NULL,       -- of its photo
        embedding BLOB NOT NULL,       -- float16
        crc       INTEGER NOT NULL,
        PRIMARY KEY (key, reader)
    ) WITHOUT ROWID;
    CREATE TABLE memory (              -- who was who in the newest run; one row at most
        data BLOB NOT NULL,            -- see people/memory.py
        crc  INTEGER NOT NULL
    );
    """,
)


def migrate(connection: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Bring the tables to the newest version, each step a transaction of its own.

    migrations: one entry per version, the statements that lead to it from the one before. Raises
    what SQLite raises.
    """
    add_functions(connection)
    (have,) = connection.execute("PRAGMA user_version").fetchone()
    for version, statements in enumerate(migrations[have:], start=have + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {statements} PRAGMA user_version = {version}; COMMIT;"
        )


def is_ours(connection: sqlite3.Connection, version: int) -> bool:
    """Whether the file holds the tables and indexes of `version` and nothing else.

    A trigger or a view would run with whatever we ask, as long as it likes, and a text that says
    something else of a table makes other values of the same bytes.
    """
    return _parts(connection) == _made(version)


@cache
def _made(version: int) -> frozenset[tuple[str, ...]]:
    """What the steps up to `version` make."""
    with closing(sqlite3.connect(":memory:")) as empty:
        migrate(empty, MIGRATIONS[:version])
        return _parts(empty)


def _parts(connection: sqlite3.Connection) -> frozenset[tuple[str, ...]]:
    """Kind, name, table and text of everything in the file, texts without comments."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return frozenset(
        (kind, name, table, " ".join(re.sub("--[^\n]*", "", sql or "").split()))
        for kind, name, table, sql in rows
    )
