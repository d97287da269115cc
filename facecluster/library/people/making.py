"""Rules on the faces of a library, made of what people.toml and others say of single ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from facecluster.identity import FaceKey
from facecluster.library.people.records import Hint, KnownPerson, People, name_key
from facecluster.library.people.spoken import standing
from facecluster.records import FaceTable, Ints
from facecluster.rules import FaceRules


@dataclass(slots=True)
class RuleMaker:
    """Makes rules of N faces from what is said, step by step."""

    people: People
    rows: Mapping[FaceKey, int]
    count: int
    root: dict[int, int] = field(default_factory=dict)
    apart: dict[tuple[int, int], None] = field(default_factory=dict)

    def find(self, row: int) -> int:
        while (up := self.root.setdefault(row, row)) != row:
            self.root[row] = self.root[up]
            row = up
        return row

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.find(one), self.find(other)))
        self.root[high] = low

    def here(self, keys: Iterable[FaceKey]) -> list[int]:
        return [self.rows[key] for key in keys if key in self.rows]

    def part(self, one: int, other: int) -> None:
        if one != other:
            self.apart[min(one, other), max(one, other)] = None

    def made(
        self, hints: Sequence[Hint], faces: FaceTable
    ) -> tuple[FaceRules, Ints, dict[int, frozenset[int]], People]:
        """The rules; whose confirmed face each is; who is rejected; people, with those whom only a
        hint names."""
        person = np.zeros(self.count, np.int32)
        kept = np.zeros(self.count, np.bool_)
        ignored = np.zeros(self.count, np.bool_)
        confirmed: dict[int, list[int]] = {}
        for number, known in self.people.people.items():
            mine = confirmed[number] = self.here(known.confirmed)
            person[mine] = number
            kept[mine] = True
            for row in mine[1:]:
                self.join(mine[0], row)
        for pair in self.people.same:
            if len(ends := self.here(pair)) == 2:
                self.join(*ends)
        ignored[self.here(self.people.ignore)] = True
        ignored &= person == 0
        self._by_hand(person)
        rejected = {
            number: frozenset(self.here(known.rejected))
            for number, known in self.people.people.items()
            if known.rejected
        }
        people = _Hinted(self, faces, person, ignored).take(hints, rejected)
        kept |= person > 0
        rules = FaceRules(self._numbers(kept), self._pairs(), ignored, kept)
        return rules, person, rejected, people

    def _by_hand(self, person: Ints) -> None:
        """Keep apart what somebody said is two people, spread over the faces of a person."""
        for pair in self.people.different:
            if len(ends := self.here(pair)) == 2:
                self.part(*ends)
        faces = standing(self.people)
        for number, known in self.people.people.items():
            if not known.rejected:
                continue
            mine = [row for row in self.here(faces[number]) if person[row] in (0, number)]
            for turn, row in enumerate(self.here(known.rejected)):
                if mine:
                    self.part(row, mine[turn % len(mine)])

    def _numbers(self, kept: NDArray[np.bool_]) -> Ints:
        """The component of each face that is in one, numbered from 0."""
        same = np.full(self.count, -1, np.int32)
        members: dict[int, list[int]] = {}
        for row in sorted(self.root):
            members.setdefault(self.find(row), []).append(row)
        for row in np.nonzero(kept)[0].tolist():
            members.setdefault(self.find(row), [row])
        groups = [rows for rows in members.values() if len(rows) > 1 or kept[rows].any()]
        for number, rows in enumerate(sorted(groups)):
            same[rows] = number
        return same

    def _pairs(self) -> Ints:
        return np.array(sorted(self.apart), np.int32).reshape(-1, 2)


@dataclass(slots=True)
class _Hinted:
    """Takes names from elsewhere as far as nobody said otherwise by hand."""

    maker: RuleMaker
    faces: FaceTable
    person: Ints
    ignored: NDArray[np.bool_]

    def take(self, hints: Sequence[Hint], rejected: Mapping[int, frozenset[int]]) -> People:
        people = self.maker.people
        numbers = {
            name_key(name): number
            for number, known in people.people.items()
            for name in (*known.aka, *([known.name] if known.name else ()))
        }
        chosen: dict[int, Hint] = {}
        for hint in sorted(hints, key=lambda h: (-h.trust, h.row)):
            chosen.setdefault(hint.row, hint)
        rows: dict[int, list[int]] = {}
        for row, hint in sorted(chosen.items()):
            if self.person[row] or self.ignored[row]:
                continue
            number = numbers.get(name_key(hint.name))
            if number is None:
                number = max(people.last, *people.people, 0) + 1
                known = {**people.people, number: KnownPerson(number, hint.name)}
                people = replace(people, people=known, last=number)
                numbers[name_key(hint.name)] = number
            if row not in rejected.get(number, ()):
                rows.setdefault(number, []).append(row)
        self._enter(rows)
        return people

    def _enter(self, rows: Mapping[int, list[int]]) -> None:
        """One name is one person, and two names in one photo are two people."""
        by_photo: dict[int, list[int]] = {}
        by_hand = {row: self.maker.find(row) for mine in rows.values() for row in mine}
        owner = {
            self.maker.find(r): int(self.person[r]) for r in np.nonzero(self.person)[0].tolist()
        }
        enemies = self._enemies()
        for number, mine in rows.items():
            own = np.nonzero(self.person == number)[0][:1].tolist()
            forbidden = set().union(*(enemies.get(self.maker.find(row), set()) for row in own))
            for row in mine:
                root = by_hand[row]
                if root in forbidden or owner.setdefault(root, number) != number:
                    continue
                forbidden |= enemies.get(root, set())
                for other in own:
                    self.maker.join(other, row)
                own = own or [row]
                self.person[row] = number
                by_photo.setdefault(int(self.faces.photo[row]), []).append(row)
        for mine in by_photo.values():
            for at, row in enumerate(mine):
                for other in mine[:at]:
                    if self.maker.find(row) != self.maker.find(other):
                        self.maker.part(row, other)

    def _enemies(self) -> dict[int, set[int]]:
        """Which components, by their first faces, are to be apart from which by what was said."""
        found: dict[int, set[int]] = {}
        for pair in self.maker.apart:
            one, other = map(self.maker.find, pair)
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return found
