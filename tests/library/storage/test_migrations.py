"""The tables, and how they come to be."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from facecluster.library.storage.checksums import CONTENT, sound_rows
from facecluster.library.storage.schema import MIGRATIONS, VERSION, migrate

TABLES = {"content", "photo", "stamp", "face", "person", "assignment", "run", "grouping", "home"}
TABLES |= {"anchor", "memory"}


@pytest.fixture
def raw(tmp_path: Path) -> sqlite3.Connection:
    return sqlite3.connect(tmp_path / "index.db")


def tables(raw: sqlite3.Connection) -> set[str]:
    return {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def version(raw: sqlite3.Connection) -> int:
    number: int = raw.execute("PRAGMA user_version").fetchone()[0]
    return number


def test_every_version_has_its_step() -> None:
    assert len(MIGRATIONS) == VERSION


def test_an_empty_file_gets_all_tables_once(raw: sqlite3.Connection) -> None:
    for _ in range(2):
        migrate(raw)
        assert tables(raw) == TABLES
        assert version(raw) == VERSION


def test_an_older_index_takes_the_missing_steps(raw: sqlite3.Connection) -> None:
    migrate(raw)
    raw.execute("INSERT INTO photo VALUES ('a.jpg', 1, 2, 'd', 'i', 1, 'f', NULL, 9)")
    raw.commit()
    later = ("ALTER TABLE photo ADD COLUMN seen TEXT;", "CREATE TABLE album (id);")
    migrate(raw, (*MIGRATIONS, *later))
    assert version(raw) == VERSION + 2
    row = ("a.jpg", 1, 2, "d", "i", 1, "f", None, 9, None)
    assert raw.execute("SELECT * FROM photo").fetchall() == [row]
    assert tables(raw) == TABLES | {"album"}


def test_a_step_that_fails_leaves_the_version_before(raw: sqlite3.Connection) -> None:
    migrate(raw)
    steps = (*MIGRATIONS, "CREATE TABLE album (id); CREATE TABLE photo (id);")
    with pytest.raises(sqlite3.OperationalError):
        migrate(raw, steps)
    raw.rollback()
    assert version(raw) == VERSION
    assert tables(raw) == TABLES


def test_faces_go_with_their_content_and_assignments_with_their_face(
    raw: sqlite3.Connection,
) -> None:
    raw.execute("PRAGMA foreign_keys = ON")
    migrate(raw)
    raw.execute("INSERT INTO content VALUES ('d', 'r', 1, 1, 1, NULL, NULL, 1, '', '', 9, 0)")
    raw.execute("INSERT INTO face VALUES (5, 'd', 0, x'', x'', 1, x'', 1, x'', 9)")
    raw.execute("INSERT INTO person (id) VALUES (1)")
    raw.execute("INSERT INTO assignment VALUES (5, 1)")
    raw.execute("DELETE FROM content")
    assert raw.execute("SELECT count(*) FROM face").fetchone() == (0,)
    assert raw.execute("SELECT count(*) FROM assignment").fetchone() == (0,)
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("INSERT INTO face VALUES (6, 'gone', 0, x'', x'', 1, x'', 1, x'', 9)")


def test_content_gets_an_empty_hash_unless_it_is_damaged(raw: sqlite3.Connection) -> None:
    migrate(raw, MIGRATIONS[:4])
    columns = "digest, reader, orientation, faces, width, height, taken, problem"
    for digest, crc in (("right", "row_crc"), ("wrong", "7 + row_crc")):
        raw.execute(
            f"INSERT INTO content ({columns}, crc) SELECT {columns}, {crc}({columns}) FROM"
            " (SELECT ? AS digest, 'r' AS reader, 1 AS orientation, 2 AS faces, 30 AS width,"
            " 40 AS height, '2019' AS taken, NULL AS problem)",
            (digest,),
        )
        raw.execute(f"INSERT INTO face VALUES (NULL, '{digest}', 0, x'', x'', 1, x'', 1, x'', 9)")
    raw.commit()
    migrate(raw)
    rows = raw.execute(f"SELECT {CONTENT}, crc FROM content").fetchall()
    assert rows == sound_rows(rows)
    assert [row[:-1] for row in rows] == [("right", "r", 1, 2, 30, 40, "2019", None, "", "")]
    assert raw.execute("SELECT count(*) FROM face").fetchone() == (2,)
