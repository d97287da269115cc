"""A run that is killed, or without room on the disk, loses nothing, and the next one goes on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from facecluster.errors import OutputError
from tests.support.made_albums import listed, needs_links, paths
from tests.support.replaced import on_replace


@pytest.mark.parametrize("stop", [1, 2])
@pytest.mark.parametrize("link", ["copy", pytest.param("symlink", marks=needs_links)])
def test_a_killed_run_forgets_no_file(make_album, monkeypatch, stop, link):
    album = make_album(["a.jpg", "b.jpg", "c.jpg", "d.jpg"], [0, 0, 1, 1])
    album.write(link=link)
    after = album.regroup([0, 1, 1, 0])
    placed = []

    def dying(_, target):
        if "people" in target.parts:
            placed.append(target)
            if len(placed) == stop:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        on_replace(patch, before=dying)
        with pytest.raises(KeyboardInterrupt):
            after.write(link=link)
    assert len(placed) == stop
    after.write(link=link)
    assert paths(album) == [
        "people/person-001/a.jpg",
        "people/person-001/d.jpg",
        "people/person-002/b.jpg",
        "people/person-002/c.jpg",
    ]
    assert set(listed(album)) == set(paths(album))
    assert not list((album.out / ".facecluster").glob("tmp/*"))


def test_a_run_killed_while_removing_goes_on(make_album, monkeypatch):
    album = make_album(["a.jpg", "b.jpg", "c.jpg"], [0, 0, 0])
    album.write()

    plain = os.unlink

    def dying(path, **options):
        plain(path, **options)
        if Path(path).name in ("a.jpg", "b.jpg", "c.jpg"):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", dying)
        with pytest.raises(KeyboardInterrupt):
            album.regroup([-1, -1, -1]).write()
    album.regroup([-1, -1, -1]).write()
    assert paths(album) == ["unsure/a.jpg", "unsure/b.jpg", "unsure/c.jpg"]
    assert not (album.out / "people").exists()


def test_a_full_disk_is_one_sentence_and_the_next_run_goes_on(make_album, monkeypatch):
    album = make_album(["a.jpg", "b.jpg"], [0, 0])

    def full(*args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "copy_file_range", full, raising=False)
        patch.setattr(shutil, "copyfileobj", full)
        with pytest.raises(OutputError, match="the disk is full"):
            album.write()
    assert paths(album) == []
    album.write()
    assert len(paths(album)) == 2
