"""Photos whose content changed though size and time did not, and photos that are read by order."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facecluster.config import Link, ScanConfig
from facecluster.errors import SettingsError
from tests.support.group_runs import Group, people, state, to

needs_ctime = pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of change")


def in_place(photo: Path, data: bytes) -> None:
    with photo.open("r+b") as file:
        file.write(data)


def by_renaming(photo: Path, data: bytes) -> None:
    other = photo.with_name("temporary")
    other.write_bytes(data)
    shutil.copystat(photo, other)
    other.replace(photo)


def exchange(party: Path, edit: Callable[[Path, bytes], None]) -> None:
    """Two photos get each other's content, filled up to one size, and keep their times."""
    names = [party / "eileen.jpg", party / "grace.jpg"]
    first, second = (name.read_bytes() for name in names)
    for name, data in zip(names, (second, first), strict=True):
        about = name.stat()
        edit(name, data)
        os.utime(name, ns=(about.st_atime_ns, about.st_mtime_ns))


@pytest.fixture
def same_sizes(party: Path) -> Path:
    """The party, with all photos of one size and one time."""
    photos = sorted(party.iterdir())
    most = max(photo.stat().st_size for photo in photos)
    for photo in photos:
        data = photo.read_bytes()
        photo.write_bytes(data + bytes(most - len(data)))
        os.utime(photo, ns=(10**18, 10**18))
    return party


@needs_ctime
@pytest.mark.parametrize("edit", [in_place, by_renaming])
@pytest.mark.parametrize("link", ["copy", "hardlink"])
def test_other_content_of_the_same_size_and_time(
    same_sizes: Path,
    group: Group,
    tmp_path: Path,
    edit: Callable[[Path, bytes], None],
    link: Link,
) -> None:
    settings = to(tmp_path / "out", link=link)
    group(same_sizes, settings)
    exchange(same_sizes, edit)
    again, fresh = group(same_sizes, settings), group(same_sizes, to(tmp_path / "fresh", link=link))
    assert people(again) == people(fresh)
    assert {p.path: p.digest for p in again.photos} == {p.path: p.digest for p in fresh.photos}
    placed = {p.name: p.read_bytes() for p in (tmp_path / "out" / "people").rglob("*.jpg")}
    assert all(data == (same_sizes / name).read_bytes() for name, data in placed.items())


@pytest.mark.parametrize("link", ["copy", "hardlink", "none"])
def test_a_second_run_looks_at_no_photo(
    party: Path, group: Group, tmp_path: Path, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, opened, plain = to(tmp_path / "out", link=link), [], os.open

    def note(path: object, *rest: int, **more: int) -> int:
        opened.append(str(path))
        return plain(path, *rest, **more)  # type: ignore[arg-type]

    group(party, settings)
    monkeypatch.setattr(os, "open", note)
    for _ in range(2):
        group(party, settings)
        assert [path for path in opened if path.startswith(str(party))] == []


def test_a_copied_library_is_not_decoded(
    party: Path, group: Group, tmp_path: Path, decoded: list[int]
) -> None:
    settings = to(tmp_path / "out")
    first = group(party, settings)
    shutil.copytree(party, tmp_path / "disk")  # times are kept, as rsync -t does
    shutil.rmtree(party)
    (tmp_path / "disk").rename(party)
    (party / "sea.jpg").chmod(0o640)
    decoded.clear()
    assert group(party, settings).people == first.people
    assert decoded == []


def test_what_is_to_be_read_again(
    party: Path, group: Group, tmp_path: Path, decoded: list[int]
) -> None:
    settings = to(tmp_path / "out")
    first = group(party, settings)

    def again(*patterns: str) -> int:
        decoded.clear()
        report = group(party, replace(settings, scan=ScanConfig(reread=patterns)))
        assert (report.people, report.faces) == (first.people, first.faces)
        return len(decoded)

    assert again() == 0
    assert again("sea.jpg") == 1
    assert again("grace*", "sea.jpg", "*.JPG") == 6
    assert again("**") == again("*") == 6
    assert again(str(party / "eileen.jpg")) == 1
    assert again() == 0
    decoded.clear()
    before = state(tmp_path / "out")
    group(party, replace(settings, scan=ScanConfig(reread=("**",)), dry_run=True))
    assert (len(decoded), state(tmp_path / "out")) == (6, before)


@pytest.mark.parametrize("pattern", ["grace", "2019/**", "", "/elsewhere/sea.jpg"])
def test_a_pattern_without_a_photo_is_told(party: Path, group: Group, pattern: str) -> None:
    with pytest.raises(SettingsError, match=r"`scan.reread`.*: no photo in .* matches"):
        group(party, to(party / "out", scan=ScanConfig(reread=("sea.jpg", pattern))))
    assert not (party / "out").exists()
