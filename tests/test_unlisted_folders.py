"""A folder that may not be listed is no photo, and nothing of its photos goes meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facecluster.config import Link
from facecluster.errors import PhotosGoneError
from facecluster.report.records import Failure
from tests.support.group_runs import Group, people, to
from tests.support.locked_folders import Locks

LINKS: list[Link] = ["copy", "hardlink"] + (["symlink"] if os.name != "nt" else [])


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> Locks:
    return Locks(monkeypatch)


@pytest.fixture
def private(party: Path) -> Path:
    """The party, the photos of one person in `private/deep`."""
    (party / "private/deep").mkdir(parents=True)
    for name in ("grace.jpg", "grace at night.jpg"):
        (party / name).rename(party / "private/deep" / name)
    (party / "both.jpg").unlink()
    return party


def placed(out: Path) -> dict[str, bytes]:
    """What is in the folders of people; a link that leads nowhere fails the test."""
    files = sorted(path for path in (out / "people").rglob("*") if not path.is_dir())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("name", ["private", "deep"])
def test_its_files_stay_and_it_is_no_photo(
    private: Path, group: Group, tmp_path: Path, locks: Locks, link: Link, name: str
) -> None:
    out = tmp_path / "out"
    first = group(private, to(out, link=link))
    before = placed(out)
    locks.name = name
    for _ in range(2):
        report = group(private, to(out, link=link))
        folder = {"private": "private/", "deep": "private/deep/"}[name]
        assert report.failures == (Failure(folder, "Permission denied"),)
        assert report.summary.photos == len(report.photos) == first.summary.photos - 2
        assert report.summary.photos_by_status["unreadable"] == 0
        assert placed(out) == before
        about = [note for note in report.notes if "of an earlier run stayed" in note]
        assert len(about) == 1
        assert "could not be read in this run" in about[0]
    locks.name = ""
    report = group(private, to(out, link=link))
    assert (report.failures, people(report), placed(out)) == ((), people(first), before)


@pytest.mark.parametrize("link", LINKS)
def test_what_is_deleted_or_excluded_goes_all_the_same(
    private: Path, group: Group, tmp_path: Path, locks: Locks, link: Link
) -> None:
    out = tmp_path / "out"
    group(private, to(out, link=link))
    locks.name = "deep"
    group(private, to(out, link=link))
    locks.name = ""
    for photo in (private / "private/deep").iterdir():
        photo.unlink()
    group(private, to(out, link=link))
    left = [path for path in (out / "people").rglob("*") if path.is_symlink()]
    assert len(left) == (2 if link == "symlink" else 0)  # of the two who are there


def test_when_all_folders_are_locked_results_stay_and_the_reason_is_true(
    private: Path, group: Group, tmp_path: Path, locks: Locks
) -> None:
    group(private, to(tmp_path / "out"))
    for photo in private.glob("*.jpg"):
        photo.rename(private / "private" / photo.name)
    group(private, to(tmp_path / "out"))
    locks.name = "private"
    with pytest.raises(PhotosGoneError, match=r"private cannot be listed \(Permission denied\)"):
        group(private, to(tmp_path / "out"))
    assert (tmp_path / "out/report.json").exists()
