"""Made-up photo libraries of any size: how many photos show whom, and all their faces.

A library grows in one of two ways. POUR: as many collections of strangers come together, ten times
the faces are ten times the people. GROW: one collection goes on, the same people are seen again
and new ones turn up ever more rarely.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.scale.synthetic import BLOCK, Bank, draw_centres, draw_faces, draw_poor
from facecluster.records import FaceTable, Floats, Ints

POUR, GROW = "pour", "grow"
SIZES, CENTRES, PHOTOS, FACES = range(4)  # each has random numbers of its own
SIDE = 100.0  # px of each face box, so that none is too small
# Eyes, nose tip and corners of the mouth of a frontal face, as shares of its box.
FRONTAL = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))


@dataclass(frozen=True, slots=True)
class Shape:
    """What a library looks like, at any size.

    growth: POUR or GROW. exponent, where it is POUR: the chance of a person with s faces falls as s
    to minus this. largest, there: faces of a person, at most, and no more than a tenth of the
    library. discount, strength, where it is GROW: of the process in `pitman_yor`. faces: the share
    of photos with 1, 2, ... faces. poor: the share of faces that are poor ones of people who have
    no other.
    """

    growth: str = POUR
    exponent: float = 2.0
    largest: int = 500
    discount: float = 0.65
    strength: float = 150.0
    faces: tuple[float, ...] = (0.60, 0.22, 0.10, 0.05, 0.03)
    poor: float = 0.13


@dataclass(frozen=True, slots=True)
class Library:
    """faces: in an order by chance. quality: float32 [N]. people: int32 [N], who each is. poor:
    bool [N], the poor faces of people who have no other. origin: int8 [N], the set of the donor."""

    faces: FaceTable
    quality: Floats
    people: Ints
    poor: NDArray[np.bool_]
    origin: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.people)

    @property
    def several(self) -> int:
        """How many people are in two photos or more; nobody is twice in one."""
        return int((np.bincount(self.people) > 1).sum())

    def save(self, path: Path) -> None:
        """Write as .npz, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part.npz")
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "faces"}
        table = {f"of {f.name}": getattr(self.faces, f.name) for f in fields(FaceTable)}
        np.savez(partial, **own, **table)
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> Library:
        with np.load(path) as kept:
            table = {name: kept[f"of {name}"] for name in FaceTable.__dataclass_fields__}
            own = {f.name: kept[f.name] for f in fields(cls) if f.name != "faces"}
        return cls(faces=FaceTable(**table), **own)


def stream(seed: int, *path: int) -> np.random.Generator:
    """Random numbers of their own for each path."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=path))


def library(bank: Bank, count: int, seed: int = 0, shape: Shape | None = None) -> Library:
    """`count` faces, the same ones for the same seed, in 4 * D bytes for each face and person.

    The people of a small library are among those of a larger one with the same seed, each around
    the same centre; the faces are others.
    """
    shape = shape or Shape()
    behind = round(shape.poor * count)
    people = whose(count - behind, count, shape, stream(seed, SIZES))
    crowd = int(people.max(initial=-1)) + 1
    donors, centres = everyone(bank, crowd, seed)
    everybody = np.concatenate([people, crowd + np.arange(behind)])
    order, photo = spread_over_photos(everybody, shape, stream(seed, PHOTOS, count))
    everybody = everybody[order]
    poor = everybody >= crowd
    embeddings = np.empty((count, centres.shape[1]), np.float32)
    quality = np.empty(count, np.float32)
    for block, start in enumerate(range(0, count, BLOCK)):
        own = stream(seed, FACES, count, block)
        rows = np.arange(start, min(start + BLOCK, count))
        known, other = rows[~poor[rows]], rows[poor[rows]]
        who = everybody[known]
        embeddings[known], quality[known] = draw_faces(bank, centres[who], donors[who], own)
        embeddings[other], quality[other] = draw_poor(bank, len(other), own)
    origin = np.full(count, -1, np.int8)
    origin[~poor] = bank.origin[donors[everybody[~poor]]]
    return Library(_table(embeddings, photo), quality, everybody.astype(np.int32), poor, origin)


def whose(count: int, total: int, shape: Shape, random: np.random.Generator) -> NDArray[np.int64]:
    """The person of each face: int64 [count]; all from 0 to the largest are there.

    total: faces of the whole library. With the same random numbers fewer faces are the first ones
    of many, but for the limit of a tenth of `total`.
    """
    if shape.growth == GROW:
        return pitman_yor(count, shape.discount, shape.strength, random)
    largest = max(1, min(shape.largest, total // 10))
    chances = np.arange(1, largest + 1) ** -shape.exponent
    sizes = 1 + random.choice(largest, max(count, 1), p=chances / chances.sum())
    return np.repeat(np.arange(len(sizes)), sizes)[:count]


def pitman_yor(
    count: int, discount: float, strength: float, random: np.random.Generator
) -> NDArray[np.int64]:
    """The person of each face, in the order in which they are seen: int64 [count], people by first
    sight.

    The two-parameter process of Pitman and Yor, "The two-parameter Poisson-Dirichlet distribution
    derived from a stable subordinator", Annals of Probability 25(2), 1997. After n faces of K
    people the next one is somebody new with the chance (strength + discount * K) / (n + strength),
    and a person with s faces with (s - discount) / (n + strength); so K grows as n^discount.
    discount: 0 or more and less than 1; strength: above 0.

    Each face copies a random earlier one, or is new with the weight `strength`; whoever copies the
    first face of a person is new all the same with the chance `discount`. These are the same
    chances, and no face waits for the counts of those before it.
    """
    draws = random.random((count, 2))
    faces = np.arange(count)
    copied = (draws[:, 0] * (faces + strength)).astype(np.int64)
    alone = copied >= faces
    maybe = ~alone & (draws[:, 1] < discount)
    new = alone[_roots(np.where(maybe, copied, faces))]
    return np.asarray((np.cumsum(new) - 1)[_roots(np.where(new, faces, copied))], np.int64)


def _roots(above: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each place ends up that goes to `above` until it stays. above: int64 [N]."""
    while True:
        further = above[above]
        if np.array_equal(further, above):
            return above
        above = further


