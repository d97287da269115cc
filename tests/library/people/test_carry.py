"""Names and corrections go to another folder and come back, and nothing is lost or doubled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from facecluster.identity import FaceKey
from facecluster.library.people.carry import export_people, import_people
from facecluster.library.people.contradictions import ContradictionError, check
from facecluster.library.people.document import parsed
from facecluster.library.people.records import KnownPerson, People
from tests.support.made_people import face, people


def said(made: People, names: dict[int, int] | None = None) -> set[object]:
    """All that is said, as single statements, people by `names`, without the order of pairs."""
    who = names or {number: number for number in made.people}
    found: set[object] = {(what, face) for face in made.ignore for what in ("ignored",)}
    found |= {("different", frozenset(pair)) for pair in made.different}
    found |= {("same", frozenset(pair)) for pair in made.same}
    found |= {("added", key, who.get(number, number)) for key, number in made.added.items()}
    for known in made.people.values():
        mine = who[known.id]
        found |= {("is", mine, key) for key in known.confirmed}
        found |= {("is not", mine, key) for key in known.rejected}
        found |= {("called", mine, name) for name in known.aka}
        found |= {("name", mine, known.name), ("cover", mine, known.cover)}
        found |= {("merged", mine, number) for number in known.merged}
        found |= {("hidden", mine)} if known.hidden else set()
    return found - {(what, n, None) for what in ("name", "cover") for n in who.values()}


@given(people())
def test_what_was_carried_out_is_all_of_it(made: People) -> None:
    assert parsed(export_people(made).decode()) == made


@given(people())
def test_ones_own_changes_nothing(made: People) -> None:
    assert import_people(made, parsed(export_people(made).decode())) == (made, [])


def holds(made: People) -> bool:
    """Whether nothing in it contradicts itself."""
    try:
        check(made)
    except ContradictionError:
        return False
    return True


@settings(deadline=None)
@given(people(), people())
def test_nothing_here_is_lost_and_twice_is_once(here: People, other: People) -> None:
    made, told = import_people(here, other)
    assert said(made) >= said(here)
    assert made.last >= max(here.last, *made.people, 0)
    if holds(made):  # else it is refused, and never imported again
        assert import_people(made, other) == (made, [])
    assert all(text.endswith(" here.") for text in told)
    assert parsed(export_people(made).decode()) == made


@given(people())
def test_an_empty_file_takes_all(made: People) -> None:
    assert import_people(People(), made) == (made, [])
    # Where numbers are given already, all of it comes under others.
    busy = People({900: KnownPerson(900, confirmed=(face(99),))}, last=900)
    found, _ = import_people(busy, made)
    assert min([*found.people.keys() - {900}, 901]) > 900
    fresh = [n for n in found.people if n != 900]
    names = dict(zip(made.people, fresh, strict=True))
    assert {s for s in said(made, names) if s[0] not in ("merged", "added")} <= said(found)


def test_who_is_who_is_told() -> None:
    here = People(
        {
            1: KnownPerson(1, "Zoë", confirmed=(face(1),)),
            2: KnownPerson(2, "Ann", ("Annie",)),
            3: KnownPerson(3, None, confirmed=(face(3),)),
        },
        last=5,
    )
    other = People(
        {
            1: KnownPerson(1, "Cleo", merged=(2,), confirmed=(face(7),)),
            3: KnownPerson(3, "Zoey", ("Z",), face(2), (face(2), face(1)), (face(4),), (4, 6)),
            5: KnownPerson(5, "ANNIE", hidden=True),
            7: KnownPerson(7, "Cy", confirmed=(face(3),)),
            8: KnownPerson(8, "ZOE\u0308"),  # another one than 3 there, so also here
            9: KnownPerson(9, "Eve"),
        },
        added={face(7): 1},
        last=12,
    )
    made, told = import_people(here, other)
    assert made.people == {
        1: KnownPerson(1, "Zoë", ("Zoey", "Z"), face(2), (face(1), face(2)), (face(4),), (6,)),
        2: KnownPerson(2, "Ann", ("Annie",), hidden=True),
        3: KnownPerson(3, "Cy", confirmed=(face(3),)),
        8: KnownPerson(8, "ZOE\u0308"),
        9: KnownPerson(9, "Eve"),
        10: KnownPerson(10, "Cleo", confirmed=(face(7),)),
    }
    assert made.added == {face(7): 10}
    assert made.last == 10
    assert told == [
        "Cleo of the file is person-010 here.",
        "Zoey of the file is joined with Zoë here.",
        "ANNIE of the file is joined with Ann here.",
        "Cy of the file is joined with person-003 here.",
    ]


@pytest.mark.parametrize(("dx", "one"), [(0.02, True), (0.15, False)])
def test_a_box_of_another_detector_is_the_same_face(dx: float, one: bool) -> None:
    x, y, w, h = face(1).box
    near = FaceKey.of(face(1).image, (x + dx, y, w, h))
    here = People(
        {1: KnownPerson(1, "Zoë", confirmed=(face(1),))}, last=1, same=((face(1), face(2)),)
    )
    other = People({4: KnownPerson(4, "Z", confirmed=(near,))}, last=4, same=((face(2), near),))
    made, _ = import_people(here, other)
    if one:
        assert made == replace(here, people={1: replace(here.people[1], aka=("Z",))})
    else:
        assert {*made.people} == {1, 4}
        assert made.same == ((face(1), face(2)), (face(2), near))


def test_two_of_one_name_are_not_guessed() -> None:
    here = People({1: KnownPerson(1, "Ann"), 2: KnownPerson(2, "Ann")}, last=2)
    other = People({1: KnownPerson(1, "Ann", confirmed=(face(1),))}, last=1)
    made, told = import_people(here, other)
    assert made.people == {**here.people, 3: KnownPerson(3, "Ann", confirmed=(face(1),))}
    assert told == ["Ann of the file is person-003 here."]


def test_whom_only_the_results_show_keeps_the_number() -> None:
    shown = {face(1): 1, face(2): 2}
    other = People(
        {1: KnownPerson(1, "Ann", confirmed=(face(2),)), 2: KnownPerson(2, "Ben")}, last=2
    )
    made, told = import_people(People(), other, shown)
    assert made.people == {
        2: KnownPerson(2, "Ann", confirmed=(face(2),)),
        3: KnownPerson(3, "Ben"),
    }
    assert told == ["Ann of the file is person-002 here.", "Ben of the file is person-003 here."]
