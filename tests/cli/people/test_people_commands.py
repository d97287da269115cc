"""Listing, naming, merging and hiding people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from facecluster.library.people.document import load, save
from facecluster.library.people.records import KnownPerson, People
from facecluster.report.records import Report
from tests.support.commands import Run
from tests.support.made_albums import Album
from tests.support.two_people import Say

Toml = Callable[[], bytes]


def known(made: Album) -> dict[int, KnownPerson]:
    return dict(load(made.out).people)


def test_everybody_in_a_table(say: Say, run: Run, made: Album) -> None:
    lines = say().stdout.splitlines()
    assert lines[0].split() == ["Id", "Name", "Photos", "Faces", "Confirmed", "Waiting"]
    assert [line.split() for line in lines[1:3]] == [
        ["1", "3", "3", "0", "0"],
        ["2", "3", "3", "0", "0"],
    ]
    assert lines[3:] == ["2 people, none with a name."]
    assert run("people", made.out).stdout == run("people", made.root, "list").stdout
    assert run("people", "--out", made.out, made.root).stdout == say().stdout


def test_here_is_meant_where_no_folder_is_given(
    run: Run, made: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made.root)
    assert run("people").stdout == run("people", "list").stdout
    result = run("people", "name", "1", "Zoë")
    assert result.stdout.splitlines() == [
        "person-001 is called Zoë from now on.",
        "The folders follow with the next `facecluster group . --method agglomerative`.",
    ]


def test_a_name_holds_on_to_the_most_typical_face(say: Say, made: Album, report: Report) -> None:
    result = say("name", 1, "Zoë", "Miller")
    assert result.exit_code == 0
    [zoe] = known(made).values()
    first = report.faces[report.people[0].faces[0]]
    assert (zoe.id, zoe.name, str(zoe.cover)) == (1, "Zoë Miller", first.key)
    assert list(map(str, zoe.confirmed)) == [first.key]
    assert list(load(made.out).paths.values()) == [first.photo]
    assert f"facecluster group {made.root}" in result.stdout


@pytest.mark.parametrize("text", ["1", "person-001", "PERSON-1", "zoë", "ZOE\u0308", " Zoë "])
def test_whoever_is_meant_is_found(say: Say, made: Album, text: str) -> None:
    say("name", 1, "Zoë")
    assert say("name", text, "Anna").exit_code == 0
    assert known(made)[1].name == "Anna"


def test_a_name_can_be_taken_away(say: Say, made: Album, toml: Toml) -> None:
    say("name", 1, "Zoë")
    assert say("name", "Zoë", "").exit_code == 0
    assert known(made)[1].name is None
    before = toml()
    assert say("name", 1, "").stdout == "Nothing to change: it is so already.\n"
    assert toml() == before


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("name", 2, "zoë"), 1, "merge 1 2`"),
        (("name", 2, "person-007"), 2, "a name with letters"),
        (("name", 2, "12"), 2, "a name with letters"),
        (("name", 2, "a\x1b[31m"), 2, "no one can see"),
        (("name", 9, "Anna"), 2, "there is no person 9"),
        (("name", "Zoëy", "Anna"), 2, "did you mean 'Zoë'?"),
        (("merge", 1, 1), 2, "with itself"),
        (("merge", "Zoë", "Bob"), 2, "nobody is called 'Bob'"),
        (("hide", 3), 2, "there is no person 3"),
        (("merge", 1), 2, "Missing argument"),
        (("confirm", 1, "sea.jpg"), 2, "shows no face"),
        (("undo", 2, "x"), 2, "unexpected extra argument"),
    ],
)
def test_what_is_refused_changes_nothing(
    say: Say, toml: Toml, words: tuple[object, ...], code: int, told: str
) -> None:
    say("name", 1, "Zoë")
    before = toml()
    result = say(*words)
    assert (result.exit_code, toml()) == (code, before)
    assert told in result.stderr
    assert "\x1b" not in result.stderr
    assert result.stdout == ""


def test_a_merge_and_its_undoing(say: Say, made: Album, toml: Toml) -> None:
    say("name", 1, "Zoë")
    say("name", 2, "Anna")
    before = toml()
    assert say("merge", "Anna", 1).stdout.startswith("Zoë (1) is Anna (2) now.\n")
    anna = known(made)[2]
    assert (anna.name, anna.aka, anna.merged) == ("Anna", ("Zoë",), (1,))
    assert len(anna.confirmed) == 2
    assert say("name", 1, "Bea").exit_code == 0  # whoever was 1 is 2
    assert known(made)[2].name == "Bea"
    assert [line.split()[:2] for line in say().stdout.splitlines()[1:2]] == [["2", "Bea"]]
    told = say("undo", 2).stdout.splitlines()
    assert told[:2] == ["Taken back: name 1 Bea", "Taken back: merge Anna 1"]
    assert toml() == before
    assert say("undo", 9).stdout.splitlines()[2] == "There were no more."
    assert known(made) == {}
    assert say("undo").exit_code == 1


def test_two_with_one_other_name_must_be_told_apart(say: Say, made: Album) -> None:
    save(made.out, People({1: KnownPerson(1, aka=("Z",)), 2: KnownPerson(2, aka=("z",))}, last=2))
    result = say("name", "Z", "Zoë")
    assert result.exit_code == 2
    assert "person-001 and person-002" in result.stderr


def test_hidden_people_are_not_listed(say: Say, made: Album) -> None:
    say("name", 1, "Zoë")
    assert "no folder" in say("hide", "Zoë").stdout
    lines = say().stdout.splitlines()
    assert [line.split()[0] for line in lines[1:2]] == ["2"]
    assert lines[3].startswith("1 hidden: ")
    assert "Zoë (hidden)" in say("--hidden").stdout
    say("show", "Zoë")
    assert not known(made)[1].hidden
    assert say("show", 2).stdout == "Nothing to change: it is so already.\n"


def test_the_list_as_json(say: Say, made: Album) -> None:
    say("name", 2, "Zoë")
    say("reject", 2, "both.jpg")
    found = json.loads(say("--json").stdout)
    assert (found["format"], found["version"]) == ("facecluster-people", 1)
    assert found["folder"] == str(made.out)
    zoe = next(person for person in found["people"] if person["id"] == 2)
    assert zoe == {
        "id": 2,
        "name": "Zoë",
        "aka": [],
        "photos": 2,
        "faces": 2,
        "confirmed": 1,
        "rejected": 1,
        "waiting": 0,
        "hidden": False,
        "folder": "people/person-002",
    }


def test_faces_that_are_not_there_wait(say: Say, made: Album) -> None:
    say("confirm", 1, f"{'0' * 32}@.1,.1,.2,.2")
    assert say().stdout.splitlines()[1].split() == ["1", "3", "3", "1", "1"]
    assert "1 face waits: its photo is not there" in say().stdout


def test_hostile_names_are_shown_clean(say: Say, made: Album) -> None:
    save(made.out, People({1: KnownPerson(1, "Z\x1b[2J\u202e [red]o[/red]")}, last=1))
    assert "[2J? [red]o[/red]" in say().stdout
    for result in (say(), say("--json"), say("hide", 1), say("name", 1, "")):
        assert result.exit_code == 0
        assert "\x1b" not in result.stdout
        assert "\u202e" not in result.stdout


def test_output_is_narrow_and_quiet_on_demand(say: Say, made: Album) -> None:
    say("name", 1, "Zoë")
    assert max(map(len, say().stdout.splitlines())) < 80
    assert say("name", 1, "Anna", "--quiet").stdout == ""
    assert known(made)[1].name == "Anna"


def test_a_folder_without_results_is_a_wrong_argument(run: Run, tmp_path: Path) -> None:
    for words in ((tmp_path,), (tmp_path, "name", 1, "Z"), ("--out", tmp_path, tmp_path)):
        result = run("people", *words)
        assert result.exit_code == 2
        assert "no results of facecluster" in result.stderr
    result = run("people", "nmae", "14", "Z")
    assert result.exit_code == 2
    assert "did you mean name?" in result.stderr


def test_damaged_names_are_refused_and_kept(say: Say, made: Album, toml: Toml) -> None:
    (made.out / "people.toml").write_text("version = 1\n[person\n")
    for words in ((), ("name", 1, "Zoë"), ("undo",)):
        result = say(*words)
        assert result.exit_code == 1
        assert "people.toml" in result.stderr
    assert toml() == b"version = 1\n[person\n"
