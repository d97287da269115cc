"""What stands in the way of a run: files of others, folders that cannot be read, nothing at all."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from facecluster.config import (
    ScanConfig,
    Settings,
)
from facecluster.errors import OutputError
from facecluster.group import output_folder
from facecluster.report.records import Failure
from tests.support.group_runs import Group, everything, people, to


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
