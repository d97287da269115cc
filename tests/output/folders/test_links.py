"""Copies, hard links and symbolic links: each can follow the other, and copying always works."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from facecluster.errors import OutputError
from facecluster.output.folders.manifest import MANIFEST
from tests.support.replaced import on_replace

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights there")


def ways(album):
    return {e["how"] for e in json.loads((album.out / MANIFEST).read_text())["files"]}


@needs_links
@pytest.mark.parametrize("first", ["copy", "hardlink", "symlink", "none"])
@pytest.mark.parametrize("second", ["copy", "hardlink", "symlink", "none"])
def test_every_way_can_follow_every_other(make_album, first, second):
    album = make_album(["s/a.jpg", "b.jpg"], [0, 0])
    for link in (first, second, second):
        album.write(link=link)
    path, photo = album.out / "people/person-001/a.jpg", album.root / "s/a.jpg"
    if second == "none":
        assert not (album.out / "people").exists()
        return
    assert len(sorted(album.files())) == 2
    assert path.is_symlink() == (second == "symlink")
    assert path.samefile(photo) == (second != "copy")
    assert ways(album) == {second}
    album.regroup([-1, -1]).write(link=second)
    assert sorted(album.files()) == ["unsure/a.jpg", "unsure/b.jpg"]
    assert photo.read_bytes()


def test_where_links_cannot_be_made_photos_are_copied(make_album, monkeypatch):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])

    def refuse(*args, **kwargs):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "symlink", refuse)
    for link in ("hardlink", "symlink"):
        report = album.write(link=link)
        assert sum("copied instead" in note for note in report.notes) == 1
        assert ways(album) == {"copy"}
    before = [(album.out / path).stat().st_ino for path in album.files()]
    album.write(link="symlink")
    assert [(album.out / path).stat().st_ino for path in album.files()] == before


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS])
@pytest.mark.parametrize("lost", [["utime"], ["chmod"], ["utime", "chmod"]], ids="+".join)
def test_times_and_permissions_that_are_not_kept_are_a_note(make_album, monkeypatch, code, lost):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])

    def refuse(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        for name in lost:
            patch.setattr(os, name, refuse)
        report = album.write()
    words = {"utime": "times", "chmod": "permissions"}
    what = " and ".join(words[name] for name in lost)
    notes = [note for note in report.notes if f"does not keep the {what} of photos" in note]
    assert len(notes) == 1
    assert os.strerror(code) in notes[0]
    assert album.files()["people/person-001/a.jpg"] == (album.root / "a.jpg").read_bytes()
    before = [(album.out / path).stat().st_ino for path in album.files()]
    assert not any("keep" in note for note in album.write().notes)
    assert [(album.out / path).stat().st_ino for path in album.files()] == before


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_failing_disk_is_no_note(make_album, monkeypatch, code):
    album = make_album(["a.jpg"], [0])

    def fail(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "utime", fail)
    with pytest.raises(OutputError, match="Cannot write"):
        album.write()


def test_without_copy_file_range_bytes_arrive_too(make_album, monkeypatch):
    album = make_album(["a.jpg"], [0])

    def refuse(*args):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    album.write()
    assert album.files()["people/person-001/a.jpg"] == (album.root / "a.jpg").read_bytes()


def test_a_partial_kernel_copy_is_finished_by_reading(make_album, monkeypatch):
    album = make_album(["a.jpg"], [0])
    calls = []

    def some(source, target, count):
        if calls:
            raise OSError(5, "Input/output error")
        calls.append(count)
        return os.write(target, os.read(source, 3))

    monkeypatch.setattr(os, "copy_file_range", some, raising=False)
    album.write()
    assert album.files()["people/person-001/a.jpg"] == (album.root / "a.jpg").read_bytes()


@needs_links
def test_a_pipe_that_took_the_place_of_a_photo_is_not_waited_for(make_album, monkeypatch):
    album, plain = make_album(["a.jpg", "b.jpg"], [0, 0]), Path.is_file

    def swapped(path, **options):  # at the last moment before it is opened
        found = plain(path, **options)
        if path == album.root / "a.jpg" and found:
            path.unlink()
            os.mkfifo(path)
        return found

    monkeypatch.setattr(Path, "is_file", swapped)
    report = album.write()
    assert list(album.files()) == ["people/person-001/b.jpg"]
    assert any(note.startswith("a.jpg could not be placed") for note in report.notes)
    assert os.listdir(album.out / "people/person-001") == ["b.jpg"]


@needs_links
@pytest.mark.parametrize("link", ["copy", "hardlink", "symlink"])
def test_a_folder_that_becomes_a_link_during_the_run_is_not_written_through(
    make_album, monkeypatch, tmp_path, link
):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])
    (tmp_path / "mine").mkdir()
    swapped = []

    def swap(_, target):
        if target.name == "a.jpg":
            target.parent.rmdir()
            target.parent.symlink_to(tmp_path / "mine", target_is_directory=True)
            swapped.append(target)

    # Between the making of the folder and the placing of the second photo.
    on_replace(monkeypatch, after=lambda _, target: target.unlink() or swap(_, target))
    with pytest.raises(OutputError):
        album.write(link=link)
    assert swapped
    assert os.listdir(tmp_path / "mine") == []
