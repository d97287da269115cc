"""Faces are for their owner's eyes, and nothing unfinished stays behind."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from facecluster.output.private import clear_temp, open_private, temp_name
from facecluster.output.thumbnails import keep_thumbnails
from tests.support.replaced import on_replace

needs_rights = pytest.mark.skipif(os.name == "nt", reason="no such rights there")
REPORTS = ("report.html", "report.json", "faces.csv")


def open_to_others(out):
    """What others may do with our own files."""
    ours = [out / ".facecluster", *(out / ".facecluster").rglob("*"), *(out / n for n in REPORTS)]
    return {
        path.relative_to(out).as_posix(): oct(stat.S_IMODE(path.stat().st_mode))
        for path in ours
        if stat.S_IMODE(path.stat().st_mode) != (0o700 if path.is_dir() else 0o600)
    }


@pytest.fixture(autouse=True)
def usual_rights():
    before = os.umask(0o022)
    yield
    os.umask(before)


@needs_rights
def test_only_the_owner_may_read_what_is_ours(album):
    keep_thumbnails(album.out, "ab" * 16, [b"one"])
    album.write()
    assert open_to_others(album.out) == {}
    copies = list((album.out / "people").rglob("*.jpg"))
    assert {stat.S_IMODE(p.stat().st_mode) for p in copies} == {0o644}  # as the photos have it


@needs_rights
def test_what_an_earlier_version_left_is_closed_too(album):
    keep_thumbnails(album.out, "ab" * 16, [b"one"])
    album.write()
    (album.out / ".facecluster/index.db").write_bytes(b"")
    for path in (album.out, *album.out.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    album.write()
    assert open_to_others(album.out) == {}


@needs_rights
def test_a_link_in_ours_does_not_change_what_it_leads_to(album, tmp_path):
    album.write()
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "mine").chmod(0o644)
    (album.out / ".facecluster/odd").symlink_to(tmp_path / "mine")
    (album.out / ".facecluster").chmod(0o755)
    album.write()
    assert stat.S_IMODE((tmp_path / "mine").stat().st_mode) == 0o644


def test_a_system_that_refuses_ends_no_run(album, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(1, "Operation not permitted")

    album.write()
    (album.out / ".facecluster").chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)
    album.write()


def test_nothing_unfinished_stays(album):
    album.write()
    left = [
        album.out / temp_name(album.out),
        album.out / ".report.html.123-456.tmp",
        album.out / ".faces.csv.1-2.tmp",
        album.out / ".facecluster/.manifest.json.12-34.tmp",
    ]
    theirs = [album.out / ".report.html.tmp", album.out / "my.123-456.tmp"]
    for path in (*left, *theirs):
        path.write_text("left")
    album.write()
    assert [path for path in left if path.exists()] == []
    assert all(path.exists() for path in theirs)
    assert not (album.out / ".facecluster/tmp").exists()


@needs_rights
def test_what_is_unfinished_beside_a_link_stays_safe(tmp_path):
    out = tmp_path / "out"
    open_private(out)
    (tmp_path / "mine").write_text("mine")
    (out / ".report.json.1-2.tmp").symlink_to(tmp_path / "mine")
    clear_temp(out)
    assert (tmp_path / "mine").read_text() == "mine"


def test_all_that_is_unfinished_is_in_one_place(album, monkeypatch):
    places = set()
    on_replace(monkeypatch, before=lambda source, _: places.add(source.parent))
    keep_thumbnails(album.out, "ab" * 16, [b"one"])
    album.write()
    assert places == {album.out / ".facecluster/tmp"}
