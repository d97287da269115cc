"""Corrections of single faces, in each way in which a face can be said."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import numpy as np
import pytest

from facecluster.identity import FaceKey, upright_boxes
from facecluster.library.people.document import load
from facecluster.library.people.records import KnownPerson, People
from facecluster.report.records import Report
from tests.support.made_albums import Album
from tests.support.two_people import Say


def paths(people: People, keys: tuple[FaceKey, ...]) -> list[str]:
    return [people.paths[key] for key in keys]


def person(made: Album, id: int = 1) -> KnownPerson:
    return load(made.out).people[id]


def key_of(report: Report, number: int) -> FaceKey:
    return FaceKey.parse(report.faces[number].key)


@pytest.mark.parametrize(
    ("text", "face"),
    [
        ("b.jpg", 2),
        ("both.jpg", 4),  # the only one there of this person
        ("a.jpg", 0),
        ("a.jpg#1", 0),
        ("a.jpg#2", 1),
        ("again/a.jpg", 0),  # the same bytes
        ("face-4", 4),
        ("4", 4),
        ("{root}/b.jpg", 2),
        ("{root}/sub/../b.jpg", 2),
        ("people/person-001/b.jpg", 2),
        ("{out}/people/person-002/both.jpg", 3),  # of the person whose folder it is
        ("unsure/e.jpg", 7),
        ("{key}", 5),
    ],
)
def test_a_face_is_found_however_it_is_said(
    say: Say, made: Album, report: Report, text: str, face: int
) -> None:
    said = text.format(root=made.root, out=made.out, key=report.faces[5].key)
    assert say("reject", 1, said).exit_code == 0
    assert person(made).rejected == (key_of(report, face),)
    assert load(made.out).paths[key_of(report, face)] == report.faces[face].photo


def test_a_face_can_be_said_from_here(
    say: Say, made: Album, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made.root / "sub")
    assert say("confirm", 1, "e.jpg").exit_code == 0
    assert key_of(report, 7) in person(made).confirmed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ignore", "both.jpg"), "both.jpg shows 2 faces: 3 at 20,30,60,70, 4 at 200,60,40,50"),
        (("ignore", "both.jpg"), "both.jpg#1"),
        (("ignore", "both.jpg#3"), "shows 2 faces"),
        (("ignore", "both.jpg#0"), "shows 2 faces"),
        (("ignore", "sea.jpg"), "shows no face"),
        (("ignore", "nothing.jpg"), "no face; give its number"),
        (("ignore", "8"), "faces 0 to 7"),
        (("ignore", "face-99"), "faces 0 to 7"),
        (("same", 1, "both.jpg"), "3 at 20,30,60,70"),
        (("same", 1, 1), "name two"),
        (("same", "face-1", "a.jpg#2"), "name two"),
        (("same", 1, 5), "no person 5"),
        (("same", 1, "Nobody"), "nobody is called"),
        (("add", "sea.jpg", "1,2,3", "Zoë"), "not a box"),
        (("add", "sea.jpg", "1,2,3,nan", "Zoë"), "not a box"),
        (("add", "sea.jpg", "390,0,20,20", "Zoë"), "400 x 300 px"),
        (("add", "--", "sea.jpg", "-1,0,20,20", "Zoë"), "400 x 300 px"),
        (("add", "both.jpg", "22,30,60,70", "Zoë"), "face 3 was found there"),
        (("add", "sea.jpg", "10,10,20,20", "9"), "no person 9"),
        (("add", "nothing.jpg", "10,10,20,20", "Zoë"), "no photo of the newest run"),
    ],
)
def test_what_is_unclear_changes_nothing(
    say: Say, toml: Callable[[], bytes], words: tuple[object, ...], told: str
) -> None:
    result = say(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert toml() == b""


def test_contradictions_are_refused_with_the_chain_and_the_lines(
    say: Say, toml: Callable[[], bytes]
) -> None:
    say("name", 1, "Zoë")
    say("confirm", "Zoë", "a.jpg", "b.jpg")
    say("different", "face-0", "face-3")
    before = toml()
    for words in (
        ("different", "face-0", "face-2"),
        ("confirm", 2, "a.jpg#1"),
        ("ignore", "face-2"),
        ("confirm", 1, "face-3"),
    ):
        result = say(*words)
        assert result.exit_code == 1, words
        assert "contradicts itself" in result.stderr
        assert ", line " in result.stderr
        assert toml() == before


def test_splitting(say: Say, made: Album, report: Report) -> None:
    say("name", 1, "Zoë")
    told = say("split", "Zoë", "a.jpg", "both.jpg").stdout
    assert told.startswith("2 faces of Zoë (1) are person-003 now.\n")
    both = key_of(report, 0), key_of(report, 4)
    assert person(made, 3).confirmed == both
    assert person(made).rejected == both
    assert person(made).confirmed == (key_of(report, 2),)  # what is left holds the name
    rows = [line.split() for line in say().stdout.splitlines()[1:4]]
    assert rows == [
        ["2", "3", "3", "0", "0"],
        ["3", "2", "2", "2", "0"],
        ["1", "Zoë", "1", "1", "1", "0"],
    ]
    say("undo")
    assert say("split", 1, "a.jpg").stdout.startswith("1 face of Zoë (1) is person-004 now.")


def test_nothing_is_left_of_nobody(say: Say, toml: Callable[[], bytes]) -> None:
    result = say("reject", 1, "a.jpg#1", "b.jpg", "both.jpg")
    assert result.exit_code == 1
    assert "nothing would be left of person-001" in result.stderr
    assert toml() == b""
    say("name", 1, "Zoë")  # people with a name stay, even without a face
    assert say("reject", 1, "a.jpg#1", "b.jpg", "both.jpg").exit_code == 0
    assert say().stdout.splitlines()[2].split() == ["1", "Zoë", "0", "0", "0", "0"]


def test_confirming_all_that_are_there(say: Say, made: Album) -> None:
    assert say("confirm", 1).stdout.startswith("3 faces are person-001, whatever comes.")
    people = load(made.out)
    assert sorted(paths(people, people.people[1].confirmed)) == ["a.jpg", "b.jpg", "both.jpg"]


def test_same_and_different(say: Say, made: Album, report: Report) -> None:
    say("same", "face-0", "face-7")
    assert load(made.out).same == ((key_of(report, 0), key_of(report, 7)),)
    say("different", "sub/e.jpg", "face-0")  # takes it back
    assert load(made.out).same == ()
    assert load(made.out).different == ((key_of(report, 7), key_of(report, 0)),)
    say("different", 1, 2)
    people = load(made.out)
    assert people.different[1] == (people.people[1].cover, people.people[2].cover)
    say("undo", 9)
    say("name", 2, "Anna")
    say("same", 1, 2)
    assert person(made, 2).merged == (1,)  # who has a name keeps the number, too
    say("same", "face-7", "Anna")
    assert key_of(report, 7) in person(made, 2).confirmed
    say("different", 2, "face-7")
    assert person(made, 2).rejected == (key_of(report, 7),)


def test_strangers(say: Say, made: Album, report: Report) -> None:
    told = say("ignore", "a.jpg#2", "sub/e.jpg", "--stranger").stdout
    assert told.startswith("2 faces are strangers: in no folder of a person.")
    assert load(made.out).ignore == (key_of(report, 1), key_of(report, 7))
    say("unignore", "a.jpg#2")
    assert load(made.out).ignore == (key_of(report, 7),)
    assert say("unignore", "face-1").stdout == "Nothing to change: it is so already.\n"


def test_a_face_that_was_not_found(say: Say, made: Album) -> None:
    told = say("add", "sea.jpg", "40,30,80,60", "Zoë", "Miller").stdout
    assert told.startswith("A face in sea.jpg is Zoë Miller (3).")
    people = load(made.out)
    [(key, id)] = people.added.items()
    assert (id, key.box) == (3, (0.1, 0.1, 0.2, 0.2))
    assert people.people[3] == KnownPerson(3, "Zoë Miller", cover=key, confirmed=(key,))
    assert people.paths[key] == "sea.jpg"
    say("add", "again/a.jpg", "300,200,50.5,60", "3")
    drawn = list(load(made.out).added)[1]
    box = upright_boxes(np.array([drawn.box]), (400, 300), 1)[0]
    assert np.allclose(box, (300, 200, 50.5, 60), atol=0.05)
    assert load(made.out).paths[drawn] == "a.jpg"


def test_a_photo_that_was_changed_since_is_not_drawn_on(say: Say, made: Album) -> None:
    (made.root / "sea.jpg").write_bytes(b"edited")
    assert "changed since" in say("add", "sea.jpg", "40,30,80,60", "Zoë").stderr
    shutil.rmtree(made.root)
    assert "cannot be read" in say("add", "sea.jpg", "40,30,80,60", "Zoë").stderr
