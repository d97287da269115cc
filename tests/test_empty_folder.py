"""A photo folder that was full and is empty now, as a mount point without its drive is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.config import Link, ScanConfig, Settings
from facecluster.errors import LibraryError, PhotosGoneError, SettingsError
from facecluster.library.index import FILE
from tests.support.group_runs import Group, state, to

LINKS: list[Link] = ["copy", "hardlink", "none"] + (["symlink"] if os.name != "nt" else [])


def emptied(party: Path) -> None:
    for photo in party.iterdir():
        photo.unlink()


def litter(party: Path) -> None:
    """What lies in a mount point without its drive, or what a drive leaves behind."""
    emptied(party)
    (party / ".Trash-1000").mkdir()
    (party / "is this thing on.txt").write_text("no")
    (party / ".hidden.jpg").write_bytes(b"x")
    (party / "2019").mkdir()


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("gone", [emptied, litter, shutil.rmtree])
def test_results_and_index_stay(
    party: Path, group: Group, tmp_path: Path, link: Link, gone: Callable[[Path], None]
) -> None:
    settings = to(tmp_path / "out", link=link)
    group(party, settings)
    gone(party)
    before = state(tmp_path / "out")
    for again in (settings, replace(settings, dry_run=True), settings):
        with pytest.raises(PhotosGoneError, match="earlier run found 6 photos here and now there"):
            group(party, again)
        assert state(tmp_path / "out") == before


def test_the_drive_comes_back(
    party: Path, group: Group, tmp_path: Path, decoded: list[int]
) -> None:
    settings = to(tmp_path / "out", link="copy")
    first = group(party, settings)
    party.rename(tmp_path / "elsewhere")
    party.mkdir()
    with pytest.raises(PhotosGoneError):
        group(party, settings)
    party.rmdir()
    (tmp_path / "elsewhere").rename(party)
    decoded.clear()
    assert group(party, settings).people == first.people
    assert decoded == []


def test_empty_ok_empties_once_and_for_all(party: Path, group: Group, tmp_path: Path) -> None:
    settings = to(tmp_path / "out")
    group(party, settings)
    emptied(party)
    meant = replace(settings, scan=ScanConfig(empty_ok=True))
    assert group(party, meant).summary.photos == 0
    assert group(party, settings).summary.photos == 0  # there was nothing in the run before
    party.rmdir()
    for either in (meant, settings):
        with pytest.raises(SettingsError, match="there is no such folder"):
            group(party, either)


def test_globs_that_leave_nothing_are_meant(party: Path, group: Group, tmp_path: Path) -> None:
    settings = to(tmp_path / "out")
    narrow = replace(settings, scan=ScanConfig(exclude=("*",)))
    group(party, settings)
    assert group(party, narrow).summary.photos == 0
    group(party, settings)
    emptied(party)
    with pytest.raises(PhotosGoneError):
        group(party, narrow)


def test_a_link_to_a_drive_that_is_away(party: Path, group: Group, tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("links need rights on Windows")
    (tmp_path / "album").symlink_to(party, target_is_directory=True)
    settings = to(tmp_path / "out")
    group(tmp_path / "album", settings)
    party.rename(tmp_path / "away")
    with pytest.raises(PhotosGoneError, match="no such folder; mount its drive"):
        group(tmp_path / "album", settings)


def test_the_report_tells_where_the_index_does_not(
    party: Path, group: Group, tmp_path: Path
) -> None:
    settings = to(tmp_path / "out")
    group(party, settings)
    emptied(party)
    (tmp_path / "out" / FILE).write_bytes(b"Dear diary" * 999)
    with pytest.raises(LibraryError):
        group(party, settings)
    (tmp_path / "out" / FILE).unlink()
    with pytest.raises(PhotosGoneError, match="found 6 photos"):
        group(party, settings)


def test_a_folder_that_never_had_photos(group: Group, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for settings in (to(tmp_path / "out"), to(tmp_path / "out"), Settings(dry_run=True)):
        assert group(tmp_path / "photos", settings).summary.photos == 0
