"""Everything that people.toml says of single faces, in one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from facecluster.identity import FaceKey
from facecluster.library.people.records import KnownPerson, People


def label(person: KnownPerson) -> str:
    """What to call somebody in a sentence."""
    return person.name or f"person-{person.id:03d}"


def spoken(people: People) -> Iterator[tuple[FaceKey, str]]:
    """Each face that a rule speaks of, with the rule in words; some more than once."""
    for person in people.people.values():
        for key in person.confirmed:
            yield key, f"is {label(person)}"
        for key in person.rejected:
            yield key, f"is not {label(person)}"
        if person.cover is not None:
            yield person.cover, f"stands for {label(person)}"
    for rules, what in ((people.same, "the same person"), (people.different, "another person")):
        for one, other in rules:
            yield one, f"{what} as {people.paths.get(other, other)}"
            yield other, f"{what} as {people.paths.get(one, one)}"
    for key in people.ignore:
        yield key, "is ignored"
    for key in people.added:
        yield key, "was drawn by hand"


def paths_of(people: People, paths: Mapping[FaceKey, str]) -> dict[FaceKey, str]:
    """Those of `paths` whose face something is said of."""
    return {key: paths[key] for key in dict(spoken(people)) if key in paths}


def standing(people: People) -> dict[int, tuple[FaceKey, ...]]:
    """By person, the faces that are that person: confirmed ones, else the cover unless somebody
    else's."""
    owned = {key for person in people.people.values() for key in person.confirmed}
    return {
        number: person.confirmed
        or (() if person.cover is None or person.cover in owned else (person.cover,))
        for number, person in people.people.items()
    }


def renamed(people: People, moved: Callable[[FaceKey], FaceKey]) -> People:
    """The same rules about faces that are called otherwise by now."""

    def all_of(keys: tuple[FaceKey, ...]) -> tuple[FaceKey, ...]:
        return tuple(dict.fromkeys(map(moved, keys)))

    return replace(
        people,
        people={
            number: replace(
                person,
                cover=None if person.cover is None else moved(person.cover),
                confirmed=all_of(person.confirmed),
                rejected=all_of(person.rejected),
            )
            for number, person in people.people.items()
        },
        different=tuple((moved(a), moved(b)) for a, b in people.different),
        same=tuple((moved(a), moved(b)) for a, b in people.same),
        ignore=all_of(people.ignore),
        paths={moved(key): path for key, path in people.paths.items()},
        added={moved(key): person for key, person in people.added.items()},
    )
