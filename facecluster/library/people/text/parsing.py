"""From the values of people.toml to names and corrections, each checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from facecluster.identity import FaceKey
from facecluster.library.people.records import KnownPerson, Pair, People
from facecluster.library.people.spoken import paths_of
from facecluster.library.people.text.toml_text import face_of

VERSION = 1
MOST_ID = 2**31 - 1


def people_from(data: Mapping[str, Any], paths: Mapping[FaceKey, str]) -> People:
    """What the file says. paths: from its comments. Keys that this program does not know are for
    others. Raises ValueError with a few words on what is wrong."""
    version = data.get("version")
    if version != VERSION:
        raise ValueError(f"version {version!r} is not known here (known: {VERSION})")
    people: dict[int, KnownPerson] = {}
    for text, table in _table(data, "person").items():
        number = _number(text, f"person.{text}")
        if number in people:
            raise ValueError(f"person {number} stands there twice")
        people[number] = _person(number, table)
    rules = _table(data, "rules")
    added = {
        _face(entry.get("face"), "added"): _number(entry.get("person"), "added")
        for entry in _list(data.get("added", []), "added", dict)
    }
    last = data.get("last", 0)
    if not isinstance(last, int) or not 0 <= last <= MOST_ID:
        raise ValueError(f"last: {last!r} is not a number from 0 on")
    found = People(
        people=people,
        different=_pairs(rules.get("different", []), "rules.different"),
        same=_pairs(rules.get("same", []), "rules.same"),
        ignore=_faces(rules.get("ignore", []), "rules.ignore"),
        last=max(last, *people, *(n for known in people.values() for n in known.merged), 0),
        added=added,
    )
    check_merged(found)
    return replace(found, paths=paths_of(found, paths))


def check_merged(people: People) -> None:
    """Raise ValueError where somebody became two people, or one and is still there."""
    owners: dict[int, int] = {}
    for person in people.people.values():
        for number in person.merged:
            if number in people.people:
                raise ValueError(
                    f"person.{person.id:03d}.merged: person {number} became this one, yet "
                    f"still has a table [person.{number:03d}]; move what it says there, or take "
                    f"{number} out"
                )
            if owners.setdefault(number, person.id) != person.id:
                raise ValueError(
                    f"merged: person {number} cannot have become both person {owners[number]} and "
                    f"person {person.id}; take it out of one"
                )


def _person(number: int, table: Any) -> KnownPerson:
    where = f"person.{number:03d}"
    if not isinstance(table, dict):
        raise ValueError(f"{where}: expected a table")
    name = table.get("name")
    if name is not None and (not isinstance(name, str) or not name.strip()):
        raise ValueError(f"{where}.name: expected a text that is not empty")
    hidden = table.get("hidden", False)
    if not isinstance(hidden, bool):
        raise ValueError(f"{where}.hidden: expected true or false")
    cover = table.get("cover")
    return KnownPerson(
        id=number,
        name=name,
        aka=tuple(_list(table.get("aka", []), f"{where}.aka", str)),
        cover=None if cover is None else _face(cover, f"{where}.cover"),
        confirmed=_faces(table.get("is", []), f"{where}.is"),
        rejected=_faces(table.get("is-not", []), f"{where}.is-not"),
        merged=tuple(
            _number(text, f"{where}.merged")
            for text in _list(table.get("merged", []), f"{where}.merged", str | int)
        ),
        hidden=hidden,
    )


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise ValueError(f"{key}: expected a table")
    return found


def _list(value: Any, where: str, kind: Any) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise ValueError(f"{where}: expected a list")
    return value


def _number(text: Any, where: str) -> int:
    if isinstance(text, int) and not isinstance(text, bool):
        number = text
    elif isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= 10:
        number = int(text)
    else:
        raise ValueError(f"{where}: {str(text)[:40]!r} is not the number of a person")
    if not 1 <= number <= MOST_ID:
        raise ValueError(f"{where}: {number} is not the number of a person")
    return number


def _face(text: Any, where: str) -> FaceKey:
    if not isinstance(text, str):
        raise ValueError(f"{where}: expected a face (HASH@X,Y,WIDTH,HEIGHT)")
    try:
        return face_of(text)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _faces(value: Any, where: str) -> tuple[FaceKey, ...]:
    return tuple(dict.fromkeys(_face(text, where) for text in _list(value, where, str)))


def _pairs(value: Any, where: str) -> tuple[Pair, ...]:
    pairs = []
    for pair in _list(value, where, list):
        if len(pair) != 2:
            raise ValueError(f"{where}: expected pairs of faces")
        pairs.append((_face(pair[0], where), _face(pair[1], where)))
    return tuple(pairs)
