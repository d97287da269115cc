"""Stamps: what makes a file with its old size and time be looked at, and what does not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.library.index import Index
from facecluster.library.readings import Reading
from facecluster.library.storage import stamps
from facecluster.library.storage.schema import MIGRATIONS, VERSION, migrate
from facecluster.records import PhotoFile
from tests.support.readings import READER, digest_of, make_faces, paths, reading

Open = Callable[..., Index]
FILES = [PhotoFile(f"{n}.jpg", 100, 1, ctime_ns=5, inode=n) for n in range(4)]


@pytest.fixture
def filled(opened: Open, rng: np.random.Generator) -> Open:
    """The index knows FILES, each with a face."""
    with opened() as index:
        index.add([reading(f, f.path, make_faces(rng, 1)) for f in FILES])
        assert index.unread(FILES) == []
    return opened


@pytest.mark.parametrize("change", [{"ctime_ns": 6}, {"ctime_ns": 4}, {"inode": 9}])
def test_another_stamp_is_looked_at_until_it_was(filled: Open, change: dict[str, int]) -> None:
    now = [replace(FILES[0], **change), *FILES[1:]]
    for _ in range(2):  # a run that is killed before it has read changes nothing
        with filled() as index:
            assert index.unread(now) == now[:1]
    with filled() as index:
        assert digest_of(FILES[0].path) in index.digests()  # so the same bytes need no decoding
        index.add([Reading(now[0], digest_of(FILES[0].path))])
        assert index.unread(now) == []
        assert index.unread(FILES) == FILES[:1]


def test_a_file_system_that_numbers_files_anew(filled: Open) -> None:
    """Most inodes are others at the same ctime: the numbers mean nothing."""
    now = [replace(f, inode=f.inode + 50) for f in FILES[:3]] + FILES[3:]
    with filled() as index:
        assert index.unread(now) == []
    with filled() as index:
        assert index.unread([replace(now[0], inode=7), *now[1:]]) == [replace(now[0], inode=7)]
        assert index.unread([replace(f, inode=f.inode + 9, ctime_ns=8) for f in now][:1]) != []


def test_a_copied_library_is_compared(filled: Open) -> None:
    now = [replace(f, inode=f.inode + 50, ctime_ns=80 + f.inode) for f in FILES]
    with filled() as index:
        assert index.unread(now) == now
        index.add([Reading(f, digest_of(f.path)) for f in now])
        assert index.unread(now) == []
        assert len(index.load(now, {})[1]) == 4


def test_an_index_of_an_earlier_version_takes_over(db: Path, opened: Open) -> None:
    db.parent.mkdir(parents=True)
    with closing(sqlite3.connect(db)) as raw, raw:
        migrate(raw, MIGRATIONS[:2])
        known = digest_of("0.jpg")
        raw.execute("INSERT INTO photo VALUES ('0.jpg', 100, 1, ?)", (known,))
        raw.execute(f"INSERT INTO content VALUES (?, '{READER}', 1, 1, 1, NULL, NULL)", (known,))
    with opened() as index:
        assert index.unread(FILES[:1]) == []
    changed = [replace(FILES[0], ctime_ns=6)]
    with opened() as index:
        assert index.unread(changed) == changed
    with closing(sqlite3.connect(db)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_stamps_of_lost_photos_go(filled: Open, db: Path) -> None:
    with filled() as index:
        index.forget_missing(FILES[1:])
    with closing(sqlite3.connect(db)) as raw:
        assert raw.execute("SELECT count(*) FROM stamp").fetchone() == (3,)


def test_a_dry_run_keeps_no_stamps(db: Path, filled: Open) -> None:
    before = db.read_bytes()
    with filled(keep=False) as index:
        index.unread([replace(f, inode=f.inode + 50) for f in FILES])
    assert db.read_bytes() == before


def test_what_is_forgotten_is_read_from_nothing(filled: Open, rng: np.random.Generator) -> None:
    twin = PhotoFile("twin.jpg", 100, 1)
    with filled() as index:
        index.add([Reading(twin, digest_of(FILES[0].path))])
        index.forget([FILES[0].path, FILES[2].path, "never seen.jpg"])
        assert paths(index.unread([*FILES, twin])) == ["0.jpg", "2.jpg", "twin.jpg"]
        assert index.digests() == {digest_of("1.jpg"), digest_of("3.jpg")}
        index.add([reading(FILES[0], FILES[0].path, make_faces(rng, 2))])
        assert paths(index.unread([*FILES, twin])) == ["2.jpg"]


@given(
    size=st.integers(0, 2**63 - 1),
    numbers=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3),
)
def test_all_numbers_that_a_file_may_have(size: int, numbers: list[int]) -> None:
    file = PhotoFile("a.jpg", size, *numbers)
    with Index(Path("never made"), READER, keep=False) as index:
        index.add([reading(file, "11", make_faces(np.random.default_rng(0), 1))])
        assert index.unread([file]) == []


@pytest.mark.skipif(os.name == "nt", reason="no such ctime on Windows")
def test_files_that_got_another_name_by_us(tmp_path: Path) -> None:
    names = ("linked", "edited", "touched", "alone", "gone")
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    seen = [PhotoFile.of(name, (tmp_path / name).stat()) for name in names]
    for name in names[:3]:
        os.link(tmp_path / name, tmp_path / f"{name} too")
    (tmp_path / "edited").write_bytes(b"xx")
    os.utime(tmp_path / "touched", ns=(1, 1))
    (tmp_path / "alone").chmod(0o600)
    (tmp_path / "gone").unlink()
    assert paths(list(stamps.linked(tmp_path, seen))) in (["linked"], [])  # in one tick: no change
