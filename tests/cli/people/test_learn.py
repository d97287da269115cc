"""What users mean who drag files between the folders of people, or delete some there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from facecluster.config import Link
from facecluster.library.people.document import load
from facecluster.records import Reason
from facecluster.report.document import read_report
from facecluster.report.records import Report
from tests.support.commands import Run
from tests.support.made_albums import Album, make_album, make_grouping, needs_links
from tests.support.two_people import PATHS, Say, make_results

__all__ = ["make_album"]
MODES: tuple[Link, ...] = ("copy", "hardlink", "symlink")
Move = Callable[..., None]


@pytest.fixture(params=[pytest.param(m, marks=needs_links) for m in MODES])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Album:
    album = make_results(tmp_path)
    album.write(link=request.param)
    return album


@pytest.fixture
def say(run: Run, made: Album) -> Say:
    return partial(run, "people", made.root)


@pytest.fixture
def move(made: Album) -> Move:
    """Moves a file in the output folder; to nowhere it is deleted."""

    def do(path: str, place: str | None = None) -> None:
        if place is None:
            (made.out / path).unlink()
            return
        (made.out / place).parent.mkdir(exist_ok=True)
        (made.out / path).rename(made.out / place)

    return do


def keys(report: Report, photo: str, person: int | None) -> list[str]:
    return [f.key for f in report.faces if (f.photo, f.person) == (photo, person)]


def test_dragged_deleted_and_taken_out_of_unsure(say: Say, made: Album, move: Move) -> None:
    report = read_report(made.out / "report.json")
    move("people/person-001/a.jpg", "people/person-002/renamed.jpg")
    move("people/person-002/both.jpg")
    move("people/person-001/both.jpg", "people/person-001/other name.jpg")  # says nothing
    move("unsure/e.jpg", "people/person-002/e.jpg")
    told = say("learn", "--yes").stdout.splitlines()
    assert told[:4] == [
        "a.jpg: is not person-001, is person-002",
        "both.jpg: is not person-002",
        "sub/e.jpg: is person-002",
        "3 files are rules now.",
    ]
    people = load(made.out).people
    assert {str(k) for k in people[1].rejected} == {*keys(report, "a.jpg", 1)}
    assert {str(k) for k in people[2].rejected} == {*keys(report, "both.jpg", 2)}
    wanted = {*keys(report, "a.jpg", 1), *keys(report, "sub/e.jpg", None)}
    assert wanted <= {str(k) for k in people[2].confirmed}


def test_a_new_folder_is_somebody_new_and_a_renamed_one_the_same(
    say: Say, made: Album, move: Move
) -> None:
    move("people/person-001", "people/Zoë")
    move("people/Zoë/a.jpg", "people/Bob/a.jpg")
    assert say("learn", "--yes").stdout.startswith("a.jpg: is not person-001, is Bob (new)\n")
    assert [p.name for p in load(made.out).people.values() if p.name] == ["Bob"]


def test_whole_folders_and_what_is_unclear_say_nothing(say: Say, made: Album, move: Move) -> None:
    shutil.rmtree(made.out / "people/person-001")
    for path in list((made.out / "people/person-002").iterdir()):
        path.unlink()
    (made.out / "people/person-002/mine.txt").write_text("of the user")
    (made.out / "people/x").mkdir()
    shutil.copyfile(made.root / "both.jpg", made.out / "people/x/both.jpg")  # of whom?
    move("unsure/a.jpg")
    assert say("learn").stdout.startswith("Nothing was moved by hand")
    assert not (made.out / "people.toml").exists()


def test_without_a_yes_nothing_is_changed(say: Say, made: Album, move: Move) -> None:
    assert say("learn").stdout.startswith("Nothing was moved by hand")
    move("people/person-001/b.jpg", "people/person-002/b.jpg")
    for answer in ("n\n", ""):
        result = say("learn", input=answer)
        assert "b.jpg: is not person-001, is person-002" in result.stdout
        assert result.exit_code == 1
        assert not (made.out / "people.toml").exists()
    assert say("learn", input="y\n").exit_code == 0
    assert load(made.out).people[2].confirmed


def test_a_run_puts_files_back_and_says_how_to_take_them_over(
    say: Say, made: Album, move: Move
) -> None:
    move("people/person-001/b.jpg", "people/person-002/b.jpg")
    words = "1 file was moved by hand: `facecluster people PHOTOS learn` takes that over."
    assert words in made.write().notes
    assert (made.out / "people/person-001/b.jpg").exists()
    assert words not in made.write().notes
    assert say("learn", "--yes").stdout.startswith("b.jpg: is person-002\n")  # its only face
    reasons = [Reason.ALONE if n < 0 else Reason.PLACED for n in (0, -1, 1, 1, 0, 1, 1, -1)]
    corrected = replace(made, grouping=make_grouping((0, -1, 1, 1, 0, 1, 1, -1), reasons))
    assert words not in corrected.write().notes
    assert len(PATHS) == len(made.photos) - 1


def test_the_next_run_obeys(run: Run, party: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("group", party, "-o", out)
    report = read_report(out / "report.json")
    [face] = [f for f in report.faces if f.photo == "grace.jpg"]
    old, new = (f"person-{n:03d}" for n in (face.person or 0, 3 - (face.person or 0)))
    (out / "people" / old / "grace.jpg").rename(out / "people" / new / "grace.jpg")
    said = run("people", party, "learn", "--yes", "--apply", "-o", out).stdout
    assert said.startswith(f"grace.jpg: is not {old}, is {new}\n")
    report = read_report(out / "report.json")
    assert not any("by hand" in note for note in report.notes)
    now = {f.photo: f.person for f in report.faces}
    assert now["grace.jpg"] == 3 - (face.person or 0)
    assert (out / "people" / new / "grace.jpg").exists()
    assert not (out / "people" / old / "grace.jpg").exists()
