"""A disk inside the photo folder that is not mounted: its results wait, and it is said."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from facecluster.base.disks import disks_in, is_mounted, unmounted
from facecluster.config import ScanConfig
from tests.support.group_runs import Group, to

Mount = Callable[[], None]


@pytest.fixture
def disk(party: Path) -> Iterator[Mount]:
    """Mounts a disk at party/usb/disk and moves Grace's photos to it; at the end it is away."""
    place = party / "usb" / "disk"
    place.mkdir(parents=True)
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("needs the right to mount a disk")
    photos = {path.name: path.read_bytes() for path in party.glob("grace*")}
    for name in photos:
        (party / name).unlink()

    def mount() -> None:
        done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(place)], check=False)
        if done.returncode:
            pytest.skip("no disk can be mounted here")
        for name, data in photos.items():
            (place / name).write_bytes(data)
            os.utime(place / name, (10**9, 10**9))

    yield mount
    if place.is_dir() and is_mounted(party, "usb/disk"):
        umount(party)


def umount(party: Path) -> None:
    subprocess.run(["umount", str(party / "usb/disk")], check=True)


def left(out: Path) -> list[str]:
    return sorted(str(path.relative_to(out)) for path in (out / "people").rglob("*.jpg"))


@pytest.mark.parametrize("removed", [False, True], ids=["empty folder", "no folder"])
def test_results_of_a_disk_that_is_away_wait(
    party: Path, group: Group, tmp_path: Path, disk: Mount, removed: bool
) -> None:
    disk()
    settings = to(tmp_path / "out", link="copy")
    group(party, settings)
    before = left(tmp_path / "out")
    assert len(before) == 6
    # Of Grace, who is in no other photo just now.
    grace = next(path for path in before if "grace" in path)
    regrouped = [grace.rpartition("/")[0] + "/both.jpg"]
    umount(party)
    if removed:
        (party / "usb/disk").rmdir()
    for _ in range(2):
        report = group(party, settings)
        [failure] = report.failures
        assert failure.path == "usb/disk/"
        assert "not" in failure.reason
        assert any("could not be read" in note for note in report.notes)
        assert left(tmp_path / "out") == [path for path in before if path not in regrouped]
    (party / "usb/disk").mkdir(exist_ok=True)
    disk()
    report = group(party, settings)
    assert report.failures == ()
    assert report.summary.people == 2
    assert left(tmp_path / "out") == before


def test_empty_ok_means_that_it_is_gone(
    party: Path, group: Group, tmp_path: Path, disk: Mount
) -> None:
    disk()
    settings = to(tmp_path / "out", link="copy")
    group(party, settings)
    umount(party)
    meant = to(tmp_path / "out", link="copy", scan=ScanConfig(empty_ok=True))
    assert group(party, meant).failures == ()
    assert group(party, settings).failures == ()  # from now on


def test_photos_that_took_its_place_count(
    party: Path, group: Group, tmp_path: Path, disk: Mount
) -> None:
    disk()
    settings = to(tmp_path / "out")
    group(party, settings)
    umount(party)
    (party / "usb/disk/grace.jpg").write_bytes((party / "both.jpg").read_bytes())
    assert group(party, settings).failures == ()


def test_an_excluded_disk_is_not_missed(
    party: Path, group: Group, tmp_path: Path, disk: Mount
) -> None:
    disk()
    group(party, to(tmp_path / "out"))
    umount(party)
    report = group(party, to(tmp_path / "out", scan=ScanConfig(exclude=("usb",))))
    assert report.failures == ()


def test_a_plain_folder_that_was_emptied_is_not_a_disk(
    party: Path, group: Group, tmp_path: Path
) -> None:
    (party / "usb").mkdir()
    for path in party.glob("grace*"):
        path.rename(party / "usb" / path.name)
    settings = to(tmp_path / "out")
    group(party, settings)
    for path in (party / "usb").iterdir():
        path.unlink()
    assert group(party, settings).failures == ()


def test_folders_on_other_disks_are_told_by_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {"": 1, "a": 1, "a/b": 2, "a/b/c": 2, "a/b/c/d": 3, "e": 1}
    for folder in numbers:
        (tmp_path / folder).mkdir(exist_ok=True)
    plain = os.stat

    def stat(path: Path, **options: object) -> os.stat_result:
        about = list(plain(path, **options))  # type: ignore[call-overload]
        inside = Path(path).relative_to(tmp_path).as_posix()
        about[2] = numbers["" if inside == "." else inside]
        return os.stat_result(about)

    photos = [f"{folder}/x.jpg".lstrip("/") for folder in numbers]
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stat)
        assert disks_in(tmp_path, photos) == {"a/b", "a/b/c/d"}
        assert disks_in(tmp_path, ["a/x.jpg", "gone/x.jpg"]) == set()
        assert is_mounted(tmp_path, "a/b")
        numbers["a/b"] = 1
        assert not is_mounted(tmp_path, "a/b")
        assert not is_mounted(tmp_path, "gone")
        away = ["a/b", "gone"]
        assert unmounted(tmp_path, away, ["a/x.jpg", "a/bc/x.jpg"]) == away
        assert unmounted(tmp_path, away, ["a/b/x.jpg"]) == ["gone"]
