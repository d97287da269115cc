"""What files mean that were dragged between the folders of people, or deleted there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from facecluster.cli.people.find.desk import Desk
from facecluster.cli.people.find.results import Results
from facecluster.cli.people.work.lessons import meant_by, taken_over
from facecluster.identity import FaceKey
from facecluster.library.people.contradictions import check
from tests.support.made_albums import Album
from tests.support.two_people import Say


@dataclass(frozen=True)
class Dragged:
    """A lesson."""

    path: str
    face: FaceKey
    left: str | None
    now: str | None


@pytest.fixture
def desk(say: Say, made: Album) -> Desk:
    say("name", 2, "Anna")
    return Desk(Results(made.root, made.out))


def lessons(desk: Desk, *told: tuple[int, str | None, str | None]) -> list[Dragged]:
    faces = desk.results.report.faces
    return [Dragged(faces[n].photo, desk.results.keys[n], left, now) for n, left, now in told]


def test_each_kind_of_lesson_in_words(desk: Desk) -> None:
    told = lessons(
        desk,
        (0, "person-001", "person-002"),
        (2, "people/person-001", None),
        (7, None, "person-002"),
        (1, None, "Bob"),
        (4, "person-001", "anna"),
        (5, "person-002", "person-002"),  # says nothing
        (6, "elsewhere", None),
    )
    assert list(map(str, meant_by(desk, told))) == [
        "a.jpg: is not person-001, is Anna (2)",
        "b.jpg: is not person-001",
        "sub/e.jpg: is Anna (2)",
        "a.jpg: is Bob (new)",
        "both.jpg: is not person-001, is Anna (2)",
    ]


def test_they_become_rules(desk: Desk) -> None:
    told = lessons(
        desk,
        (0, "person-001", "person-002"),
        (1, None, "Bob"),
        (7, None, "bob"),
        (5, "person-002", "person-077"),
    )
    outcome = taken_over(desk, meant_by(desk, told))
    people, keys = outcome.people, desk.results.keys
    assert outcome.sentence == "4 files are rules now.\nNew: Bob (3), person-004."
    assert people.people[1].rejected == (keys[0],)
    assert people.people[2].rejected == (keys[5],)
    assert keys[0] in people.people[2].confirmed
    assert people.people[3].confirmed == (keys[1], keys[7])
    assert people.people[4].confirmed == (keys[5],)
    check(people)


def test_nothing_was_dragged(desk: Desk) -> None:
    assert taken_over(desk, []).people == desk.people
