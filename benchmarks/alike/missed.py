"""How often two pictures of one person are farther apart than a distance."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.alike.another import CHANGES, VERSION, another
from benchmarks.alike.strangers import Strangers
from benchmarks.common.albums import Album
from benchmarks.common.reading import Source
from facecluster.distances import distances, paired_distances
from facecluster.evaluate.grouping import middle_faces
from facecluster.records import Floats, Picture

Row = dict[str, float]


def again(
    source: Source, shown: Strangers, rows: NDArray[np.int64], turns: range, seed: int
) -> Album:
    """Another picture of each of `rows` for each of `turns`, the person named as in `shown`."""
    names = shown.album.names
    wanted = [(int(row), turn) for row in rows for turn in turns]
    told = f"another {VERSION} {CHANGES} {seed} {turns}\n{shown.album.digests[rows].tolist()}"

    def make(number: int) -> Picture:
        row, turn = wanted[number]
        return another(shown.picture(row), seed_of(str(shown.album.digests[row]), turn, seed))

    return source.made(told, [str(names[row]) for row, _ in wanted], make)


def seed_of(digest: str, turn: int, seed: int) -> int:
    told = hashlib.blake2b(f"{digest} {turn} {seed}".encode(), digest_size=8)
    return int.from_bytes(told.digest(), "big")


def gaps(twice: Album) -> NDArray[np.float64]:
    """The distance between two pictures of each face, float64 [P]; nan where it was not found on
    one of them. twice: as `again` makes it, two of each of P pictures."""
    main = middle_faces(twice.faces.photo, twice.faces.boxes, twice.extents).reshape(-1, 2)
    both: NDArray[np.bool_] = np.all(main >= 0, axis=1)
    found = np.full(len(both), np.nan)
    one, other = (twice.faces.embeddings[rows] for rows in main[both].T)
    found[both] = paired_distances(one, other)
    return found


def by_person(album: Album) -> Iterator[Floats]:
    """The distances of all pairs of pictures of each person who has two and more."""
    main = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    for name in np.unique(album.names):
        rows = main[(album.names == name) & (main >= 0)]
        if len(rows) > 1:
            whole = album.faces.embeddings[rows]
            yield distances(whole, whole)[np.triu_indices(len(rows), 1)]


def missed(album: Album, limits: dict[str, float]) -> Row:
    """The share of a person's pairs that are farther apart than each of `limits`, the mean over
    people; and how many people have pairs."""
    people = list(by_person(album))
    shares = {
        name: float(np.mean([(pairs > limit).mean() for pairs in people])) if people else np.nan
        for name, limit in limits.items()
    }
    return shares | {"people": len(people)}
