"""Every change of names and corrections: what holds after any of them, in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.identity import FaceKey
from facecluster.library.people import changes, document, journal
from facecluster.library.people.records import KnownPerson, People

FACES = [FaceKey.of(c * 32, (x / 10, 0.1, 0.08, 0.1)) for c in "abc" for x in range(4)]
A, B, C, D = FACES[:4]
Change = Callable[[People], People]


def nearly(face: FaceKey) -> FaceKey:
    """The same face, as another detector draws it."""
    x, y, width, height = face.box
    return FaceKey.of(face.image, (x + 0.01, y + 0.01, width, height + 0.005))


faces = st.lists(st.sampled_from(FACES + [nearly(face) for face in FACES]), min_size=1, max_size=4)
ids = st.integers(1, 5)
pairs = st.lists(st.sampled_from(FACES), min_size=2, max_size=2, unique=True).map(tuple)
names = st.sampled_from([None, "Zoë", "zoe\u0308", "Anna", "ANNA", "Bob"])


def one_of_all() -> st.SearchStrategy[Change]:
    """Any change with any faces and people."""

    def made(name: str, *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[Change]:
        function = getattr(changes, name)
        return st.tuples(*arguments).map(lambda given: lambda people: function(people, *given))

    return st.one_of(
        made("hold", ids, st.sampled_from([None, *FACES])),
        made("rename", ids, names),
        made("merge", ids, st.lists(ids, min_size=1, max_size=3)),
        made("confirm", ids, faces),
        made("reject", ids, faces),
        made("hide", ids, st.booleans()),
        made("ignore", faces),
        made("unignore", faces),
        made("say_same", pairs),
        made("say_different", pairs),
        made("add", ids, st.sampled_from(FACES)),
        st.tuples(ids, faces).map(lambda given: partial(_split, id=given[0], faces=given[1])),
    )


def _split(people: People, id: int, faces: list[FaceKey]) -> People:
    return changes.split(people, id, faces, changes.next_id(people, range(6)))


def after(steps: list[Change]) -> list[People]:
    people = People()
    found = [people]
    for step in steps:
        people = step(people)
        found.append(people)
    return found


@given(st.lists(one_of_all(), max_size=12))
def test_an_id_is_never_given_again(steps: list[Change]) -> None:
    told: set[int] = set()
    for before, people in zip(after(steps), after(steps)[1:], strict=False):
        assert before.last <= people.last
        told |= set(before.people)
        gone = {id for person in people.people.values() for id in person.merged}
        assert gone | set(people.people) <= set(range(1, people.last + 1))
        fresh = changes.next_id(people)
        assert fresh not in told | gone | set(people.people)
        assert changes.next_id(people, [fresh + 7]) == fresh + 8


@given(st.lists(one_of_all(), max_size=12))
def test_what_is_kept_has_one_form(steps: list[Change]) -> None:
    people = after(steps)[-1]
    assert list(people.people) == sorted(people.people)
    for id, person in people.people.items():
        assert person.id == id
        assert id not in person.merged
        for said in (person.confirmed, person.rejected):
            assert changes.without(said, ()) == said  # none twice, nor nearly twice
        assert person.cover is None or changes.in_any(person.cover, person.confirmed)
        assert set(people.added.values()) <= set(people.people)
    assert not any(changes.has_pair(people.same, pair) for pair in people.different)


@given(st.lists(one_of_all(), max_size=8), one_of_all())
def test_no_change_alters_what_it_was_given(steps: list[Change], step: Change) -> None:
    people = after(steps)[-1]
    before = repr(people)
    step(people)
    assert repr(people) == before


@pytest.mark.parametrize(
    "step",
    [
        partial(changes.confirm, id=3, faces=[A, B]),
        partial(changes.reject, id=3, faces=[A, nearly(A)]),
        partial(changes.hold, id=3, cover=A),
        partial(changes.rename, id=3, name="Zoë"),
        partial(changes.hide, id=3, hidden=True),
        partial(changes.ignore, faces=[A]),
        partial(changes.unignore, faces=[A]),
        partial(changes.say_same, pair=(A, B)),
        partial(changes.say_different, pair=(B, A)),
        partial(changes.add, id=3, face=A),
    ],
    ids=lambda step: step.func.__name__,
)
@given(steps=st.lists(one_of_all(), max_size=8))
def test_said_twice_is_said_once(step: Change, steps: list[Change]) -> None:
    people = step(after(steps)[-1])
    assert step(people) == people


@given(st.lists(one_of_all(), max_size=8), ids, faces)
def test_a_word_takes_back_its_opposite(steps: list[Change], id: int, faces: list[FaceKey]) -> None:
    people = after(steps)[-1]
    yes = changes.confirm(people, id, faces)
    id = changes.current(yes, id)
    no = changes.reject(yes, id, faces)
    assert not any(changes.in_any(face, no.people[id].confirmed) for face in faces)
    again = changes.confirm(no, id, faces)
    assert not any(changes.in_any(face, again.people[id].rejected) for face in faces)
    assert all(changes.in_any(face, again.people[id].confirmed) for face in faces)


@given(st.lists(one_of_all(), max_size=8), ids, ids)
def test_a_merge_loses_nothing(steps: list[Change], into: int, other: int) -> None:
    before = after(steps)[-1]
    people = changes.merge(before, into, [other])
    into, other = (changes.current(before, id) for id in (into, other))
    if into == other:
        assert people == before
        return
    one, two = (before.people.get(id, KnownPerson(id)) for id in (into, other))
    now = people.people[into]
    assert other not in people.people
    assert changes.current(people, other) == into
    assert all(changes.current(people, id) == into for id in two.merged)
    for face in (*one.confirmed, *two.confirmed):
        assert changes.in_any(face, now.confirmed)
    for face in (*one.rejected, *two.rejected):
        assert changes.in_any(face, now.rejected)
    names = {changes.name_key(n) for n in (one.name, two.name, *one.aka, *two.aka) if n}
    assert {changes.name_key(n) for n in (now.name, *now.aka) if n} == names
    assert now.name == (one.name or two.name)
    assert {k for k, of in people.added.items() if of == into} == {
        k for k, of in before.added.items() if of in (into, other)
    }


def test_a_name_leaves_the_other_names_and_a_merge_keeps_both() -> None:
    people = changes.rename(changes.rename(People(), 1, "Zoë"), 2, "Zoe")
    people = changes.merge(people, 1, [2])
    assert people.people[1] == KnownPerson(1, "Zoë", ("Zoe",), merged=(2,))
    assert changes.rename(people, 1, "ZOE").people[1].aka == ("Zoë",)
    assert changes.rename(people, 1, None).people[1].aka == ("Zoe",)


def test_a_merge_of_one_without_a_name_takes_the_name() -> None:
    people = changes.rename(People(), 2, "Zoe")
    assert changes.merge(people, 1, [2]).people[1].name == "Zoe"


def test_splitting_gives_the_faces_to_somebody_new() -> None:
    people = changes.confirm(changes.rename(People(), 1, "Zoë"), 1, [A, B, C])
    people = changes.split(people, 1, [A, C], 9)
    assert people.people[1].confirmed == (B,)
    assert people.people[1].rejected == (A, C)
    assert people.people[1].cover == B
    assert people.people[9] == KnownPerson(9, cover=A, confirmed=(A, C))
    assert people.last == 9


def test_whoever_holds_a_face_keeps_it() -> None:
    held = changes.hold(People(), 4, A)
    assert held.people[4] == KnownPerson(4, cover=A, confirmed=(A,))
    assert changes.hold(held, 4, B) == held
    assert changes.hold(People(), 4, None).people[4] == KnownPerson(4)


def test_a_drawn_face_is_moved_by_drawing_it_again() -> None:
    people = changes.add(People(), 2, A)
    people = changes.add(people, 2, nearly(A))
    assert people.added == {nearly(A): 2}
    assert people.people[2].confirmed == (nearly(A),)
    assert changes.reject(people, 2, [A]).added == {}


def test_paths_are_of_faces_that_are_spoken_of() -> None:
    people = changes.say_same(changes.ignore(People(), [A]), (B, C))
    people = changes.place(people, {A: "a.jpg", B: "b.jpg", D: "d.jpg"})
    assert people.paths == {A: "a.jpg", B: "b.jpg"}
    assert changes.place(changes.unignore(people, [A]), {}).paths == {B: "b.jpg"}
    assert changes.place(people, {B: "c.jpg"}).paths == {A: "a.jpg", B: "c.jpg"}


def test_pairs_have_no_order() -> None:
    people = changes.say_different(People(), (A, B))
    assert changes.say_different(people, (B, nearly(A))) == people
    assert changes.say_same(people, (B, A)) == replace(People(), same=((B, A),))


@settings(max_examples=40, deadline=None)  # each writes files
@given(st.lists(one_of_all(), max_size=6), st.lists(one_of_all(), min_size=1, max_size=3))
def test_whatever_was_changed_can_be_taken_back(steps: list[Change], new: list[Change]) -> None:
    with TemporaryDirectory() as folder:
        out = Path(folder)
        before = people = changes.place(after(steps)[-1], {})
        document.save(out, people)
        count = 0
        for number, step in enumerate(new):
            changed = changes.place(step(people), {})
            if replace(changed, last=people.last) != people:
                journal.record(out, people, changed, f"change {number}")
                document.save(out, changed)
                count, people = count + 1, changed
        assert document.load(out) == people
        if count:
            assert len(journal.undo(out, count)) == count
            assert document.load(out) == replace(before, last=people.last)
            assert changes.next_id(document.load(out)) == changes.next_id(people)
