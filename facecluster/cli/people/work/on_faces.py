"""Changes of single faces: whose they are, whose they are not, and who is left out."""

from __future__ import annotations

from collections.abc import Sequence

from facecluster.cli.people.find.desk import Desk, Outcome
from facecluster.cli.people.find.everybody import Somebody, plain_label
from facecluster.cli.people.find.which import Chosen
from facecluster.cli.people.work.on_people import one_person, two_people
from facecluster.errors import SettingsError
from facecluster.identity import FaceKey
from facecluster.library.people import changes
from facecluster.library.people.same_face import in_any


def split(desk: Desk, text: str, faces: Sequence[str]) -> Outcome:
    """These faces of a person are somebody else, all one."""
    somebody = desk.who.find(text)
    keys = _keys(desk.which.find(faces, somebody))
    people = desk.without(desk.people, somebody, keys)
    new = desk.new_id(people)
    naming = desk.results.command("name", new, "NAME")
    return Outcome(
        changes.split(people, somebody.id, keys, new),
        f"{_count(keys)} of {somebody.label} {_are(keys)} {plain_label(new)} now.\n"
        f"{naming} gives it a name.",
    )


def confirmed(desk: Desk, text: str, faces: Sequence[str]) -> Outcome:
    """These faces are this person; without any, all that are with the person now."""
    somebody = desk.who.find(text)
    if faces:
        keys = _keys(desk.which.find(faces, somebody))
    else:
        keys = [desk.results.key(face) for face in somebody.faces]
    if not keys:
        raise SettingsError(f"{somebody.label} has no face in the newest report; name the faces")
    people = changes.confirm(desk.people, somebody.id, keys)
    return Outcome(people, f"{_count(keys)} {_are(keys)} {somebody.label}, whatever comes.")


def rejected(desk: Desk, text: str, faces: Sequence[str]) -> Outcome:
    """These faces are not this person."""
    somebody = desk.who.find(text)
    keys = _keys(desk.which.find(faces, somebody))
    people = desk.without(desk.people, somebody, keys)
    return Outcome(people, f"{_count(keys)} {_are(keys)} not {somebody.label}.")


def ignored(desk: Desk, faces: Sequence[str], stranger: bool) -> Outcome:
    """These faces are left out of everything. stranger: how it is told, nothing else."""
    keys = _keys(desk.which.find(faces))
    what = ("a stranger" if stranger else "left out") if len(keys) == 1 else ""
    what = what or ("strangers" if stranger else "left out")
    people = changes.ignore(desk.people, keys)
    return Outcome(people, f"{_count(keys)} {_are(keys)} {what}: in no folder of a person.")


def unignored(desk: Desk, faces: Sequence[str]) -> Outcome:
    """These faces are looked at again."""
    keys = _keys(desk.which.find(faces))
    return Outcome(changes.unignore(desk.people, keys), f"{_count(keys)} {_are(keys)} back.")


def same(desk: Desk, one: str, other: str) -> Outcome:
    """Two people are one, two faces are one person, or a face is a person."""
    first, second = _either(desk, one), _either(desk, other)
    if isinstance(first, Somebody) and isinstance(second, Somebody):
        _differ(first.id != second.id, one, other)
        return one_person(desk, first, second)
    if isinstance(first, Chosen) and isinstance(second, Chosen):
        _differ(first.key != second.key, one, other)
        people = changes.say_same(desk.people, (first.key, second.key))
        return Outcome(people, "These two faces are one person.")
    somebody, chosen = (first, other) if isinstance(first, Somebody) else (second, one)
    assert isinstance(somebody, Somebody)
    return confirmed(desk, str(somebody.id), [chosen])


def different(desk: Desk, one: str, other: str) -> Outcome:
    """Two people are two, two faces are two people, or a face is not a person."""
    first, second = _either(desk, one), _either(desk, other)
    if isinstance(first, Somebody) and isinstance(second, Somebody):
        _differ(first.id != second.id, one, other)
        return two_people(desk, first, second)
    if isinstance(first, Chosen) and isinstance(second, Chosen):
        _differ(first.key != second.key, one, other)
        people = changes.say_different(desk.people, (first.key, second.key))
        return Outcome(people, "These two faces are two people.")
    somebody, chosen = (first, other) if isinstance(first, Somebody) else (second, one)
    assert isinstance(somebody, Somebody)
    return rejected(desk, str(somebody.id), [chosen])


def _either(desk: Desk, text: str) -> Somebody | Chosen:
    """A person where a number or name fits one, else a face, for which a key or path is given."""
    try:
        return desk.who.find(text)
    except SettingsError as nobody:
        if text.isascii() and text.isdigit():
            raise
        try:
            return desk.which.find([text])[0]
        except SettingsError as no_face:
            raise (no_face if desk.which.is_place(text) else nobody) from None


def _differ(true: bool, one: str, other: str) -> None:
    if not true:
        raise SettingsError(f"{one} and {other} are one and the same; name two")


def _keys(chosen: Sequence[Chosen]) -> list[FaceKey]:
    keys: list[FaceKey] = []
    for one in chosen:
        if not in_any(one.key, keys):
            keys.append(one.key)
    return keys


def _count(keys: Sequence[FaceKey]) -> str:
    return "1 face" if len(keys) == 1 else f"{len(keys)} faces"


def _are(keys: Sequence[FaceKey]) -> str:
    return "is" if len(keys) == 1 else "are"
