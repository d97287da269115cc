"""The scan: order, what is left out, links, and folders that resist."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.config import ScanConfig
from facecluster.errors import SettingsError
from facecluster.photos.scan import scan
from facecluster.records import PhotoFile

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
needs_posix = pytest.mark.skipif(os.name == "nt", reason="no such names or files on Windows")


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x" * (len(path) + 1))


def found(root: Path, skip: Path | None = None, **config: tuple[str, ...]) -> list[str]:
    result = scan(root, ScanConfig(**config), skip)
    assert result.problems == ()
    return [file.path for file in result.files]


def test_sorted_by_path_with_size_and_time(tmp_path: Path) -> None:
    put(tmp_path, "b.jpg", "a/z.PNG", "a.jpg", "a/b/c.Heic", "B.jpg", "note.txt", "noext")
    result = scan(tmp_path, ScanConfig())
    assert [f.path for f in result.files] == ["B.jpg", "a.jpg", "a/b/c.Heic", "a/z.PNG", "b.jpg"]
    for file in result.files:
        status = (tmp_path / file.path).stat()
        assert (file.size, file.mtime_ns) == (status.st_size, status.st_mtime_ns)
        if os.name != "nt":  # there listing gives no inode
            assert (file.ctime_ns, file.inode) == (status.st_ctime_ns, status.st_ino)


def test_every_promised_extension_is_listed(tmp_path: Path) -> None:
    kinds = ["jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp", "gif", "heic", "heif", "avif"]
    put(tmp_path, *(f"x.{kind}" for kind in kinds))
    assert found(tmp_path) == sorted(f"x.{kind}" for kind in kinds)


def test_hidden_and_housekeeping_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, ".a.jpg", ".hidden/a.jpg", "@eaDir/a.jpg", "$RECYCLE.BIN/a.jpg", "Thumbs.db")
    put(
        tmp_path,
        "x/@eaDir/a.jpg/SYNOPHOTO_THUMB.jpg",
        "#recycle/b.jpg",
        "__MACOSX/._a.jpg",
        "ok.jpg",
    )
    assert found(tmp_path) == ["ok.jpg"]


def test_a_hidden_root_is_what_the_user_asked_for(tmp_path: Path) -> None:
    put(tmp_path, ".photos/a.jpg")
    assert found(tmp_path / ".photos") == ["a.jpg"]


def test_output_folders_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "out/people/a.jpg", "old-people/.facecluster/index.db")
    put(tmp_path, "old-people/people/a.jpg", "mine/.facecluster/other", "mine/b.jpg")
    put(tmp_path, "new-people/.facecluster/manifest.json", "new-people/people/a.jpg")
    assert found(tmp_path, skip=tmp_path / "out") == ["a.jpg", "mine/b.jpg"]
    assert found(tmp_path, skip=tmp_path) == ["a.jpg", "mine/b.jpg", "out/people/a.jpg"]
    assert found(tmp_path, skip=tmp_path / "no such") == ["a.jpg", "mine/b.jpg", "out/people/a.jpg"]


def test_include_narrows_and_exclude_wins(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "b.png", "c.txt", "2019/a.jpg", "2019/x/b.png", "Screenshots/s.png")
    assert found(tmp_path, include=("*.png", "*.txt")) == [
        "2019/x/b.png",
        "Screenshots/s.png",
        "b.png",
    ]
    assert found(tmp_path, exclude=("screenshots",)) == [
        "2019/a.jpg",
        "2019/x/b.png",
        "a.jpg",
        "b.png",
    ]
    assert found(tmp_path, include=("2019",), exclude=("*.png",)) == ["2019/a.jpg"]


def test_a_folder_called_like_a_photo_is_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "x.jpg/y.jpg")
    assert found(tmp_path) == ["x.jpg/y.jpg"]


def test_deep_nesting(tmp_path: Path) -> None:
    deep = "/".join(["d"] * 60) + "/a.jpg"
    put(tmp_path, deep)
    assert found(tmp_path) == [deep]


@needs_posix
@pytest.mark.parametrize(
    "name",
    [b"line\nbreak.jpg", "smile \U0001f600.jpg".encode(), b"-rf.jpg", b"a\\b.jpg", b"\"<s>&'.jpg"],
)
def test_odd_names(tmp_path: Path, name: bytes) -> None:
    (Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))).write_bytes(b"x")
    paths = found(tmp_path)
    assert [os.fsencode(path) for path in paths] == [name]
    assert (tmp_path / paths[0]).read_bytes() == b"x"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps names that are not UTF-8")
def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    with open(os.path.join(os.fsencode(tmp_path), b"\xff\xfe.jpg"), "wb") as file:
        file.write(b"x")
    paths = found(tmp_path)
    assert [os.fsencode(path) for path in paths] == [b"\xff\xfe.jpg"]


@needs_links
def test_link_loops_end(tmp_path: Path) -> None:
    put(tmp_path, "photos/a/x.jpg", "outside.jpg")
    for name, target in {"self": ".", "up": "..", "a/back": "../../photos", "a/b": "../a"}.items():
        (tmp_path / "photos" / name).symlink_to(target, target_is_directory=True)
    assert found(tmp_path / "photos") == ["a/x.jpg"]


@needs_links
def test_what_is_reached_twice_is_listed_once_at_its_real_place(tmp_path: Path) -> None:
    put(tmp_path, "p/z/x.jpg", "elsewhere/e.jpg", "elsewhere/deep/d.jpg", "far.jpg")
    links = {"a": "z", "b": "../elsewhere", "c": "../elsewhere/deep", "z/1.jpg": "x.jpg"}
    for name, target in (links | {"k.jpg": "../far.jpg", "j.jpg": "../far.jpg"}).items():
        (tmp_path / "p" / name).symlink_to(target)
    assert found(tmp_path / "p") == ["b/deep/d.jpg", "b/e.jpg", "j.jpg", "z/x.jpg"]
    far = next(f for f in scan(tmp_path / "p", ScanConfig()).files if f.path == "j.jpg")
    assert far.size == (tmp_path / "far.jpg").stat().st_size


@needs_links
def test_a_linked_root_and_a_link_into_the_output(tmp_path: Path) -> None:
    put(tmp_path, "real/a.jpg", "real/out/a.jpg")
    (tmp_path / "root").symlink_to("real")
    (tmp_path / "real/shortcut").symlink_to("out")
    assert found(tmp_path / "root", skip=tmp_path / "real/out") == ["a.jpg"]


@needs_links
def test_broken_links_are_listed_with_size_zero(tmp_path: Path) -> None:
    (tmp_path / "gone.jpg").symlink_to("nowhere.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "gone folder").symlink_to("nowhere")
    files = scan(tmp_path, ScanConfig()).files
    assert [(f.path, f.size) for f in files] == [("gone.jpg", 0), ("loop.jpg", 0)]


@needs_links
def test_hard_links_are_both_listed(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    os.link(tmp_path / "a.jpg", tmp_path / "b.jpg")
    assert found(tmp_path) == ["a.jpg", "b.jpg"]


@needs_posix
def test_pipes_and_sockets_are_listed_and_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "link.jpg").symlink_to("pipe.jpg")
    (tmp_path / "device.jpg").symlink_to("/dev/zero")
    monkeypatch.chdir(tmp_path)  # the path of a socket has a short limit
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.jpg")
        files = scan(tmp_path, ScanConfig()).files
    assert [(f.path, f.size, f.mtime_ns) for f in files] == [
        (f"{name}.jpg", 0, 0) for name in ("device", "link", "pipe", "socket")
    ]


# Seconds that a file system could hold, with nanoseconds.
WHEN = st.integers(-(2**70), 2**70)


@given(WHEN, WHEN)
def test_any_time_fits_the_index_and_stays_told_apart(one: int, other: int) -> None:
    def kept(mtime_ns: int, size: int = 5) -> PhotoFile:
        status = SimpleNamespace(
            st_size=size, st_mtime_ns=mtime_ns, st_ctime_ns=mtime_ns, st_ino=2**64 - 1
        )
        return PhotoFile.of("a.jpg", cast(os.stat_result, status))

    for mtime_ns in (one, other):
        file = kept(mtime_ns)
        for number in (file.mtime_ns, file.ctime_ns, file.inode):
            assert -(2**63) <= number < 2**63
        if -(2**63) <= mtime_ns < 2**63:
            assert kept(mtime_ns).mtime_ns == mtime_ns
    if 0 < abs(one - other) < 2**64:
        assert kept(one).mtime_ns != kept(other).mtime_ns
    assert kept(one, -1).size == 0


def test_a_folder_that_cannot_be_listed_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.jpg", "locked/b.jpg", "z.jpg")
    listing = os.scandir

    def deny(path: str) -> object:
        if os.path.basename(path) == "locked":
            raise PermissionError(13, "Permission denied", path)
        return listing(path)

    monkeypatch.setattr(os, "scandir", deny)
    result = scan(tmp_path, ScanConfig())
    assert [f.path for f in result.files] == ["a.jpg", "z.jpg"]
    assert [(p.path, p.reason) for p in result.problems] == [("locked", "Permission denied")]


def test_roots_that_cannot_be_scanned(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    with pytest.raises(SettingsError, match="there is no such folder"):
        scan(tmp_path / "missing", ScanConfig())
    with pytest.raises(SettingsError, match=r"a\.jpg is not a folder: give the folder"):
        scan(tmp_path / "a.jpg", ScanConfig())
    with pytest.raises(SettingsError, match="cannot be read"):
        scan(Path("nul\0"), ScanConfig())


@pytest.mark.skipif(os.name == "nt", reason="attrib is Windows' own")
def test_attributes_are_not_asked_for_where_there_are_none(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    if sys.platform == "darwin":
        subprocess.run(["chflags", "hidden", str(tmp_path / "a.jpg")], check=True)
    assert found(tmp_path) == ([] if sys.platform == "darwin" else ["a.jpg"])


_PART = st.sampled_from(["a", "B", "c d", "\u00e9", "x.jpg"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(_PART, min_size=1, max_size=4).map("/".join), max_size=8))
def test_agrees_with_a_plain_walk(
    tmp_path_factory: pytest.TempPathFactory, tree: list[str]
) -> None:
    root = tmp_path_factory.mktemp("tree")
    for number, folder in enumerate(tree):
        put(root, f"{folder}/{number}.jpg")
    walked = (p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    assert found(root) == sorted(walked)
