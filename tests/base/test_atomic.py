"""A name beside the file: taken over in one step, or removed."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from facecluster.base.atomic import output_errors, partial_name, replacing, write_atomic
from facecluster.errors import OutputError


def test_what_the_block_wrote_takes_the_place(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"
    for text in ("first", "second"):
        with replacing(path) as partial:
            assert partial.parent == path.parent
            assert not partial.exists()
            partial.write_text(text)
            assert not path.exists() or path.read_text() == "first"
        assert path.read_text() == text
        assert os.listdir(path.parent) == ["a.txt"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OSError])
def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path, error: type[Exception]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupted() -> None:
        with replacing(path) as partial:
            partial.write_text("half")
            raise error

    with pytest.raises(error):
        interrupted()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_so_does_a_replacement_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PermissionError), replacing(path) as partial:
        partial.write_text("new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_block_that_wrote_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "a.txt"):
        pass


def test_what_a_killed_run_left_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    partial_name(path).write_text("half")
    with replacing(path) as partial:
        os.symlink("nowhere", partial)
    assert os.readlink(path) == "nowhere"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_hard_link_to_the_same_file_leaves_none(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("same")
    with replacing(path) as partial:
        os.link(path, partial)  # POSIX: renaming it to its own twin does nothing
    assert os.listdir(tmp_path) == ["a.txt"]
    assert path.stat().st_nlink == 1


def test_synced_content_is_on_the_disk_before_it_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, done = tmp_path / "a.txt", []
    sync, put = os.fsync, os.replace

    def watched_sync(number: int) -> None:
        done.append(os.fstat(number).st_size)
        sync(number)

    def watched_replace(*names: Path) -> None:
        done.append("replaced")
        put(*names)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(os, "replace", watched_replace)
    with replacing(path, sync=True) as partial:
        partial.write_bytes(b"abc")
    assert done == [3, "replaced"]
    done.clear()
    with replacing(path) as partial:
        partial.write_bytes(b"abc")
    assert done == ["replaced"]


def test_threads_do_not_share_a_name(tmp_path: Path) -> None:
    meeting = threading.Barrier(4)
    names: set[Path] = set()

    def add() -> None:
        meeting.wait(10)
        names.add(partial_name(tmp_path / "a.txt"))
        meeting.wait(10)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 4
    assert all(name.name.startswith(".") for name in names)


def test_a_write_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / "a.txt"
    wanted = pytest.raises(OutputError, match="a file is in the way of a folder")
    with wanted, output_errors(path), replacing(path):
        raise AssertionError("never reached")


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_a_new_file_has_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    with replacing(tmp_path / "a.txt") as partial:
        partial.write_text("x")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "a.txt")]
    assert modes[0] == modes[1]


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_place_that_cannot_flush_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*args: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    write_atomic(tmp_path / "a.txt", b"all of it")
    with replacing(tmp_path / "b.txt", sync=True) as partial:
        partial.write_text("all of it")
    assert {path.read_text() for path in tmp_path.iterdir()} == {"all of it"}


def test_a_flush_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="Input/output error"):
        write_atomic(tmp_path / "a.txt", b"new")
    assert (tmp_path / "a.txt").read_text() == "old"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link").symlink_to(pipe)
    for name in ("pipe", "link"):
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        write_atomic(tmp_path / name, b"all of it")
        assert os.read(reader, 100) == b"all of it"
        os.close(reader)
        with (
            pytest.raises(OutputError, match="device or pipe"),
            output_errors(pipe),
            replacing(tmp_path / name),
        ):
            raise AssertionError("nothing is made for it")
    assert stat.S_ISFIFO((tmp_path / "link").stat().st_mode)
    assert sorted(os.listdir(tmp_path)) == ["link", "pipe"]
