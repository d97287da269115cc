"""Whether all that people.toml says can hold together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from facecluster.errors import FaceclusterError
from facecluster.identity import FaceKey
from facecluster.library.people.records import People
from facecluster.library.people.spoken import label, standing

Lines = Callable[[FaceKey], tuple[int, ...]]


class ContradictionError(FaceclusterError):
    """Names and corrections that cannot all be right; nothing was changed."""


@dataclass(frozen=True, slots=True)
class _Link:
    """One face is another one's person, since somebody said so."""

    other: FaceKey
    why: str


@dataclass(slots=True)
class _Net:
    """Who is who by what was said; chains of it are found by going along."""

    links: dict[FaceKey, list[_Link]] = field(default_factory=dict)
    root: dict[FaceKey, FaceKey] = field(default_factory=dict)

    def find(self, key: FaceKey) -> FaceKey:
        while (up := self.root.setdefault(key, key)) != key:
            self.root[key] = self.root[up]
            key = up
        return key

    def join(self, one: FaceKey, other: FaceKey, why: str) -> None:
        self.links.setdefault(one, []).append(_Link(other, why))
        self.links.setdefault(other, []).append(_Link(one, why))
        self.root[self.find(one)] = self.find(other)

    def chain(self, start: FaceKey, end: FaceKey) -> list[_Link]:
        """The shortest way from one face to the other; empty where they are one."""
        came: dict[FaceKey, tuple[FaceKey, _Link]] = {}
        waiting = deque([start])
        while waiting and end not in came:
            here = waiting.popleft()
            for link in self.links.get(here, ()):
                if link.other not in came and link.other != start:
                    came[link.other] = here, link
                    waiting.append(link.other)
        steps: list[_Link] = []
        while end != start and end in came:
            before, link = came[end]
            steps.append(link)
            end = before
        return steps[::-1]


def check(people: People, lines: Lines | None = None) -> None:
    """Raise ContradictionError where names and corrections contradict each other.

    lines: gives the lines of people.toml in which a face stands, for the sentence. The sentence has
    the chain from one face to the other, face by face, each by the path of its photo.
    """
    net = _linked(people)
    owners: dict[FaceKey, tuple[FaceKey, int]] = {}
    for number, person in people.people.items():
        for key in person.confirmed[:1]:
            first, owner = owners.setdefault(net.find(key), (key, number))
            if owner != number:
                two = f"{label(people.people[owner])} and {label(person)} are two people"
                raise _error(people, net, first, key, two, lines)
    for one, other, why in _apart(people):
        if net.find(one) == net.find(other):
            raise _error(people, net, one, other, why, lines)


def _linked(people: People) -> _Net:
    net = _Net()
    for person in people.people.values():
        for key in person.confirmed:
            net.find(key)
            if key != person.confirmed[0]:
                net.join(person.confirmed[0], key, f"both are {label(person)}")
    for one, other in people.same:
        net.join(one, other, "they are the same person")
    return net


def _apart(people: People) -> Iterator[tuple[FaceKey, FaceKey, str]]:
    """Pairs of faces that are two people, and why."""
    for one, other in people.different:
        yield one, other, "they are different people"
    faces = standing(people)
    for person in people.people.values():
        for key in person.rejected:
            for mine in faces[person.id][:1]:
                if key != mine or person.confirmed:
                    yield mine, key, f"the second is not {label(person)}"
    for key in people.ignore:
        for person in people.people.values():
            if key in person.confirmed:
                yield key, key, f"it is {label(person)} and ignored"


def _error(
    people: People, net: _Net, one: FaceKey, other: FaceKey, why: str, lines: Lines | None
) -> ContradictionError:
    steps = net.chain(one, other)
    told = [_face(people, one, lines)]
    told += [f"{_face(people, step.other, lines)} ({step.why})" for step in steps]
    return ContradictionError(
        f"people.toml contradicts itself, so nothing was changed: {' - '.join(told)}, but {why}; "
        "take one of these back"
    )


def _face(people: People, key: FaceKey, lines: Lines | None) -> str:
    where = people.paths.get(key) or f"{str(key)[:8]}…{str(key)[32:]}"
    found = lines(key) if lines is not None else ()
    return f"{where}, line {', '.join(map(str, found))}" if found else where
