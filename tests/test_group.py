"""The whole job on real portraits: who ends where, what is read again, and what never changes."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from facecluster.config import (
    ClusterConfig,
    Link,
    Method,
    OutputConfig,
    ReadConfig,
    ScanConfig,
    Settings,
)
from facecluster.errors import OutputError
from facecluster.group import Commits, OpenReader, output_folder
from facecluster.group import group as group_photos
from facecluster.library.index import Reading
from facecluster.reading import Reader
from facecluster.records import PhotoFile, Status
from facecluster.report.records import Failure, Report

Group = Callable[..., Report]


def to(out: Path, method: Method = "agglomerative", link: Link = "none", **rest: Any) -> Settings:
    return Settings(
        cluster=ClusterConfig(method=method), output=OutputConfig(out, link=link), **rest
    )


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    """All files with what they hold and when they were written."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def people(report: Report) -> list[set[str]]:
    """The photos of each person."""
    faces = report.faces
    return [{faces[i].photo for i in person.faces} for person in report.people]


def partition(report: Report) -> set[frozenset[tuple[str, str]]]:
    """Which faces are together, in words that survive a new name: digest of the photo and box."""
    digest = {photo.path: photo.digest for photo in report.photos}
    faces = [(digest[f.photo], str(f.box)) for f in report.faces]
    return {frozenset(faces[i] for i in person.faces) for person in report.people}


@pytest.fixture
def decoded() -> list[int]:
    """The number of bytes of every photo that is decoded by `group`."""
    return []


@pytest.fixture
def group(open_models: OpenReader, decoded: list[int]) -> Group:
    """`group` with models that are opened once, and a reader that says what it decodes."""

    def opener(config: ReadConfig) -> Reader:
        reader = copy(open_models(config))
        plain = reader.read

        def read(root: Path, file: PhotoFile, *rest: Any) -> Reading:
            found = plain(root, file, *rest)
            if found.faces is not None or found.problem is not None:  # else its bytes were known
                decoded.append(file.size)
            return found

        reader.read = read
        return reader

    return partial(group_photos, open_reader=opener)


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
    assert [len(list(f.iterdir())) for f in folders] == [len(p) for p in people(report)]


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


def test_a_users_file_in_the_way_stops_before_the_long_work(
    party: Path, group: Group, decoded: list[int], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    mine = tmp_path / "out" / "faces.csv"
    mine.write_text("my own")
    with pytest.raises(OutputError, match=r"faces\.csv is in the way"):
        group(party, to(mine.parent))
    assert decoded == []
    assert [path.name for path in mine.parent.iterdir()] == ["faces.csv"]


def test_a_users_file_that_comes_while_we_work_stays(
    party: Path, group: Group, tmp_path: Path
) -> None:
    mine = tmp_path / "out" / "report.html"

    def meanwhile(stage: str, done: int, total: int) -> None:
        if stage == "cluster":
            mine.write_text("my own")

    with pytest.raises(OutputError, match=r"report\.html is in the way"):
        group(party, to(mine.parent, link="copy"), meanwhile)
    assert mine.read_text() == "my own"
    assert not (mine.parent / "people").exists()


def test_results_inside_the_photo_folder_are_no_photos(
    party: Path, group: Group, tmp_path: Path
) -> None:
    (party / "results").mkdir()
    shutil.copyfile(party / "sea.jpg", party / "results" / "of my own.jpg")
    for out in (party / "results", party / "deep" / "results"):
        for _ in range(2):
            report = group(party, to(out, link="copy"))
            assert report.summary.photos == 6
    elsewhere = group(party, to(tmp_path / "out"))  # both of them are results of earlier runs
    assert elsewhere.summary.photos == 6


def test_the_output_folder_lies_beside_the_photos(
    party: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert output_folder(party, Settings()) == party.with_name("party-people")
    monkeypatch.chdir(party)
    assert output_folder(Path("."), Settings()) == party.with_name("party-people")


def test_a_folder_that_cannot_be_listed_is_a_failure(
    party: Path, group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (party / "locked").mkdir()
    plain = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return plain(path)

    monkeypatch.setattr("os.scandir", refuse)
    report = group(party, to(tmp_path / "out"))
    assert report.failures == (Failure("locked/", "Permission denied"),)
    assert report.summary.people == 2


def test_a_dry_run_writes_nothing_at_all(party: Path, group: Group, tmp_path: Path) -> None:
    dry = Settings(dry_run=True)
    report = group(party, dry)
    assert report.summary.people == 2
    assert [p.name for p in tmp_path.iterdir()] == ["party"]
    group(party, replace(dry, dry_run=False))
    before = everything(tmp_path)
    (party / "sea.jpg").unlink()
    del before["party/sea.jpg"]
    assert group(party, dry).summary.photos == 5
    assert everything(tmp_path) == before


def test_photos_that_are_gone_leave_their_people(party: Path, group: Group, tmp_path: Path) -> None:
    settings = to(tmp_path / "out", link="copy")
    assert group(party, settings).summary.people == 2
    for name in ("grace.jpg", "grace at night.jpg"):
        (party / name).unlink()
    report = group(party, settings)
    assert people(report) == [{"eileen.jpg", "eileen at night.jpg", "both.jpg"}]
    assert {p.path for p in report.photos} == {p.name for p in party.iterdir()}


def test_globs_narrow_what_is_read(
    party: Path, group: Group, decoded: list[int], tmp_path: Path
) -> None:
    narrow = replace(to(tmp_path / "out"), scan=ScanConfig(include=("grace*",)))
    report = group(party, narrow)
    assert people(report) == [{"grace.jpg", "grace at night.jpg"}]
    assert len(decoded) == 2
    assert group(party, to(tmp_path / "out")).summary.people == 2
    assert len(decoded) == 6  # the two of the first run were known


def test_an_empty_folder_gives_an_empty_report(group: Group, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    report = group(tmp_path / "photos", to(tmp_path / "out"))
    assert report.summary.photos == 0
    assert report.people == report.failures == ()


def test_lost_thumbnails_are_made_again(party: Path, group: Group, tmp_path: Path) -> None:
    group(party, to(tmp_path / "out"))
    folder = tmp_path / "out" / ".facecluster" / "thumbnails"
    before = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.jpg")}
    shutil.rmtree(folder)
    group(party, to(tmp_path / "out"))
    after = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.jpg")}
    assert before == after != {}


def test_the_report_names_the_whole_path(
    party: Path, group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(party.parent)
    report = group(Path(party.name), to(tmp_path / "out"))
    assert report.root == str(party)
