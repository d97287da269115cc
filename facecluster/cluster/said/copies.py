"""What is said of a face holds for the copies of it, unless that would break another word."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import NOISE
from facecluster.records import Copies
from facecluster.rules import FaceRules


def split_sights(copies: Copies, rules: FaceRules) -> Copies:
    """Faces that copies of a photo show again are one, unless somebody said of two of them what
    cannot hold of one: the later of those has a number of its own then."""
    sight = copies.sight.copy()
    said = (rules.same >= 0) | rules.ignored
    said[rules.apart.ravel()] = True
    numbers, counts = np.unique(sight, return_counts=True)
    touched = np.intersect1d(numbers[counts > 1], sight[said])
    if not len(touched):
        return copies
    bonds = _Bonds.of(rules)
    rows = np.nonzero(np.isin(sight, touched))[0]
    order = rows[np.lexsort((rows, sight[rows]))]
    for members in np.split(order, np.nonzero(np.diff(sight[order]))[0] + 1):
        base = int(members[0])  # which the number is that of
        for row in members[1:].tolist():
            if not bonds.join(base, row):
                sight[row] = row
    return replace(copies, sight=sight)


@dataclass(slots=True)
class _Bonds:
    """Which faces are one person by now: those of one number, and copies that were joined."""

    rules: FaceRules
    root: dict[int, int] = field(default_factory=dict)
    enemies: dict[int, set[int]] = field(default_factory=dict)
    named: set[int] = field(default_factory=set)
    placed: set[int] = field(default_factory=set)
    ignored: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, rules: FaceRules) -> _Bonds:
        bonds = cls(rules)
        count = len(rules.same)
        bonds.placed = {count + n for n in np.unique(rules.same[rules.same >= 0]).tolist()}
        bonds.named = {bonds.node(row) for row in np.nonzero(rules.kept)[0].tolist()}
        bonds.ignored = {bonds.node(row) for row in np.nonzero(rules.ignored)[0].tolist()}
        for one, other in rules.apart.tolist():
            bonds.enemies.setdefault(bonds.node(one), set()).add(bonds.node(other))
            bonds.enemies.setdefault(bonds.node(other), set()).add(bonds.node(one))
        return bonds

    def node(self, row: int) -> int:
        """A face, or the number that stands for all faces of its person."""
        number = int(self.rules.same[row])
        return row if number < 0 else len(self.rules.same) + number

    def find(self, node: int) -> int:
        while (up := self.root.setdefault(node, node)) != node:
            self.root[node] = self.root[up]
            node = up
        return node

    def join(self, one: int, other: int) -> bool:
        """Take two faces for one, if nothing that was said forbids it; gives whether."""
        first, second = self.find(self.node(one)), self.find(self.node(other))
        if first == second:
            return True
        if second in map(self.find, self.enemies.get(first, ())):
            return False
        if first in self.named and second in self.named:
            return False
        for left_out, placed in ((first, second), (second, first)):
            if left_out in self.ignored and placed in self.placed:
                return False
        self.root[second] = first
        # Both are what either was.
        self.enemies.setdefault(first, set()).update(self.enemies.get(second, ()))
        for enemy in self.enemies.get(second, ()):
            self.enemies.setdefault(self.find(enemy), set()).add(first)
        for kind in (self.named, self.placed, self.ignored):
            if second in kind:
                kind.add(first)
        return True


def of_sights(rules: FaceRules, rows: NDArray[np.int64], member: NDArray[np.int64]) -> FaceRules:
    """The rules on what stands for the faces: what is said of one copy holds for all.

    rows: int64 [S], the face that stands for each sight. member: int64 [N], the sight of each face.
    """
    count = len(rows)
    same = np.full(count, NOISE, np.int32)
    np.maximum.at(same, member, _joined(rules, member))
    ignored, kept = np.zeros(count, bool), np.zeros(count, bool)
    np.logical_or.at(kept, member, rules.kept)
    np.logical_or.at(ignored, member, rules.ignored)
    pairs = np.sort(member[rules.apart.astype(np.int64)], axis=1)
    apart = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0).reshape(-1, 2)
    return FaceRules(same, apart.astype(np.int32), ignored & (same < 0), kept)


def _joined(rules: FaceRules, member: NDArray[np.int64]) -> NDArray[np.int32]:
    """The numbers of the faces, int32 [N], those equal that a copy joins."""
    same = rules.same.copy()
    root: dict[int, int] = {}

    def find(number: int) -> int:
        while (up := root.setdefault(number, number)) != number:
            number = up
        return number

    said = np.nonzero(same >= 0)[0]
    first: dict[int, int] = {}
    for sight, number in zip(member[said].tolist(), same[said].tolist(), strict=True):
        low, high = sorted((find(first.setdefault(sight, number)), find(number)))
        root[high] = low
    same[said] = [find(number) for number in same[said].tolist()]
    return same
