"""Which pictures make a batch: P classes with K pictures of each. Loads no torch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facecluster.train.records import Labels, Rows


class PKSampler:
    """Batches of P classes x K pictures, in which every picture comes up about once an epoch.

    labels: int64 [N], the class of each row; any numbers. classes: P, at most all there are.
    pictures: K. An epoch cuts the shuffled pictures of each class into groups of K and deals the
    groups to batches of P different classes. Where K does not divide a class, its last group is
    filled up with others of the class; a class with fewer than K pictures repeats them. A class so
    large that it would have to be twice in a batch gives only as many groups as there are batches,
    others each epoch, and the smaller ones fill up.

    Batches of an epoch depend on seed and number of the epoch alone. Raises ValueError for no rows,
    or P or K below 1.
    """

    def __init__(self, labels: Labels, classes: int, pictures: int, seed: int) -> None:
        if not len(labels) or classes < 1 or pictures < 1:
            raise ValueError("a sampler needs rows, and at least 1 class and 1 picture per batch")
        _, numbers = np.unique(labels, return_inverse=True)
        order = np.argsort(numbers, kind="stable").astype(np.int64)
        self._members = np.split(order, np.cumsum(np.bincount(numbers))[:-1])
        self.classes = min(classes, len(self._members))
        self.pictures = pictures
        self._seed = seed
        self._groups = np.array([-(-len(rows) // pictures) for rows in self._members], np.int64)

    @property
    def batches_per_epoch(self) -> int:
        return -(-int(self._groups.sum()) // self.classes)

    def epoch(self, number: int) -> Iterator[Rows]:
        """The batches of epoch `number` from 0: int64 [P * K] rows, the K of a class in turn."""
        random = np.random.default_rng([self._seed, number])
        left = self._dealt(random)
        stock = [
            self._cut(rows, int(count), random)
            for rows, count in zip(self._members, left, strict=True)
        ]
        for remaining in range(self.batches_per_epoch, 0, -1):
            chosen = _draw(left, remaining, self.classes, random)
            left[chosen] -= 1
            yield np.concatenate([stock[c][left[c]] for c in chosen])

    def _dealt(self, random: np.random.Generator) -> NDArray[np.int64]:
        """How many groups each class gives, P per batch in all and at most one in each."""
        batches = self.batches_per_epoch
        counts: NDArray[np.int64] = np.minimum(self._groups, batches)
        while missing := batches * self.classes - int(counts.sum()):
            room = np.flatnonzero(counts < batches)
            counts[random.permutation(room)[:missing]] += 1
        return counts

    def _cut(self, rows: Rows, count: int, random: np.random.Generator) -> Rows:
        """`count` groups of a class: [count, K]; none repeats a picture unless it must."""
        parts: list[Rows] = []
        while sum(map(len, parts)) < count:
            shuffled = random.permutation(rows)
            padded = -(-len(rows) // self.pictures) * self.pictures
            parts.append(np.resize(shuffled, padded).reshape(-1, self.pictures))
        return np.concatenate(parts)[:count]


def _draw(
    left: NDArray[np.int64], remaining: int, size: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """`size` different classes, drawn by how many groups each has left for `remaining` batches.

    Weighted drawing without replacement by one random key each: Efraimidis, Spirakis, "Weighted
    random sampling with a reservoir", Information Processing Letters 97(5), 2006. A class with a
    group for every remaining batch must be in; since at most one per batch and `size` per batch
    remain in all, there are never more than `size` of those, nor fewer than `size` with any left.
    """
    with np.errstate(divide="ignore"):
        keys = np.log1p(-random.random(len(left))) / left
    keys[left == 0] = -np.inf
    keys[left == remaining] = 1.0
    return np.argpartition(-keys, size - 1)[:size]
