"""Labelled photo sets as the faces found on them, mixed from one another without reading again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facecluster.base.atomic import replacing
from facecluster.evaluate.grouping import Judgement, compare, middle_faces
from facecluster.records import FaceTable, Ints

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Album:
    """Photos with the name of whoever each is of, and every face on them.

    names: str [P]. digests: str [P], of the photos' bytes. extents: float64 [P, 2], width and
    height in px. faces: `photo` are rows of these; sorted by digest and ordinal, as the index
    gives them.
    """

    names: NDArray[np.str_]
    digests: NDArray[np.str_]
    extents: NDArray[np.float64]
    faces: FaceTable

    def __len__(self) -> int:
        return len(self.names)

    @property
    def sizes(self) -> dict[str, int]:
        """How many photos each person has, by name."""
        names, counts = np.unique(self.names, return_counts=True)
        return dict(zip(names.tolist(), counts.tolist(), strict=True))

    def take(self, photos: NDArray[np.int64]) -> Album:
        """Those photos alone, in ascending order, with all their faces."""
        kept = np.unique(photos)
        place = np.full(len(self), -1, np.int32)
        place[kept] = np.arange(len(kept), dtype=np.int32)
        rows = np.nonzero(place[self.faces.photo] >= 0)[0]
        faces = rows_of(self.faces, rows, place[self.faces.photo[rows]])
        return Album(self.names[kept], self.digests[kept], self.extents[kept], faces)

    def judge(self, labels: Ints) -> Judgement:
        """Compare the person of the face nearest to the middle of each photo with its name.

        labels: int [N], the person of each face, -1 for nobody.
        """
        middle = middle_faces(self.faces.photo, self.faces.boxes, self.extents)
        found = np.where(middle >= 0, np.append(labels, NOBODY)[middle], NOBODY)
        truth = np.unique(self.names, return_inverse=True)[1]
        return compare(truth.astype(np.int64), found.astype(np.int64))

    def save(self, path: Path) -> None:
        """Write as .npz, whole or not at all."""
        arrays = {field.name: getattr(self.faces, field.name) for field in fields(FaceTable)}
        with replacing(path) as partial, partial.open("wb") as file:
            np.savez(file, names=self.names, digests=self.digests, extents=self.extents, **arrays)

    @classmethod
    def load(cls, path: Path) -> Album:
        with np.load(path) as kept:
            faces = FaceTable(**{field.name: kept[field.name] for field in fields(FaceTable)})
            return cls(kept["names"], kept["digests"], kept["extents"], faces)


@dataclass(frozen=True, slots=True)
class Model:
    """What the clustering must know of the model that read the faces.

    id: names detector, model and version of reading. distance: cosine, for grouping. far_table:
    false-accept rates and distances (facecluster/embed/spec.py). faces: False for whole pictures.
    fitted: whether its consistency may be weighed.
    """

    id: str
    name: str
    distance: float
    far_table: Sequence[tuple[float, float]]
    faces: bool
    fitted: bool


def rows_of(faces: FaceTable, rows: NDArray[np.int64], photo: Ints) -> FaceTable:
    """Those rows of a table, their photos numbered anew."""
    taken = {field.name: getattr(faces, field.name)[rows] for field in fields(FaceTable)}
    return FaceTable(**{**taken, "photo": photo})


def pour(albums: Sequence[Album]) -> Album:
    """All of them together, the faces in the order of their photos' digests."""
    starts = np.cumsum([0, *map(len, albums)])
    joined = {
        field.name: np.concatenate([getattr(album.faces, field.name) for album in albums])
        for field in fields(FaceTable)
    }
    photo = [a.faces.photo + start for a, start in zip(albums, starts, strict=False)]
    joined["photo"] = np.concatenate(photo).astype(np.int32)
    digests = np.concatenate([album.digests for album in albums])
    order = np.lexsort((joined["ordinal"], digests[joined["photo"]]))
    return Album(
        np.concatenate([album.names for album in albums]),
        digests,
        np.concatenate([album.extents for album in albums]),
        FaceTable(**{name: values[order] for name, values in joined.items()}),
    )


def of_people(album: Album, names: Sequence[str]) -> Album:
    """All photos of these people."""
    return album.take(np.nonzero(np.isin(album.names, names))[0])


def people_with(album: Album, least: int, most: int | None = None) -> list[str]:
    """Names of the people with so many photos, sorted."""
    return [n for n, size in album.sizes.items() if least <= size <= (most or size)]


def draw(random: np.random.Generator, names: Sequence[str], count: int) -> list[str]:
    """`count` different names by chance; all of them where there are fewer."""
    return [str(name) for name in random.permutation(sorted(names))[:count]]


def part_of_people(album: Album, photos: int, seed: int = 0) -> Album:
    """Whole people by chance, as many as fit into so many photos."""
    return of_people(album, part_names(album.sizes, photos, seed))


def part_names(sizes: dict[str, int], photos: int, seed: int = 0) -> list[str]:
    """Names of people by chance, as many as fit into `photos` pictures."""
    chosen, left = [], photos
    for name in draw(np.random.default_rng(seed), list(sizes), len(sizes)):
        if sizes[name] <= left:
            chosen.append(name)
            left -= sizes[name]
    return chosen
