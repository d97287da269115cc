"""Loading a photo's bytes."""

from __future__ import annotations

import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from facecluster.errors import PhotoError
from facecluster.photos.read import LIMITS, ReadLimits, load

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


def test_load_gives_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\r\n\x1a\0\xff")
    assert load(tmp_path / "a.jpg") == b"\r\n\x1a\0\xff"


def test_no_more_memory_than_the_file_is_large(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(bytes(100_000))
    tracemalloc.start()
    load(tmp_path / "a.jpg")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="a file whose size is not known beforehand")
def test_files_that_are_longer_than_they_say() -> None:
    assert refused(Path("/proc/self/status")) == "empty file"


def test_a_file_that_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").write_bytes(b"abc")
    fstat = os.fstat

    def before_the_copy_went_on(file: int) -> os.stat_result:
        status = fstat(file)
        with open(tmp_path / "a.jpg", "ab") as copy:
            copy.write(b"def")
        return status

    monkeypatch.setattr(os, "fstat", before_the_copy_went_on)
    assert refused(tmp_path / "a.jpg") == "it grew while it was read: it is still being written"


def refused(path: Path) -> str:
    with pytest.raises(PhotoError) as caught:
        load(path)
    return str(caught.value)


def test_load_says_why_not(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    assert refused(tmp_path / "empty.jpg") == "empty file"
    assert refused(tmp_path / "missing.jpg") == "gone: it was there when the folder was listed"
    assert refused(tmp_path) == "not a regular file"
    assert "null" in refused(tmp_path / "nul\0.jpg")
    assert refused(tmp_path / ("x" * 300 + ".jpg"))


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    small = tmp_path / "small.jpg"
    small.write_bytes(b"abc")
    with open(tmp_path / "sparse.jpg", "wb") as file:
        file.truncate(LIMITS.file_bytes + 1)
    assert refused(tmp_path / "sparse.jpg") == "too large: 1.0 GiB, the limit is 1 GiB"
    assert len(load(small, ReadLimits(file_bytes=3))) == 3
    with pytest.raises(PhotoError, match="too large"):
        load(small, ReadLimits(file_bytes=2))


@pytest.mark.skipif(os.name == "nt", reason="POSIX files")
def test_links_pipes_and_rights(tmp_path: Path) -> None:
    (tmp_path / "gone.jpg").symlink_to("nowhere")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    assert refused(tmp_path / "gone.jpg") == "broken link: its target is gone"
    assert refused(tmp_path / "loop.jpg") == "broken link: it points at itself"
    assert refused(tmp_path / "pipe.jpg") == "not a regular file"
    assert refused(Path("/dev/null")) == "not a regular file"


@pytest.mark.skipif(os.name == "nt" or ROOT_USER, reason="root may read everything")
def test_a_locked_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "a.jpg").chmod(0)
    assert refused(tmp_path / "a.jpg") == "permission denied"


def test_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")

    def fail(*_: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "open", fail)
    assert refused(tmp_path / "a.jpg") == "cannot read: Input/output error"
    monkeypatch.setattr(os, "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "no")))
    assert refused(tmp_path / "a.jpg") == "permission denied"
