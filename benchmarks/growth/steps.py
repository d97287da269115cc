"""A library that grows: who keeps the number and which old faces move, from run to run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.albums import Album
from facecluster.library.people.matching import match_people
from facecluster.library.people.memory import NOBODY, UNKNOWN, Memory
from facecluster.records import Ints, PhotoRow

Group = Callable[[Album, Ints], Ints]


@dataclass(frozen=True, slots=True)
class Step:
    """What a run found after `photos` photos.

    people: in it. labels: int32 [N], of the album's faces. old: faces that were there before, and
    placed of them those with a person then. moved: placed ones that are of another number now, or
    of nobody. numbered: people before whose faces are mostly together in one group still, and
    renumbered those of them whose group has another number. lost: faces of the largest person of
    whom no group kept the number, 0 where there is none.
    """

    photos: int
    people: int
    labels: Ints
    old: int
    placed: int
    moved: int
    numbered: int
    renumbered: int
    lost: int

    @property
    def share(self) -> float:
        """Of the old placed faces, how many moved."""
        return self.moved / max(self.placed, 1)


def grown(
    pool: Album, order: NDArray[np.int64], sizes: Sequence[int], group: Group
) -> Iterator[Step]:
    """Group the first photos of `order`, as many as each of `sizes`, one run after the other.

    group: gives the label of each face of an album; beside it, whose each was (-1 unknown).
    """
    memory: Memory | None = None
    last = 0
    for size in sizes:
        album = pool.take(order[:size])
        photos = photo_rows(album)
        before = np.full(len(album.faces), UNKNOWN, np.int32)
        if memory is not None:
            before = memory.recalled(photos, album.faces)
        labels = group(album, before)
        ids = match_people(labels, before, np.zeros_like(labels), last)
        last = max(last, *ids, 0)
        now = np.append(np.asarray(ids, np.int32), np.int32(NOBODY))[labels]
        yield _compared(len(album), labels, before, now, ids)
        memory = Memory.of(photos, album.faces, now, last)


def photo_rows(album: Album) -> list[PhotoRow]:
    """The photos as the index would give them."""
    return [
        PhotoRow(f"{n}.jpg", digest, 1, int(width), int(height), image=digest)
        for n, (digest, (width, height)) in enumerate(
            zip(album.digests.tolist(), album.extents.tolist(), strict=True)
        )
    ]


def _compared(photos: int, labels: Ints, before: Ints, now: Ints, ids: tuple[int, ...]) -> Step:
    placed = before > 0
    numbered = renumbered = lost = 0
    for person in np.unique(before[placed]).tolist():
        mine = before == person
        votes = Counter(labels[mine & (labels >= 0)].tolist()).most_common(1)
        if votes and votes[0][1] * 2 > mine.sum():
            group = votes[0][0]
            theirs = Counter(before[placed & (labels == group)].tolist()).most_common(1)
            if theirs[0][0] == person:  # else it went up in a larger one
                numbered += 1
                renumbered += ids[group] != person
        if person not in ids:
            lost = max(lost, int(mine.sum()))
    return Step(
        photos=photos,
        people=len(ids),
        labels=labels,
        old=int((before != UNKNOWN).sum()),
        placed=int(placed.sum()),
        moved=int((placed & (before != now)).sum()),
        numbered=numbered,
        renumbered=renumbered,
        lost=lost,
    )
