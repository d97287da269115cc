"""Everybody, as people.toml and the newest report tell of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facecluster.cli.people.find.results import Results
from facecluster.library.people.changes import current
from facecluster.library.people.records import KnownPerson
from facecluster.report.records import Face, Person


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person. faces: of the report, the most typical first, as they stand after all words that
    were said since. photos: how many, copies counted once. waiting: how many faces that words were
    said of are not there. folder: relative to the output folder. known: whether people.toml has an
    entry."""

    id: int
    name: str | None
    aka: tuple[str, ...]
    faces: tuple[Face, ...]
    photos: int
    confirmed: int
    rejected: int
    waiting: int
    hidden: bool
    folder: str | None
    known: bool

    @property
    def label(self) -> str:
        """`Zoë (14)`, or `person-014` without a name."""
        return plain_label(self.id) if self.name is None else f"{self.name} ({self.id})"


def plain_label(id: int) -> str:
    return f"person-{id:03}"


def everybody(results: Results) -> dict[int, Somebody]:
    """By id: those in most photos first, as reports have them, then those who have none."""
    people, report = results.people, results.report
    seen: dict[int, Person] = {}
    for person in report.people:
        seen.setdefault(current(people, person.id), person)
    faces = _faces(results, seen)
    copies = {photo.path: photo.copy_of for photo in report.photos if photo.copy_of is not None}
    ids = list(dict.fromkeys((*seen, *people.people)))
    found = [_somebody(results, id, seen.get(id), faces.get(id, ()), copies) for id in ids]
    return {somebody.id: somebody for somebody in sorted(found, key=lambda s: -s.photos)}


def _faces(results: Results, seen: Mapping[int, Person]) -> dict[int, list[Face]]:
    """The faces of each person, where words were said also those that no run has obeyed yet."""
    people, report = results.people, results.report
    of: dict[int, int | None] = {}  # face to person
    for person in report.people:
        of |= dict.fromkeys(person.faces, current(people, person.id))
    for known in people.people.values():
        for key in known.rejected:
            if (face := results.face(key)) is not None and of.get(face.id) == known.id:
                of[face.id] = None
    for key in people.ignore:
        if (face := results.face(key)) is not None:
            of[face.id] = None
    for known in people.people.values():
        for key in known.confirmed:
            if (face := results.face(key)) is not None:
                of[face.id] = known.id
    found: dict[int, list[Face]] = {}
    for number, id in of.items():  # as the report has them: the most typical first
        if id is not None:
            found.setdefault(id, []).append(report.faces[number])
    return found


def _somebody(
    results: Results,
    id: int,
    seen: Person | None,
    faces: Sequence[Face],
    copies: Mapping[str, str],
) -> Somebody:
    known = results.people.people.get(id)
    person = known or KnownPerson(id, seen.name if seen is not None else None)
    said = (*person.confirmed, *person.rejected)
    return Somebody(
        id=id,
        name=person.name,
        aka=person.aka,
        faces=tuple(faces),
        photos=len({copies.get(face.photo, face.photo) for face in faces}),
        confirmed=len(person.confirmed),
        rejected=len(person.rejected),
        waiting=len(results.missing(said)),
        hidden=person.hidden,
        folder=seen.folder if seen is not None else None,
        known=known is not None,
    )
