"""`facecluster group`: its exit codes, and errors in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facecluster import models
from tests.support.commands import Run, process


def test_done(run: Run, party: Path, tmp_path: Path) -> None:
    result = run("group", party)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["Person", "Photos", "Faces", "Spread"]
    assert lines[1].split()[:3] == ["person-001", "3", "3"]
    assert lines[2].split()[:3] == ["person-002", "3", "3"]
    assert lines[3] == (
        "6 photos (5 grouped, 1 no face), 6 faces, 6 of them placed with 2 people."
    )  # fmt: skip
    assert lines[4:] == [f"Report: {tmp_path / 'party-people' / 'report.html'}"]


def test_no_photos(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden.txt").write_text("nothing to see")
    result = run("group", tmp_path / "empty")
    assert result.exit_code == 0
    assert "No photos were found in this folder." in result.stdout


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--exclude", "*.jpg"], "All 6 photos are left out by --exclude."),
        (["--include", "*.png"], "All 6 photos are left out by --include."),
        (["--include", "s*", "--exclude", "sea.*"], "left out by --include and --exclude."),
        (["--include", ""], "All 6 photos are left out by --include."),
    ],
)
def test_all_photos_are_left_out(run: Run, party: Path, options: list[str], reason: str) -> None:
    result = run("group", party, *options)
    assert result.exit_code == 0
    assert reason in result.stdout
    assert "No photos were found" not in result.stdout


def test_there_are_no_photos_to_be_left_out(run: Run, party: Path) -> None:
    for photo in sorted(party.iterdir())[1:]:
        photo.unlink()
    alone = run("group", party, "--exclude", "*.jpg", "--dry-run")
    assert "The only photo of this folder is left out by --exclude." in alone.stdout
    for photo in party.iterdir():
        photo.unlink()
    none = run("group", party, "--exclude", "*.jpg", "--dry-run")
    assert "No photos were found in this folder." in none.stdout


def test_no_faces(run: Run, party: Path) -> None:
    result = run("group", party, "--include", "sea.jpg")
    assert result.exit_code == 0
    assert "No face was found in any photo." in result.stdout


def test_some_photos_could_not_be_read(run: Run, party: Path) -> None:
    (party / "broken.jpg").write_bytes(b"no photo")
    result = run("group", party)
    assert result.exit_code == 3
    assert result.stdout.splitlines()[1].startswith("person-001")
    (line,) = result.stderr.splitlines()
    assert line.startswith("1 photo could not be read, such as broken.jpg: not a photo")


def one_error(run: Run, *arguments: object, **settings: object) -> str:
    """The sentence of a run that ends with exit code 1."""
    result = run("group", *arguments, **settings)
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    return line


def usage_error(run: Run, *arguments: object) -> str:
    """The sentence of a run that ends with exit code 2."""
    result = run("group", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    line = result.stderr.splitlines()[-1]
    assert line.startswith("Error: ")
    return line


def test_photos_that_are_no_folder(run: Run, party: Path) -> None:
    assert "gone: there is no such folder" in usage_error(run, party / "gone")
    assert "sea.jpg' is a file" in usage_error(run, party / "sea.jpg")
    assert "Missing argument 'PHOTOS'" in usage_error(run, "--quiet")
    assert "unexpected extra argument" in usage_error(run, party, party)


def test_out_that_cannot_be(run: Run, party: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "file' is a file" in usage_error(run, party, "--out", tmp_path / "file")
    assert "file" in one_error(run, party, "--out", tmp_path / "file" / "below")
    assert "--out" in one_error(run, party, "--out", party)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder nobody can write to")
def test_out_that_nobody_may_write(run: Run, party: Path) -> None:
    assert "choose another --out" in one_error(run, party, "--out", "/proc/facecluster")


def test_a_report_of_the_users_own_stays(run: Run, party: Path, tmp_path: Path) -> None:
    mine = tmp_path / "out" / "report.html"
    mine.parent.mkdir()
    mine.write_text("my own")
    assert "report.html is in the way" in one_error(run, party, "--out", mine.parent)
    assert mine.read_text() == "my own"


def test_numbers_that_make_no_sense(run: Run, party: Path) -> None:
    assert "--method kmeans" in usage_error(run, party, "--people", 2)
    for value in ("0", "2", "-1", "near", "0,06"):
        assert "is not a cosine distance" in usage_error(run, party, "--distance", value)
    assert "between 0 and 2" in usage_error(run, party, "--distance", "nan")
    for option in ("--people", "--min-photos", "--min-face"):
        assert option in usage_error(run, party, option, "0")
    assert "--threads" in usage_error(run, party, "--threads", "-1")


def test_more_people_than_faces(run: Run, party: Path) -> None:
    result = run("group", party, "--method", "kmeans", "--people", 50)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "50 people were asked for, but there are only 6 different faces" in result.stdout


def test_one_of_each_is_said_as_one(run: Run, party: Path) -> None:
    result = run("group", party, "--include", "grace.jpg", "--min-photos", 1)
    assert "1 photo (1 grouped), 1 face, 1 of them placed with 1 person." in result.stdout


def test_a_model_that_is_none(run: Run, party: Path, tmp_path: Path) -> None:
    text = tmp_path / "diary.onnx"
    text.write_text("Dear diary")
    assert "diary.onnx: " in one_error(run, party, "--model", text)
    empty = tmp_path / "empty.onnx"
    empty.touch()
    assert "empty.onnx: " in one_error(run, party, "--model", empty)
    without = Path(str(models.__file__)).with_name("detector.onnx")
    assert "facecluster.spec is missing" in one_error(run, party, "--model", without)
    assert "gone.onnx' does not exist" in usage_error(run, party, "--model", tmp_path / "gone.onnx")
    assert "is a directory" in usage_error(run, party, "--model", tmp_path)


def test_a_device_that_is_not_here(run: Run, party: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    message = one_error(run, party, "--device", "cuda")
    assert "--device cuda: " in message
    assert "pip install onnxruntime-gpu" in message
    assert "is not one of 'auto', 'cpu'" in usage_error(run, party, "--device", "toaster")


def test_a_damaged_index_says_what_to_do(run: Run, party: Path, tmp_path: Path) -> None:
    assert run("group", party).exit_code == 0
    index = tmp_path / "party-people" / ".facecluster" / "index.db"
    index.write_bytes(b"Dear diary" * 999)
    assert "delete it to read all photos again" in one_error(run, party)
    index.unlink()
    assert run("group", party).exit_code == 0


def test_a_fault_of_ours_asks_for_a_report(run: Run, party: Path) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by\nzero")

    message = one_error(run, party, obj=fail)
    assert "unexpected ZeroDivisionError: by zero. This is a fault of facecluster; " in message
    assert "--debug" in message


@pytest.mark.parametrize(
    ("reason", "help_for_it"),
    [
        ("libGL.so.1: cannot open shared object file", "apt install libgl1 libglib2.0-0"),
        ("No module named 'hdbscan'", "install facecluster again"),
    ],
)
def test_what_cannot_be_loaded_is_one_sentence(
    run: Run, party: Path, reason: str, help_for_it: str
) -> None:
    def missing(*_: object) -> None:
        raise ImportError(reason)

    result = run("group", party, obj=missing)
    assert result.exit_code == 1
    assert reason in result.stderr
    assert help_for_it in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_in_a_process_of_its_own(party: Path, tmp_path: Path) -> None:
    (party / "broken.jpg").write_bytes(b"no photo")
    done = process("group", party)
    assert done.returncode == 3
    assert "2 people" in done.stdout
    assert done.stderr.startswith("1 photo could not be read")  # no bar, no empty line
    failed = process("group", party, "--out", party)
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1
    assert process("group", tmp_path / "gone").returncode == 2
