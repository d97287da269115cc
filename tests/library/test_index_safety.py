"""The index in trouble: damage, other writers, dry runs and killed runs."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from facecluster.errors import LibraryError
from facecluster.library.index import Index
from tests.support.readings import file, make_faces, paths, reading

Open = Callable[..., Index]


def test_add_is_all_or_nothing(opened: Open, rng: np.random.Generator) -> None:
    with opened() as index:

        def readings():  # type: ignore[no-untyped-def]
            yield reading("a.jpg", "11", make_faces(rng, 1))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            index.add(readings())
        assert index.digests() == set()


def test_a_newer_index_is_refused(opened: Open, db: Path) -> None:
    with opened():
        pass
    with closing(sqlite3.connect(db)) as raw:
        raw.execute("PRAGMA user_version = 99")
    before = db.read_bytes()
    for keep in (True, False):
        with pytest.raises(
            LibraryError, match=r"index\.db: written by a newer.*schema 99.*`output.folder`"
        ):
            opened(keep=keep)
    assert db.read_bytes() == before


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("what", ["text", "cut", "middle"])
def test_a_damaged_index_is_one_sentence(
    opened: Open, db: Path, rng: np.random.Generator, what: str, keep: bool
) -> None:
    with opened() as index:
        index.add([reading(f"{i}.jpg", f"{i:02}", make_faces(rng, 9)) for i in range(40)])
    data = db.read_bytes()
    damaged = {
        "text": b"Dear diary, " * 999,
        "cut": data[: len(data) // 2],
        "middle": data[:4096] + b"\xff" * 40_000 + data[44_096:],
    }
    db.write_bytes(damaged[what])
    files = [file(f"{i}.jpg") for i in range(40)]

    def use() -> None:
        with opened(keep=keep) as index:
            index.load(files, {})
            index.unread(files)

    with pytest.raises(LibraryError, match=r"index\.db: not a usable index \(.*\); delete it"):
        use()


def test_a_folder_in_place_of_the_index_is_one_sentence(opened: Open, db: Path) -> None:
    db.mkdir(parents=True)
    for keep in (True, False):
        with pytest.raises(LibraryError, match=r"index\.db: cannot be "):
            opened(keep=keep)


def test_a_file_in_place_of_its_folder_is_one_sentence(opened: Open, db: Path) -> None:
    db.parent.parent.mkdir()
    db.parent.write_text("in the way")
    with pytest.raises(LibraryError, match=r"index\.db: cannot be written .*`output.folder`"):
        opened()


def test_a_dry_run_makes_no_file(opened: Open, db: Path, rng: np.random.Generator) -> None:
    with opened(keep=False) as index:
        index.add([reading("a.jpg", "11", make_faces(rng, 1))])
        assert len(index.load([file("a.jpg")], {})[1]) == 1
    assert not db.parent.parent.exists()


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}


def test_a_dry_run_leaves_the_index_as_it_is(
    opened: Open, db: Path, rng: np.random.Generator
) -> None:
    files = [file("a.jpg"), file("b.jpg")]
    with opened() as index:
        index.add([reading("a.jpg", "11", make_faces(rng, 1))])
    before = snapshot(db.parent)
    assert list(before) == ["index.db"]
    with opened(keep=False) as index:
        assert paths(index.unread(files)) == ["b.jpg"]
        index.add([reading("b.jpg", "22", make_faces(rng, 1))])
        index.forget_missing([])
    assert snapshot(db.parent) == before


KILLED = """
import os, sys
import numpy as np
from tests.support.readings import READER, make_faces, reading
from facecluster.library.index import Index
from pathlib import Path

rng = np.random.default_rng(1)
index = Index(Path(sys.argv[1]), READER)
index.add([reading(f"{n}.jpg", n, make_faces(rng, 2)) for n in "abc"])

def more():
    yield reading("d.jpg", "d", make_faces(rng, 2))
    os._exit(9)

index.add(more())
"""


def kill_a_run(db: Path) -> None:
    """A process that dies in the middle of its second commit."""
    tests = str(Path(__file__).resolve().parents[2])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([tests, *sys.path])}
    done = subprocess.run([sys.executable, "-c", KILLED, str(db)], env=environment, check=False)
    assert done.returncode == 9
    assert db.with_name("index.db-wal").exists()  # nobody has tidied up


def test_a_killed_run_leaves_what_it_committed(opened: Open, db: Path) -> None:
    kill_a_run(db)
    files = [file(f"{n}.jpg") for n in "abcd"]
    before = snapshot(db.parent)
    with opened(keep=False) as index:
        assert paths(index.unread(files)) == ["d.jpg"]
    assert snapshot(db.parent) == before
    with opened() as index:
        assert paths(index.unread(files)) == ["d.jpg"]
        assert len(index.load(files, {})[1]) == 6
