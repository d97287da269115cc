"""A damaged index never changes who is who: what is damaged is read again, or the run says so."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import LibraryError
from facecluster.library.index import Index, LostFacesError
from facecluster.library.readings import Reading
from facecluster.library.storage.checksums import CONTENT, FACE, PHOTO, row_crc
from facecluster.library.storage.schema import MIGRATIONS, migrate
from facecluster.library.storage.tables import face_rows
from facecluster.records import HASH_BYTES, FaceTable, PhotoRow
from tests.support.groupings import assert_same, make_grouping
from tests.support.readings import READER, digest_of, file, make_faces, reading

Open = Callable[..., Index]
FILES = [file(f"holiday/{i:02}.jpg") for i in range(60)]
Loaded = tuple[list[PhotoRow], FaceTable]


@pytest.fixture
def readings(rng: np.random.Generator) -> dict[str, Reading]:
    """What reading each file gives, now and again: nothing to three faces."""
    return {
        f.path: reading(f, f.path[-6:-4], make_faces(rng, i % 4), rng.bytes(HASH_BYTES))
        for i, f in enumerate(FILES)
    }


def run(index: Index, readings: dict[str, Reading]) -> tuple[Loaded, list[str]]:
    """What a run does with its index, and the paths that it read."""
    read: list[str] = []

    def once() -> Loaded:
        unread = index.unread(FILES)
        index.forget_missing(FILES)
        known = index.digests()
        read.extend(f.path for f in unread)
        again = [readings[f.path] for f in unread]
        index.add(Reading(r.file, r.digest) if r.digest in known else r for r in again)
        return index.load(FILES, {})

    try:
        return once(), read
    except LostFacesError:
        return once(), read


def assert_equal(one: Loaded, other: Loaded) -> None:
    assert one[0] == other[0]
    for field in fields(FaceTable):
        np.testing.assert_array_equal(getattr(one[1], field.name), getattr(other[1], field.name))


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bits_and_lost_bytes_change_nothing_unnoticed(
    opened: Open, db: Path, readings: dict[str, Reading], seed: int
) -> None:
    kept = make_grouping([0, 1, 0, 1, -1, -1])
    with opened() as index:
        right, _ = run(index, readings)
        index.keep_grouping("key", kept)
    data = db.read_bytes()
    dice = random.Random(seed)
    ends: Counter[str] = Counter()
    for _ in range(60):
        damaged = bytearray(data)
        at = dice.randrange(len(damaged))
        if dice.random() < 0.7:
            damaged[at] ^= 1 << dice.randrange(8)
        else:
            damaged[at : at + 9] = dice.randbytes(len(damaged[at : at + 9]))
        db.write_bytes(damaged)
        try:
            with opened() as index:
                loaded, read = run(index, readings)
                grouping = index.grouping("key")
            with opened() as index:  # and it is mended for good
                assert_equal(run(index, readings)[0], right)
        except LibraryError as error:
            ends["said" if str(db) in str(error) else "nothing said"] += 1
            continue
        assert_equal(loaded, right)
        if grouping is not None:
            assert_same(grouping, kept)
        ends["read again" if read else "as before"] += 1
    assert ends["as before"]
    assert ends["read again"]
    assert not ends["nothing said"]


COLUMNS = {
    "photo": [*PHOTO.split(", "), "crc"],
    "content": [*CONTENT.replace("problem, ", "").split(", "), "crc"],
    "face": [*FACE.split(", "), "crc"],
}


@pytest.mark.parametrize("value", [77, 0.25, "f" * 32, b"", b"four" * 64, -1])
@pytest.mark.parametrize(
    ("table", "column"), [(t, c) for t, names in COLUMNS.items() for c in names]
)
def test_a_changed_value_has_its_photo_read_again(
    opened: Open, db: Path, readings: dict[str, Reading], table: str, column: str, value: object
) -> None:
    """Whatever stands in a row, of whatever kind."""
    with opened() as index:
        right, _ = run(index, readings)
    with closing(sqlite3.connect(db)) as raw, raw:
        where = "path" if table == "photo" else "digest"
        key = FILES[7].path if table == "photo" else digest_of("07")
        limit = " AND ordinal = 1" if table == "face" else ""
        raw.execute(f"UPDATE {table} SET {column} = ? WHERE {where} = ?{limit}", (value, key))
    with opened() as index:
        loaded, read = run(index, readings)
        assert_equal(loaded, right)
        assert read == [FILES[7].path]
    with opened() as index:
        loaded, read = run(index, readings)
        assert_equal(loaded, right)
        assert read == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM face WHERE digest = ? AND ordinal = 2",
        "DELETE FROM face WHERE digest = ? AND ordinal = 0",
        "DELETE FROM face WHERE digest = ?",
        "DELETE FROM content WHERE digest = ?",  # its faces stay
        "DELETE FROM photo WHERE digest = ?",
        "INSERT INTO face SELECT NULL, digest, 3, box, landmarks, score, clarity, consistency,"
        " embedding, crc FROM face WHERE digest = ? AND ordinal = 0",
        "UPDATE face SET ordinal = 9 - ordinal WHERE digest = ?",
    ],
)
def test_lost_and_doubled_rows_are_noticed(
    opened: Open, db: Path, readings: dict[str, Reading], statement: str
) -> None:
    with opened() as index:
        right, _ = run(index, readings)
    with closing(sqlite3.connect(db)) as raw, raw:
        assert raw.execute(statement, (digest_of("07"),)).rowcount
    for _ in range(2):
        with opened() as index:
            assert_equal(run(index, readings)[0], right)


@pytest.mark.parametrize("digest", ["../../photos/party", "f" * 31, "F" * 32, "f" * 32 + "\n", ""])
def test_only_32_hex_digits_name_bytes(opened: Open, db: Path, digest: str) -> None:
    """Even where the checksum is right: a digest becomes part of paths."""
    content = (digest, READER, 1, 0, 9, 9, None, None, "", "")
    with opened():
        pass
    with closing(sqlite3.connect(db)) as raw, raw:
        row = (*content, row_crc(content))
        raw.execute(f"INSERT INTO content ({CONTENT}, crc) VALUES (?,?,?,?,?,?,?,?,?,?,?)", row)
        photo = (FILES[0].path, 100, 1, digest, "", 1, digest, None)
        values = (*photo, row_crc(photo))
        raw.execute("INSERT INTO photo VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    with opened() as index:
        assert index.unread(FILES[:1]) == FILES[:1]
        assert index.digests() == set()
        assert index.load(FILES[:1], {})[0][0].problem == "was not read"


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON photo BEGIN DELETE FROM face; END",
        "CREATE TRIGGER t AFTER DELETE ON photo BEGIN INSERT INTO home SELECT 1 FROM photo a,"
        " photo b, photo c, photo d, photo e, photo f; END",
        "CREATE VIEW v AS SELECT * FROM photo",
        "CREATE INDEX i ON photo (size * 2)",
        "CREATE INDEX i ON photo (size) WHERE size > 3",
        "CREATE VIRTUAL TABLE f USING fts5 (x)",
        "CREATE TABLE diary (text)",
        "DROP TABLE home",
        "DROP INDEX photo_digest",
        "ALTER TABLE photo ADD COLUMN more AS (size * 2)",
        "DROP TABLE run; CREATE VIEW run AS SELECT 1 AS id, 2 AS started, 3 AS version, 4 AS"
        " settings, 5 AS counts, 6 AS seconds",
        "PRAGMA user_version = 2",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = -1",
    ],
)
def test_what_we_did_not_make_is_refused(
    opened: Open, db: Path, readings: dict[str, Reading], statement: str, keep: bool
) -> None:
    with opened() as index:
        run(index, readings)
    with closing(sqlite3.connect(db)) as raw:
        raw.executescript(statement)
    before = db.read_bytes()
    with pytest.raises(
        LibraryError, match=r"index\.db: not a usable index \(.*tables\); delete it"
    ):
        opened(keep=keep)
    assert db.read_bytes() == before


def test_what_sqlite_quotes_stays_one_line(opened: Open, db: Path) -> None:
    with opened():
        pass
    data = db.read_bytes()
    at = data.index(b"CREATE TABLE photo")
    db.write_bytes(data[:at] + b"CREATE TABLE photo (\n'" + data[at + 22 :])
    with pytest.raises(LibraryError, match="not a usable index") as caught:
        opened()
    assert "\n" not in str(caught.value)


OLD_FACE = "NULL, ?, ?, ?, ?, ?, ?, ?, ?"


def make_old(db: Path, readings: dict[str, Reading]) -> None:
    """The index as version 2 left it, without checksums."""
    db.parent.mkdir(parents=True)
    with closing(sqlite3.connect(db)) as raw, raw:
        migrate(raw, MIGRATIONS[:2])
        for r in readings.values():
            photo = (r.file.path, r.file.size, r.file.mtime_ns, r.digest)
            raw.execute("INSERT INTO photo VALUES (?, ?, ?, ?)", photo)
            content = (r.digest, READER, r.width, r.height, r.orientation, r.taken, r.problem)
            raw.execute("INSERT INTO content VALUES (?, ?, ?, ?, ?, ?, ?)", content)
            assert r.faces is not None
            for d, i, score, same, box, points, clarity, embedding in face_rows(r.digest, r.faces):
                row = (d, i, box, points, score, clarity, same, embedding)
                raw.execute(f"INSERT INTO face VALUES ({OLD_FACE})", row)
        raw.execute("INSERT INTO person (id) VALUES (1)")
        raw.execute("INSERT INTO assignment SELECT id, 1 FROM face")


def test_an_index_without_checksums_gets_them_and_no_photo_is_read_again(
    opened: Open, db: Path, readings: dict[str, Reading]
) -> None:
    readings = {path: replace(r, picture_hash=b"") for path, r in readings.items()}
    with Index(Path("never made"), READER, keep=False) as index:
        right, _ = run(index, readings)
    make_old(db, readings)
    for keep in (False, True, True):
        with opened(keep=keep) as index:
            loaded, read = run(index, readings)
            assert_equal(loaded, right)
            assert read == []
    with closing(sqlite3.connect(db)) as raw:
        placed = "SELECT count(*) FROM assignment JOIN face ON face.id = face"
        assert raw.execute(placed).fetchone() == (len(right[1]),)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_damage_is_not_vouched_for(opened: Open, db: Path, readings: dict[str, Reading]) -> None:
    make_old(db, readings)
    with closing(sqlite3.connect(db)) as raw:  # the index no longer says what the table says
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("DELETE FROM sqlite_master WHERE name = 'photo_digest'")
        raw.commit()
    with closing(sqlite3.connect(db)) as raw:
        raw.execute("UPDATE photo SET digest = ? WHERE path = ?", (digest_of("99"), FILES[3].path))
        raw.execute("CREATE INDEX photo_digest ON photo (digest)")
        raw.commit()
    with pytest.raises(LibraryError, match="not a usable index"):
        opened()