def everyone(bank: Bank, count: int, seed: int) -> tuple[NDArray[np.int64], Floats]:
    """Donor, int64 [count], and centre, float32 [count, D], of each person."""
    donors, centres = [np.empty(0, np.int64)], [np.empty((0, bank.means.shape[1]), np.float32)]
    for block in range(-(-count // BLOCK)):
        own = stream(seed, CENTRES, block)
        donors.append(own.choice(bank.donors, BLOCK, p=bank.chances))
        centres.append(draw_centres(bank, BLOCK, own))
    return np.concatenate(donors)[:count], np.concatenate(centres)[:count]


def census(path: Path) -> dict[str, Any]:
    """Who is in a library that was saved, but for the poor faces in the background.

    people: all of them. several: in two photos or more. largest: faces of the one with most.
    pairs: pairs of faces of one person, for each face.
    """
    with np.load(path) as kept:
        sizes = np.bincount(kept["people"][~kept["poor"]]).astype(np.int64)
    return {
        **{"people": int((sizes > 0).sum()), "several": int((sizes > 1).sum())},
        "largest": int(sizes.max(initial=0)),
        "pairs": float((sizes * (sizes - 1) // 2).sum() / max(sizes.sum(), 1)),
    }


def spread_over_photos(
    people: NDArray[np.int64], shape: Shape, random: np.random.Generator
) -> tuple[NDArray[np.int64], Ints]:
    """Faces in an order by chance, and the photo of each place, so that nobody is twice in one.

    Raises ValueError where somebody has more faces than there are photos.
    """
    count = len(people)
    chances = np.array(shape.faces)
    sizes = 1 + random.choice(len(chances), max(count, 1), p=chances / chances.sum())
    photo = np.repeat(np.arange(len(sizes)), sizes)[:count]
    if count and np.bincount(people).max() > photo[-1] + 1:
        raise ValueError("somebody has more faces than there are photos")
    order = random.permutation(count)
    while True:
        key = photo * (int(people.max(initial=0)) + 1) + people[order]
        sorted_places = np.argsort(key, kind="stable")
        again = np.diff(key[sorted_places]) == 0
        if not again.any():
            return order, photo.astype(np.int32)
        twice = sorted_places[1:][again]
        moved = np.union1d(twice, random.integers(0, count, len(twice)))
        order[moved] = order[random.permutation(moved)]


def _table(embeddings: Floats, photo: Ints) -> FaceTable:
    """Frontal, clear faces of SIDE px, side by side."""
    count = len(photo)
    first = np.searchsorted(photo, photo)
    ordinal = (np.arange(count) - first).astype(np.int32)
    boxes = np.full((count, 4), SIDE, np.float32)
    boxes[:, 0], boxes[:, 1] = SIDE * (1 + 2 * ordinal), SIDE
    landmarks = np.asarray(FRONTAL, np.float32) * np.float32(SIDE) + boxes[:, None, :2]
    return FaceTable(
        photo=photo,
        ordinal=ordinal,
        boxes=boxes,
        landmarks=landmarks.astype(np.float32),
        scores=np.full(count, 0.95, np.float32),
        clarity=np.tile(np.array([2, 10, 1], np.float32), (count, 1)),
        consistency=np.full(count, 0.99, np.float32),
        embeddings=embeddings,
    )


def stamp(shape: Shape | None = None) -> str:
    """What a library depends on beside the bank, its size and its seed."""
    return repr(asdict(shape or Shape()))
