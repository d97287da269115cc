"""Names and corrections as a file for another folder or computer, and from there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from facecluster.base.atomic import write_atomic
from facecluster.cli.people.find.desk import Desk, Outcome
from facecluster.cli.people.find.results import results_for
from facecluster.errors import SettingsError
from facecluster.library.people import changes
from facecluster.library.people.document import LARGEST, parsed
from facecluster.library.people.records import KnownPerson, People, name_key
from facecluster.library.people.toml_text import text_of


def write_file(ctx: click.Context, file: Path, force: bool) -> int:
    """Write all that is known; gives how many people that are.

    Raises SettingsError where `file` is there, and OutputError.
    """
    people = results_for(ctx).people
    if os.path.lexists(file) and not force:
        raise SettingsError(f"{file}: it is there already; choose another name, or give --force")
    write_atomic(file, text_of(people).encode())
    return len(people.people)


def imported(desk: Desk, file: Path) -> Outcome:
    """All of the file added to what is known here. Raises SettingsError for what is not one."""
    other = _read(file)
    people = desk.people
    ids, taken = _ids(desk, other), _taken(desk)
    for known in other.people.values():
        merged = tuple(id for id in known.merged if id not in taken)  # else somebody else's here
        people = _joined(people, replace(known, id=ids[known.id], merged=merged))
    for pair in other.different:
        people = changes.say_different(people, pair)
    for pair in other.same:
        people = changes.say_same(people, pair)
    people = changes.ignore(people, other.ignore)
    for key, id in other.added.items():
        people = changes.add(people, ids.get(id, id), key)
    people = changes.place(people, {**other.paths, **people.paths})
    count = len(other.people)
    return Outcome(people, f"{'1 person' if count == 1 else f'{count} people'} of {file} added.")


def _read(file: Path) -> People:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise ValueError("it is too large")
        return parsed(data.decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise SettingsError(f"{file}: not names and corrections of facecluster ({why})") from error


def _ids(desk: Desk, other: People) -> Mapping[int, int]:
    """Who each person of the file is here: by a face, by a name, else somebody new, who keeps the
    number where it is free."""
    here = desk.people
    faces = {key: known.id for known in here.people.values() for key in known.confirmed}
    persons = dict(desk.who.face_to_person())
    taken = {
        *here.people,
        *desk.who.everybody,
        *(m for k in here.people.values() for m in k.merged),
    }
    ids: dict[int, int] = {}
    for known in other.people.values():
        found = next((faces[key] for key in known.confirmed if key in faces), None)
        if found is None and known.name is not None:
            named = [s.id for s in desk.who.called(known.name) if s.name is not None]
            found = named[0] if len(named) == 1 else None
        if found is None:
            shown = (desk.results.face(key) for key in known.confirmed)
            mine = (persons.get(face.id) for face in shown if face is not None)
            found = next((id for id in mine if id is not None and id not in here.people), None)
        if found is None or found in ids.values():
            free = known.id not in taken and known.id > here.last
            highest = (*taken, *ids.values(), *other.people)
            found = known.id if free else changes.next_id(here, highest)
        ids[known.id] = found
        taken.add(found)
    return ids


def _taken(desk: Desk) -> set[int]:
    """Numbers that mean somebody here."""
    merged = (id for known in desk.people.people.values() for id in known.merged)
    return {*desk.people.people, *desk.who.everybody, *merged}


def _joined(people: People, known: KnownPerson) -> People:
    """With all that is said of the person."""
    here = people.people.get(known.id)
    if here is None:
        whole = {**people.people, known.id: known}
        last = max(people.last, known.id, *known.merged)
        return replace(people, people={id: whole[id] for id in sorted(whole)}, last=last)
    names = [name for name in (known.name, *known.aka) if name is not None]
    people = changes.confirm(people, known.id, known.confirmed)
    people = changes.reject(people, known.id, known.rejected)
    if here.name is None and known.name is not None:
        people = changes.rename(people, known.id, known.name)
    return _also_called(people, known.id, names)


def _also_called(people: People, id: int, names: list[str]) -> People:
    person = people.people[id]
    have = {name_key(name) for name in (person.name, *person.aka) if name is not None}
    fresh = {name_key(name): name for name in names if name_key(name) not in have}
    whole = {**people.people, id: replace(person, aka=(*person.aka, *fresh.values()))}
    return replace(people, people=whole)
