"""Names and corrections from one output folder to another: out as a file, and in beside others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from facecluster.identity import FaceKey
from facecluster.library.people.records import KnownPerson, Pair, People, name_key
from facecluster.library.people.same_face import OVERLAP, shared
from facecluster.library.people.spoken import label, paths_of, renamed, spoken
from facecluster.library.people.text.toml_text import text_of

T = TypeVar("T")
NOBODY: Final[Mapping[FaceKey, int]] = {}


def export_people(people: People) -> bytes:
    """All of it as a people.toml that stands alone."""
    return text_of(people).encode()


def import_people(
    people: People, other: People, shown: Mapping[FaceKey, int] = NOBODY
) -> tuple[People, list[str]]:
    """All that `other` says beside all of `people`, and sentences on who was joined with whom and
    who got another number.

    A person who shares a confirmed face with one here, or a name, is that one; two of `other` never
    become one. Where both say otherwise, `people` counts. shown: who has each face in the newest
    results, also people of whom nothing is said. Whether all of it can hold together is the
    caller's question (contradictions.py).
    """
    other = renamed(other, _called_here(people, other))
    joined = _Same(people, shown).joined(other)
    free = _numbers(people, other, joined, shown)
    ids = {**free, **joined}
    told, everybody = [], dict(people.people)
    for known in other.people.values():
        number = ids[known.id]
        merged = tuple(free[number] for number in known.merged if number in free)
        mine = replace(known, id=number, merged=merged)
        here = people.people.get(number)
        everybody[number] = mine if here is None else _united(here, mine)
        if everybody[number] != here and (here is not None or number != known.id):
            became = f"person-{number:03d}" if here is None else f"joined with {label(here)}"
            told.append(f"{label(known)} of the file is {became} here.")
    added = {key: ids[number] for key, number in other.added.items() if key not in people.added}
    made = replace(
        people,
        people={number: everybody[number] for number in sorted(everybody)},
        different=_pairs(people.different, other.different),
        same=_pairs(people.same, other.same),
        ignore=_each(people.ignore, other.ignore),
        added={**people.added, **added},
        last=max(_highest(people), *ids.values(), 0 if people.people else other.last),
    )
    paths = paths_of(made, {**other.paths, **people.paths})
    return replace(made, paths=paths), told


@dataclass(slots=True)
class _Same:
    """Who is who: people of elsewhere and of here, one to one."""

    people: People
    shown: Mapping[FaceKey, int]
    faces: dict[FaceKey, list[int]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    nameless: dict[KnownPerson, list[int]] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for known in self.people.people.values():
            for key in known.confirmed:
                self.faces.setdefault(key, []).append(known.id)
            for name in _names(known):
                self.names.setdefault(name, []).append(known.id)
            self.nameless.setdefault(_bare(known), []).append(known.id)

    def joined(self, other: People) -> dict[int, int]:
        """By the number there, the number of who is here already: what is surest comes first."""
        found: dict[int, int] = {}
        for match in (self._by_face, self._by_name, self._by_all, self._by_results):
            for known in other.people.values():
                if known.id not in found and (number := match(known)) is not None:
                    found[known.id] = number
                    self.taken.add(number)
        return found

    def _by_face(self, known: KnownPerson) -> int | None:
        """Who shares most confirmed faces."""
        counts = Counter(n for key in known.confirmed for n in self._left(self.faces.get(key, ())))
        return max(counts, key=lambda n: (counts[n], n == known.id), default=None)

    def _by_name(self, known: KnownPerson) -> int | None:
        """The only one who is called so; of several, one of whom all of it is said already."""
        found = self._left(n for name in _names(known) for n in self.names.get(name, ()))
        people = self.people.people
        main = [n for n in found if known.name and _key(people[n].name) == _key(known.name)]
        found = main or found
        if len(found) > 1:
            found = [n for n in found if _says_all(people[n], known)]
            found = [n for n in found if n == known.id] or found[:1]
        return found[0] if found else None

    def _by_all(self, known: KnownPerson) -> int | None:
        """One without a name and a face, of whom the same is said."""
        found = () if known.confirmed else self._left(self.nameless.get(_bare(known), ()))
        return next((n for n in found if n == known.id), next(iter(found), None))

    def _by_results(self, known: KnownPerson) -> int | None:
        """One of whom nothing is said, whom the newest results show with a confirmed face."""
        found = [self.shown[key] for key in known.confirmed if key in self.shown]
        return next((n for n in self._left(found) if n not in self.people.people), None)

    def _left(self, numbers: Iterable[int]) -> list[int]:
        return [number for number in dict.fromkeys(numbers) if number not in self.taken]


def _numbers(
    people: People, other: People, joined: Mapping[int, int], shown: Mapping[FaceKey, int]
) -> dict[int, int]:
    """Numbers for those who are new here: their own where nobody ever had it, else a new one. Of
    those who were merged there only free ones are kept: they stand for nobody else."""
    lowest = max(_highest(people), *shown.values(), 0)
    everybody = dict.fromkeys((*other.people, *other.added.values()))
    merged = [number for known in other.people.values() for number in known.merged]
    free = {n: n for n in (*everybody, *merged) if n > lowest and n not in joined}
    highest = max(lowest, *free, *joined.values(), 0)
    for number in everybody:
        if number not in joined and number not in free:
            highest += 1
            free[number] = highest
    return free


def _highest(people: People) -> int:
    merged = (number for known in people.people.values() for number in known.merged)
    return max(people.last, *people.people, *merged, 0)


def _called_here(people: People, other: People) -> Callable[[FaceKey], FaceKey]:
    """What a face of `other` is called here: another detector drew its box a little differently.
    Two faces there stay two."""
    here: dict[str, list[FaceKey]] = {}
    there: dict[str, list[FaceKey]] = {}
    for by_image, keys in ((here, spoken(people)), (there, spoken(other))):
        for key in dict(keys):
            by_image.setdefault(key.image, []).append(key)
    found: dict[FaceKey, FaceKey] = {}
    for image in here.keys() & there.keys():
        pairs = [(shared(a, b), b, a) for a in here[image] for b in there[image]]
        taken = set[FaceKey]()
        for share, new, old in sorted(pairs, reverse=True):
            if share >= OVERLAP and new not in found and old not in taken:
                found[new] = old
                taken.add(old)
    return lambda key: found.get(key, key)


def _united(here: KnownPerson, other: KnownPerson) -> KnownPerson:
    """One person, with all that is said of both; the name here stays."""
    names = {_key(here.name), *map(_key, here.aka)}
    more = {} if here.name is None else {_key(other.name): other.name}
    more |= {_key(name): name for name in other.aka}
    name = here.name or other.name
    fresh = [text for key, text in more.items() if text is not None and key not in names]
    return replace(
        here,
        name=name,
        aka=(*here.aka, *(text for text in fresh if _key(text) != _key(name))),
        cover=here.cover or other.cover,
        confirmed=_each(here.confirmed, other.confirmed),
        rejected=_each(here.rejected, other.rejected),
        merged=_each(here.merged, other.merged),
        hidden=here.hidden or other.hidden,
    )


def _says_all(here: KnownPerson, other: KnownPerson) -> bool:
    united = _united(here, replace(other, merged=()))
    return united == here


def _bare(known: KnownPerson) -> KnownPerson:
    """What is said of the person, whatever the number."""
    return replace(known, id=0, merged=())


def _names(known: KnownPerson) -> list[str]:
    return [_key(name) for name in (known.name, *known.aka) if name is not None]


def _key(name: str | None) -> str:
    return "" if name is None else name_key(name)


def _each(here: Sequence[T], other: Sequence[T]) -> tuple[T, ...]:
    have = {*here}
    return (*here, *(item for item in dict.fromkeys(other) if item not in have))


def _pairs(here: Sequence[Pair], other: Sequence[Pair]) -> tuple[Pair, ...]:
    """Those that are not here yet, whichever way round, behind those that are."""
    have = {frozenset(pair) for pair in here}
    return (*here, *(pair for pair in other if frozenset(pair) not in have))
