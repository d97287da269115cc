"""Other programs read the index while a run writes to it, for as long as they like."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import LibraryError
from facecluster.library.index import Index
from facecluster.library.run_lock import run_lock
from facecluster.library.storage.database import library_errors
from tests.support.readings import digest_of, file, make_faces, paths, reading

Open = Callable[..., Index]
needs_rights = pytest.mark.skipif(os.name == "nt", reason="no such rights there")
FACES = "SELECT ordinal FROM face ORDER BY digest"


def fill(index: Index, rng: np.random.Generator, names: str) -> None:
    for name in names:
        index.add([reading(f"{name}.jpg", name, make_faces(rng, 9))])


def neighbours(db: Path) -> set[str]:
    return set(os.listdir(db.parent)) - {db.name}


@pytest.mark.parametrize("uri", ["", "?mode=ro"])
def test_a_reader_in_the_middle_of_its_rows_stops_nobody(
    opened: Open, db: Path, rng: np.random.Generator, uri: str
) -> None:
    """It goes on with what it began with, and sees the rest when it asks again."""
    with opened() as index:
        fill(index, rng, "ab")
    with closing(sqlite3.connect(f"{db.as_uri()}{uri}", uri=True, timeout=0)) as reader:
        rows = reader.execute(FACES)
        assert rows.fetchone() == (0,)
        with run_lock(db.parents[1]), opened() as index:  # opened, written and closed meanwhile
            fill(index, rng, "cd")
            index.forget_bytes([digest_of("a")])
            files = [file(f"{name}.jpg") for name in "bcd"]
            assert len(index.load(files, {})[1]) == 27
        with opened() as index:
            index.forget_missing(files[1:])
        assert len(rows.fetchall()) == 17
        assert len(reader.execute(FACES).fetchall()) == 27
    with opened() as index:
        assert index.digests() == {digest_of(name) for name in "bcd"}
    assert neighbours(db) == set()


def test_a_reader_sees_each_commit_of_a_run(
    opened: Open, db: Path, rng: np.random.Generator
) -> None:
    with opened() as index, closing(sqlite3.connect(db, timeout=0)) as reader:
        for count, name in enumerate("abc", 1):
            fill(index, rng, name)
            assert len(reader.execute(FACES).fetchall()) == 9 * count
    assert neighbours(db) == set()


WRITES = """
import sys
from pathlib import Path
import numpy as np
from tests.support.readings import READER, make_faces, reading
from facecluster.library.index import Index
from facecluster.library.run_lock import run_lock

rng, db = np.random.default_rng(1), Path(sys.argv[1])
with run_lock(db.parents[1]), Index(db, READER) as index:
    print("open", flush=True)
    for turn in range(150):
        pair = [(f"{turn}-{i}.jpg", f"{turn:03}{i}") for i in range(2)]
        index.add([reading(path, digest, make_faces(rng, 3)) for path, digest in pair])
"""


def test_a_dry_run_beside_a_run_has_what_one_commit_left(opened: Open, db: Path) -> None:
    """Never a photo of a commit without the other, nor one without its faces."""
    tests = str(Path(__file__).resolve().parents[2])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([tests, *sys.path])}
    counts = []
    command = [sys.executable, "-c", WRITES, str(db)]
    with subprocess.Popen(command, stdout=-1, text=True, env=environment) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "open\n"
        while run.poll() is None:
            with opened(keep=False) as index:
                known = len(index.digests())
                files = [file(f"{turn}-{i}.jpg") for turn in range(known // 2) for i in range(2)]
                assert index.unread(files) == []
                assert len(index.load(files, {})[1]) == 3 * known
            counts.append(known)
    assert run.returncode == 0
    assert counts == sorted(counts)
    assert all(count % 2 == 0 for count in counts)
    assert len(set(counts)) > 2
    with opened() as index:
        assert len(index.digests()) == 300
    assert neighbours(db) == set()


def test_a_dry_run_writes_to_its_own_copy_only(
    opened: Open, db: Path, rng: np.random.Generator
) -> None:
    with run_lock(db.parents[1]), opened() as index:
        fill(index, rng, "a")
        with opened(keep=False) as dry:
            fill(dry, rng, "b")
            dry.forget_bytes([digest_of("a")])
        assert index.digests() == {digest_of("a")}
        assert paths(index.unread([file("a.jpg"), file("b.jpg")])) == ["b.jpg"]
        fill(index, rng, "c")


def test_a_program_that_writes_for_long_is_one_sentence(
    opened: Open, db: Path, rng: np.random.Generator
) -> None:
    with opened():
        pass
    with closing(sqlite3.connect(db, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
        with (
            library_errors(db),
            closing(sqlite3.connect(db, timeout=0)) as mine,
            pytest.raises(LibraryError, match=r"in use by .* program that writes to it; wait"),
            library_errors(db),
        ):
            mine.execute("DELETE FROM face")


@needs_rights
@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_only_the_owner_may_read_any_of_it(
    opened: Open, db: Path, rng: np.random.Generator, umask: int
) -> None:
    before = os.umask(umask)
    try:
        for _ in range(2):
            with opened() as index:
                fill(index, rng, "a")
                assert {p.name for p in db.parent.iterdir()} >= {"index.db", "index.db-wal"}
                assert open_to_others(db) == []
            assert open_to_others(db) == []
    finally:
        os.umask(before)


@needs_rights
def test_what_an_earlier_version_left_open_is_closed(
    opened: Open, db: Path, rng: np.random.Generator
) -> None:
    with opened() as index, closing(sqlite3.connect(db)) as reader:
        rows = reader.execute(FACES)
        fill(index, rng, "a")
        index.__exit__(None, None, None)
        for path in db.parent.iterdir():  # its neighbours stay while somebody reads
            path.chmod(0o644)
        assert neighbours(db) == {"index.db-wal", "index.db-shm"}
        with opened() as again:
            assert again.digests() == {digest_of("a")}
            assert open_to_others(db) == []
        rows.close()


def open_to_others(db: Path) -> list[str]:
    return [p.name for p in db.parent.iterdir() if stat.S_IMODE(p.stat().st_mode) != 0o600]
