"""The catalogue of hostile files, through the command, each with a good photo beside it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from facecluster.records import Status
from tests.support.commands import Run, process
from tests.support.hostile_files import CATALOGUE, Hostile

GOOD = "good portrait.jpg"
# A file in place of the folder is seen by the parser, which has its own words.
PARSER = {"no such folder": "there is no such folder", "not a folder": "is a file"}


def everything(folder: Path) -> dict[str, tuple[object, ...]]:
    """What is in the folder, without following links or opening what could block."""
    found: dict[str, tuple[object, ...]] = {}
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            about = os.lstat(os.path.join(place, name))
            path = os.path.relpath(os.path.join(place, name), folder)
            found[path] = (about.st_mode, about.st_size, about.st_mtime_ns, about.st_ino)
    return found


@pytest.fixture
def place(tmp_path: Path, party_photos: dict[str, bytes]) -> Path:
    """A folder with one good photo."""
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / GOOD).write_bytes(party_photos["eileen.jpg"])
    return folder


def check(hostile: Hostile, exit_code: int, stdout: str, stderr: str) -> None:
    """The report, or the error, is what the catalogue says."""
    assert exit_code == hostile.exit_code, stderr
    assert "Traceback" not in stderr
    assert "unexpected" not in stderr
    if hostile.outcome == "error":
        assert stdout == ""
        assert re.search(PARSER[hostile.reason], stderr.splitlines()[-1])
        return
    report = json.loads(stdout)
    photos = {photo["path"]: photo for photo in report["photos"]}
    # It could not be placed with anybody, as nobody else is there; but it was read.
    assert photos.pop(GOOD)["status"] == Status.UNSURE
    if hostile.outcome == "skipped":
        assert photos == {}
    else:
        assert photos[hostile.path]["status"] == hostile.outcome
    failures = {failure["path"]: failure["reason"] for failure in report["failures"]}
    if hostile.outcome == "unreadable":
        assert list(failures) == [hostile.path]
        assert re.search(hostile.reason, failures[hostile.path])
        assert len(stderr.splitlines()) == 1
    else:
        assert failures == {}
        assert stderr == ""


@pytest.mark.parametrize("hostile", CATALOGUE, ids=lambda hostile: hostile.name)
def test_hostile(hostile: Hostile, place: Path, run: Run, tmp_path: Path) -> None:
    if not hostile.possible:
        pytest.skip("this system cannot have it")
    hostile.write(place)
    before = everything(place)
    given = place / hostile.path if hostile.outcome == "error" else place
    out = tmp_path / "results"
    result = run("group", given, "--out", out, "--json", "--min-photos", 2)
    check(hostile, result.exit_code, result.stdout, result.stderr)
    assert everything(place) == before
    if hostile.outcome != "error":
        assert (out / "unsure" / GOOD).is_file()
        assert (out / "report.html").stat().st_size > 1000


PROCESSES = ("random bytes", "png of 50000 x 50000", "name that is not utf-8", "pipe called jpg")


@pytest.mark.parametrize(
    "hostile", [h for h in CATALOGUE if h.name in PROCESSES], ids=lambda hostile: hostile.name
)
def test_hostile_in_a_process_of_its_own(hostile: Hostile, place: Path) -> None:
    if not hostile.possible:
        pytest.skip("this system cannot have it")
    hostile.write(place)
    done = process("group", place, "--json", errors="replace")
    check(hostile, done.returncode, done.stdout, done.stderr)


def test_all_of_it_in_one_folder(place: Path, run: Run, tmp_path: Path) -> None:
    """Whatever is beside them, all photos that can be read are read."""
    wanted = {}
    for number, hostile in enumerate(CATALOGUE):
        # A link upwards would lead from one entry into the others.
        if hostile.possible and hostile.outcome != "error" and hostile.name != "link loop":
            folder = place / f"{number:02}"
            folder.mkdir()
            hostile.write(folder)
            if hostile.outcome != "skipped":
                wanted[f"{number:02}/{hostile.path}"] = hostile.outcome
    result = run("group", place, "--out", tmp_path / "results", "--json")
    assert result.exit_code == 3
    found = {photo["path"]: photo["status"] for photo in json.loads(result.stdout)["photos"]}
    for path, outcome in wanted.items():
        # The same harmless photo is behind many names; the first of them stands for all.
        allowed = {outcome} | ({"duplicate"} if outcome == "no face" else set())
        assert found[path] in allowed, path
    assert {path for path in found if found[path] == "unreadable"} == {
        path for path, outcome in wanted.items() if outcome == "unreadable"
    }
