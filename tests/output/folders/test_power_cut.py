"""After a power cut no copy is lost: what is vouched for was flushed, the rest is made again."""

from __future__ import annotations

import ctypes
import json
import os
from dataclasses import replace

import pytest

from facecluster.base.disks import DEFAULT, file_system
from facecluster.output.folders.manifest import MANIFEST
from facecluster.output.thumbnails import find_thumbnails, keep_thumbnails, photos_without
from tests.support.made_albums import listed, make_faces, make_photo
from tests.support.replaced import on_replace

LONG = "photo " * 1000


@pytest.fixture
def long_album(make_album):
    """Two photos of several blocks, not yet written."""
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    photos = [replaced(album, photo.path) for photo in album.photos]
    return type(album)(album.root, album.out, photos, album.faces, album.grouping)


def replaced(album, path):
    return make_photo(album.root, path, f"{path} {LONG}")


def begun(album):
    """The list as it was before the files of the run were flushed."""
    path = album.out / MANIFEST
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"files": [], "pending": manifest["files"]}))


@pytest.mark.parametrize(
    "lost",
    [
        lambda data: b"",
        lambda data: data[:1024],
        lambda data: data[:1000],
        lambda data: data[:1024] + bytes(len(data) - 1024),
        lambda data: bytes(len(data)),
        lambda data: data[:512] + bytes(512) + data[1024:],
    ],
)
@pytest.mark.parametrize("labels", [[0, 0], [-1, -1]])
def test_an_unfinished_copy_is_made_again(long_album, lost, labels):
    long_album.write()
    right = long_album.files()
    begun(long_album)
    for path, data in right.items():
        about = (long_album.out / path).stat()
        (long_album.out / path).write_bytes(lost(data))
        os.utime(long_album.out / path, ns=(about.st_atime_ns, about.st_mtime_ns))
    album = long_album.regroup(labels)
    album.write()
    assert sorted(album.files().values()) == sorted(right.values())
    assert set(listed(album)) == set(album.files())


def test_a_finished_copy_is_not_made_again(long_album):
    long_album.write()
    before = {path: (long_album.out / path).stat().st_ino for path in long_album.files()}
    begun(long_album)
    long_album.write()
    assert {p: (long_album.out / p).stat().st_ino for p in long_album.files()} == before
    assert set(listed(long_album)) == set(before)


def test_what_a_user_made_of_a_copy_meanwhile_is_not_lost(long_album):
    long_album.write()
    begun(long_album)
    (long_album.out / "people/person-001/a.jpg").write_text("turned")
    long_album.write()
    files = long_album.files()
    assert b"turned" in files.values()
    assert (long_album.root / "a.jpg").read_bytes() in files.values()


def test_copies_that_an_earlier_version_left_empty_are_made_again(long_album):
    long_album.write()
    right = long_album.files()
    for path in right:
        (long_album.out / path).write_bytes(b"")
    long_album.write()
    assert long_album.files() == right


def test_copies_are_flushed_before_the_list_vouches_for_them(long_album, monkeypatch):
    steps = []
    flush = os.fsync

    def fsync(handle):
        steps.append(os.fstat(handle).st_ino)
        flush(handle)

    def put(source, target):
        if target.name == "manifest.json":
            data = json.loads(target.read_text())
            steps.append([e["path"] for e in data["files"]])

    monkeypatch.setattr(os, "fsync", fsync)
    on_replace(monkeypatch, after=put)
    long_album.write()
    vouched = next(i for i, step in enumerate(steps) if isinstance(step, list) and step)
    for path in steps[vouched]:
        assert (long_album.out / path).stat().st_ino in steps[:vouched]
        assert (long_album.out / path).parent.stat().st_ino in steps[:vouched]


def test_many_copies_are_flushed_at_once_before_the_list_vouches(make_album, monkeypatch):
    album = make_album([f"{i}.jpg" for i in range(70)], [0] * 70)
    steps = []

    class System:
        def syncfs(self, handle):
            steps.append(len(album.files()))
            return 0

    def put(source, target):
        if target.name == "manifest.json":
            steps.append(len(json.loads(target.read_text())["files"]) * 1000)

    if file_system(album.root) not in DEFAULT.whole:
        pytest.skip("a file system that is flushed file by file")
    monkeypatch.setattr(ctypes, "CDLL", lambda *args, **named: System())
    on_replace(monkeypatch, after=put)
    album.write()
    assert steps[:3] == [0, 70, 70_000]


SMALL = b"\xff\xd8\xff" + bytes(range(256)) * 20 + b"\xff\xd9"


@pytest.mark.parametrize(
    "lost",
    [b"", bytes(len(SMALL)), SMALL[:4096], SMALL[:4096] + bytes(len(SMALL) - 4096)],
    ids=["empty", "zeros", "cut", "half"],
)
@pytest.mark.parametrize("reported", [False, True])
def test_an_unfinished_thumbnail_is_a_missing_one(tmp_path, lost, reported):
    keep_thumbnails(tmp_path, "ab" * 16, [SMALL, SMALL])
    if reported:  # the run came to its end before the power went
        (tmp_path / "report.json").write_text("{}")
    one, two = sorted(find_thumbnails(tmp_path))
    (tmp_path / one).write_bytes(lost)
    assert find_thumbnails(tmp_path, whole=True) == {two}
    photo = replace(make_photo(tmp_path, "a.jpg"), digest="ab" * 16)
    assert photos_without(tmp_path, [photo], make_faces([0, 0])) == [0]


def test_thumbnails_that_were_written_long_ago_are_not_read(tmp_path):
    keep_thumbnails(tmp_path, "ab" * 16, [b"not a picture", b""])
    (tmp_path / "report.json").write_text("{}")
    one, _ = sorted(find_thumbnails(tmp_path))
    written = (tmp_path / one).stat().st_mtime
    for later, found in ((0, set()), (59, set()), (62, {one})):
        os.utime(tmp_path / "report.json", (written + later,) * 2)
        assert find_thumbnails(tmp_path, whole=True) == found
