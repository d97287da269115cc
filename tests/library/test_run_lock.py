"""One run at a time: in other processes and in this one, after kills, and where nothing locks."""

from __future__ import annotations

import errno
import os
import platform
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from facecluster.errors import LibraryError
from facecluster.library.index import FILE, Index
from facecluster.library.run_lock import run_lock, who_holds
from facecluster.library.storage.database import library_errors
from facecluster.library.storage.locks import NAME
from tests.support.readings import READER, file, paths

fcntl = pytest.importorskip("fcntl")

HOLD = """
import sys
from pathlib import Path
from facecluster.library.run_lock import run_lock
out, *index = map(Path, sys.argv[1:])
with run_lock(out, *index):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def held_elsewhere(*places: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process has the lock until it is told a line, or killed."""
    command = [sys.executable, "-c", HOLD, *map(str, places)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def lock_of(out: Path) -> Path:
    return (out / FILE).with_name(NAME)


def test_a_second_process_is_told_who_has_it(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path) as process:
        told = rf"{process.pid} on {platform.node()}, since \d{{4}}-\d\d-\d\dT[\d:]+\+00:00"
        sentence = rf"in use by another facecluster run \(process {told}\); wait until it ends"
        for _ in range(2):
            with pytest.raises(LibraryError, match=sentence), run_lock(tmp_path):
                pytest.fail("two runs at once")
        now = who_holds(tmp_path)
        assert now is not None
        assert now.pid == process.pid
        assert lock_of(tmp_path).read_text() == f"{now}\n"
        process.communicate("\n")
        assert process.returncode == 0
        assert who_holds(tmp_path) is None
        assert not lock_of(tmp_path).exists()
    with run_lock(tmp_path):
        assert (now := who_holds(tmp_path)) is not None
        assert now.pid == os.getpid()


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path) as process:
        process.kill()
        process.wait()
    assert str(process.pid) in lock_of(tmp_path).read_text()
    assert who_holds(tmp_path) is None
    with run_lock(tmp_path):
        assert lock_of(tmp_path).read_text().startswith(f"process {os.getpid()} on ")
    assert not lock_of(tmp_path).exists()


@pytest.mark.parametrize(
    "left",
    [
        b"",
        b"process 2147483646 on elsewhere, since 2020-01-01T00:00:00+00:00\n",
        b"process 0 on x, since y\n",
        b"process 1 on \x1b[31m, since 2020\n",
        b"\xff\x00" * 5000,
    ],
    ids=["empty", "of a dead process", "nobody", "escapes", "something else"],
)
def test_a_file_alone_is_no_lock(tmp_path: Path, left: bytes) -> None:
    lock_of(tmp_path).parent.mkdir()
    lock_of(tmp_path).write_bytes(left)
    assert who_holds(tmp_path) is None
    with run_lock(tmp_path):
        assert len(lock_of(tmp_path).read_text().splitlines()) == 1
        assert (now := who_holds(tmp_path)) is not None
        assert now.pid == os.getpid()


@pytest.mark.parametrize("text", [b"", b"process 1 on \x1b[31m, since 2020\n", b"\xff" * 5000])
def test_a_lock_that_does_not_say_whose_it_is_holds_too(tmp_path: Path, text: bytes) -> None:
    with held_elsewhere(tmp_path):
        lock_of(tmp_path).write_bytes(text)
        assert who_holds(tmp_path) is not None
        with (
            pytest.raises(LibraryError, match="in use by another facecluster run; wait"),
            run_lock(tmp_path),
        ):
            pytest.fail("two runs at once")


def test_one_thread_of_many_has_it(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []
    refused: list[LibraryError] = []
    start = threading.Barrier(6)

    def use(number: int) -> None:
        start.wait()
        for _ in range(20):
            try:
                with run_lock(tmp_path):
                    inside.append(number)
                    most.append(len(inside))
                    inside.remove(number)
            except LibraryError as error:
                refused.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) + len(refused) == 120
    assert set(most) == {1}


def test_an_index_elsewhere_is_held_with_the_results(tmp_path: Path) -> None:
    mine, other, index = tmp_path / "mine", tmp_path / "other", tmp_path / "local/index.db"
    with held_elsewhere(mine, index):
        for out, place in ((mine, None), (mine, index), (other, index)):
            with pytest.raises(LibraryError, match="in use by another"), run_lock(out, place):
                pytest.fail("two runs at once")
        with run_lock(other):
            pass
        assert not lock_of(other).exists()  # also where only the second place was refused
    with run_lock(other, index):
        assert index.with_name(NAME).exists()
    assert not index.with_name(NAME).exists()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        lock_of(tmp_path).parent.mkdir()
        for left in (False, True):
            if left:
                lock_of(tmp_path).touch(0o666)
            with run_lock(tmp_path):
                assert stat.S_IMODE(lock_of(tmp_path).stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_it_goes_with_an_error_in_the_run(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), run_lock(tmp_path):
        raise KeyboardInterrupt
    assert who_holds(tmp_path) is None
    assert list(lock_of(tmp_path).parent.iterdir()) == []


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_without_locks_of_files_the_index_keeps_others_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*args: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with run_lock(tmp_path), Index(tmp_path / FILE, READER):
        assert list(lock_of(tmp_path).parent.glob("*-shm")) == []
        assert not lock_of(tmp_path).exists()
        with (
            run_lock(tmp_path),  # a second run comes as far as to the index
            closing(sqlite3.connect(tmp_path / FILE, timeout=0)) as other,
            pytest.raises(LibraryError, match="in use by another facecluster run"),
            library_errors(tmp_path / FILE),
        ):
            other.execute("BEGIN EXCLUSIVE")
    with Index(tmp_path / FILE, READER, keep=False) as index:
        assert paths(index.unread([file("a.jpg")])) == ["a.jpg"]


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    lock_of(tmp_path).mkdir(parents=True)
    with (
        pytest.raises(LibraryError, match=r"run\.lock: cannot be written .*`output\.folder`"),
        run_lock(tmp_path),
    ):
        pytest.fail("held a folder")


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("theirs")
    lock_of(tmp_path).parent.mkdir()
    lock_of(tmp_path).symlink_to(theirs)
    with pytest.raises(LibraryError, match="cannot be written"), run_lock(tmp_path):
        pytest.fail("held a link")
    assert theirs.read_text() == "theirs"
