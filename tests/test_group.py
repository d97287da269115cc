"""The whole job on real portraits: who ends where, what is read again, and what never changes."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from facecluster.group import Commits, OpenReader
from facecluster.group import group as group_photos
from facecluster.records import Status
from facecluster.report.records import Report
from tests.support.group_runs import Group, everything, partition, people, to


@pytest.fixture(scope="module")
def first_run(
    demo_album: Path, open_models: OpenReader, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Report, Path, Any]:
    """The demo album grouped with the defaults: report, output folder, the album before."""
    before = everything(demo_album)
    out = tmp_path_factory.mktemp("first") / "out"
    settings = to(out, link="copy")
    return group_photos(demo_album, settings, open_reader=open_models), out, before


def test_the_demo_album_shows_two_people(first_run: tuple[Report, Path, Any]) -> None:
    report, out, _ = first_run
    photos = {photo.path: photo.status for photo in report.photos}
    together = {path for path in photos if path.startswith("together/")}
    eileen = {path for path in photos if "eileen" in path} - {"copies/eileen again.jpg"}
    grace = {path for path in photos if "grace" in path}
    # Of two equal files the first by path stands for both.
    eileen = (eileen - {"eileen/portrait.jpg"}) | {"copies/eileen again.jpg"}
    assert sorted(people(report), key=len) == sorted([eileen | together, grace | together], key=len)
    assert photos["eileen/portrait.jpg"] == Status.DUPLICATE
    assert photos["copies/interrupted download.jpg"] == Status.UNREADABLE
    assert {p for p in photos if photos[p] == Status.NO_FACE} == {
        path for path in photos if path.startswith("places/")
    }
    folders = sorted((out / "people").iterdir())
    assert [f.name for f in folders] == ["person-001", "person-002"]
    photos_of_each = [person.photo_count for person in report.people]
    assert [len(list(f.iterdir())) for f in folders] == photos_of_each
    assert all(1 < count < len(p) for count, p in zip(photos_of_each, people(report), strict=True))


def test_every_photo_is_accounted_for_once(
    first_run: tuple[Report, Path, Any], demo_album: Path
) -> None:
    report, _, _ = first_run
    files = {str(p.relative_to(demo_album)) for p in demo_album.rglob("*") if p.is_file()}
    paths = [photo.path for photo in report.photos]
    assert Counter(paths) == Counter({Path(f).as_posix(): 1 for f in files})
    assert sum(report.summary.photos_by_status.values()) == len(files)
    placed = [i for person in report.people for i in person.faces]
    left = [i for i, face in enumerate(report.faces) if face.reason]
    assert sorted(placed + left) == list(range(report.summary.faces))


def test_originals_stay_as_they_are(first_run: tuple[Report, Path, Any], demo_album: Path) -> None:
    assert everything(demo_album) == first_run[2]


def test_a_second_run_decodes_nothing_it_knows(
    first_run: tuple[Report, Path, Any],
    demo_album: Path,
    decoded: list[int],
    group: Group,
    tmp_path: Path,
) -> None:
    report, out, _ = first_run
    again = tmp_path / "out"
    shutil.copytree(out, again)
    broken = (demo_album / "copies/interrupted download.jpg").stat().st_size
    second = group(demo_album, to(again, link="copy"))
    assert decoded == [broken]  # what could not be read is tried again
    assert partition(second) == partition(report)
    for method in ("hdbscan", "kmeans"):
        other = group(demo_album, to(again, method))
        assert len(other.people) == 2
        assert sorted(map(len, people(other))) == sorted(map(len, people(report)))
    assert decoded == [broken] * 3


def test_another_time_on_the_file_decodes_nothing(
    party: Path, group: Group, decoded: list[int], tmp_path: Path
) -> None:
    settings = to(tmp_path / "out")
    first = group(party, settings)
    assert len(decoded) == 6
    for photo in party.iterdir():
        os.utime(photo, (1, 1))
    (party / "eileen.jpg").rename(party / "moved.jpg")
    second = group(party, settings)
    assert len(decoded) == 6
    assert partition(second) == partition(first)
    assert "moved.jpg" in {photo.path for photo in second.photos}


def test_names_order_and_threads_change_nothing(
    first_run: tuple[Report, Path, Any], demo_album: Path, group: Group, tmp_path: Path
) -> None:
    shuffled = random.Random(7)
    files = [path for path in sorted(demo_album.rglob("*")) if path.is_file()]
    names = shuffled.sample(range(1000), len(files))
    for path, name in zip(files, names, strict=True):
        target = tmp_path / "photos" / str(name % 3) / f"{name}{path.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    runs = [
        group(tmp_path / "photos", to(tmp_path / f"out{threads}", threads=threads))
        for threads in (1, 4)
    ]
    assert partition(runs[0]) == partition(first_run[0])
    assert runs[0] == replace(runs[1], run=runs[0].run)


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


def test_a_run_that_is_cut_off_goes_on(
    party: Path, group: Group, decoded: list[int], tmp_path: Path
) -> None:
    settings = to(tmp_path / "out", threads=1)

    def cut(stage: str, done: int, total: int) -> None:
        if stage == "read" and done == 3:
            raise Killed

    with pytest.raises(Killed):
        group(party, settings, cut, commits=Commits(every_seconds=0))
    assert not (tmp_path / "out" / "report.json").exists()
    before = len(decoded)
    report = group(party, settings)
    assert len(decoded) - before <= 6 - 2  # what was committed is not decoded again
    assert report.summary.people == 2


def test_an_interrupt_keeps_what_was_read(
    party: Path, group: Group, decoded: list[int], tmp_path: Path
) -> None:
    settings = to(tmp_path / "out", threads=1)

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "read" and done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        group(party, settings, interrupt)
    known = group(party, replace(settings, dry_run=True))
    assert known.summary.faces == 6
    decoded.clear()
    group(party, settings)
    assert len(decoded) <= 2  # the four that had been read stay
