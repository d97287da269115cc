"""`facecluster group` says what it left out, in a line, a list and the report."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.commands import Run
from tests.support.group_runs import state
from tests.support.locked_folders import Locks

OTHERS = {"a.mov": 3, "b.MOV": 9, "c.mp4": 1, "list.txt": 5, "deep/paper.pdf": 7, "noend": 2}


def add_others(folder: Path) -> None:
    for name, size in OTHERS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * size)


def test_a_line_a_list_and_the_report(run: Run, party: Path, tmp_path: Path) -> None:
    add_others(party)
    (party / "@eaDir").mkdir()
    result = run("group", party)
    assert (result.exit_code, result.stderr) == (0, "")
    assert (
        "6 files of other kinds were left out: 2 .mov, 1 .mp4, 1 .pdf, 1 .txt, 1 without an ending."
        " --videos reads videos, too.\n"
    ) in result.stdout
    assert "1 folder was left out: 1 @eaDir.\n" in result.stdout
    assert "a.mov" not in result.stdout
    verbose = run("group", party, "--verbose").stdout
    for name in OTHERS:
        assert f"  {name}: left out, " in verbose
    assert "  @eaDir/: left out, thumbnails of a Synology\n" in verbose
    left_out = json.loads((tmp_path / "party-people/report.json").read_text())["left_out"]
    assert sorted(path for record in left_out for path in record["paths"]) == sorted(
        [*OTHERS, "@eaDir/"]
    )
    page = (tmp_path / "party-people/report.html").read_text()
    assert '<details class="panel" id="left-out" >' in page
    assert "deep/paper.pdf" in page


def test_a_folder_of_other_files_alone_says_so(run: Run, tmp_path: Path) -> None:
    add_others(tmp_path / "videos")
    for options in ([], ["--dry-run"], ["--exclude", "*.pdf"]):
        result = run("group", tmp_path / "videos", *options)
        assert (result.exit_code, result.stderr) == (0, "")
        assert "This folder holds only files of other kinds, no photos.\n" in result.stdout
        assert "No photos were found" not in result.stdout
        assert "files of other kinds were left out: 2 .mov, " in result.stdout


def test_results_stay_where_only_other_files_are_left(
    run: Run, party: Path, tmp_path: Path
) -> None:
    run("group", party)
    for photo in party.iterdir():
        photo.unlink()
    add_others(party)
    before = state(tmp_path / "party-people")
    result = run("group", party)
    assert result.exit_code == 1
    assert "now there is none, only 6 files of other kinds; mount the drive" in result.stderr
    assert state(tmp_path / "party-people") == before
    assert run("group", party, "--empty-ok").exit_code == 0


@pytest.mark.skipif(os.name == "nt", reason="no such names on Windows")
def test_names_that_are_terminal_codes(run: Run, party: Path) -> None:
    (party / "a.\x1b[31m").write_bytes(b"x")
    (party / "b.\u202egpj").write_bytes(b"x")
    (party / "c.[bold]").write_bytes(b"x")
    result = run("group", party, "--verbose")
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "  c.[bold]: left out" in result.stdout


def test_settings_of_the_folder_are_no_other_file(run: Run, party: Path) -> None:
    (party / "facecluster.toml").write_text("min-photos = 3")
    assert "left out" not in run("group", party).stdout


def test_a_locked_folder_is_told_as_one(
    run: Run, party: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (party / "locked").mkdir()
    Locks(monkeypatch, "locked")
    result = run("group", party)
    assert result.exit_code == 3
    assert "6 photos (5 grouped, 1 no face), " in result.stdout
    assert result.stderr == ("1 folder could not be read, such as locked/: Permission denied.\n")
    (party / "empty.jpg").write_bytes(b"")
    result = run("group", party)
    assert result.stderr.startswith("1 photo and 1 folder could not be read, such as empty.jpg: ")
    page = (party.parent / "party-people/report.html").read_text()
    assert "Folders that cannot be listed" in page
    for photo in party.glob("*.jpg"):
        photo.unlink()
    result = run("group", party, "--out", party.parent / "other")
    assert result.exit_code == 3
    assert "No photos were found in what could be listed of this folder." in result.stdout
