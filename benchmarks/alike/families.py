"""Albums of families: children with several pictures each, who share photos with their siblings
and parents, among strangers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from benchmarks.alike.kinds import CHILDREN, Label
from benchmarks.common.albums import Album, draw
from facecluster.cluster.metrics import Score
from facecluster.evaluate.grouping import middle_faces
from facecluster.records import FaceTable, Ints

ADULTS, STRANGERS = "adults", "strangers"
WHO = (*CHILDREN, ADULTS, STRANGERS)
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Plan:
    """What the albums are made of.

    albums, families: albums, and families in each. children: the fewest and the most in a family.
    pictures: of a child, one of them as it is; an adult has at most as many, and at
    least `parent`. years: between the
    ages of siblings, at most. strangers: with one picture each in an album. together: how many
    people are on a photo, by chance.
    """

    albums: int = 24
    families: int = 3
    children: tuple[int, int] = (2, 3)
    pictures: int = 8
    years: int = 8
    strangers: int = 40
    parent: int = 4
    together: tuple[int, ...] = (1, 1, 1, 2, 2, 3)


PLAN = Plan()


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in an album, by name: a list of children for each family, as many of adults, and
    strangers."""

    children: list[list[str]]
    adults: list[list[str]]
    strangers: list[str]


def casts(
    labels: Mapping[str, Label], adults: Sequence[str], seed: int, plan: Plan = PLAN
) -> list[Cast]:
    """labels: of the strangers whose faces were found, by name. Siblings are of one origin; nobody
    is a child twice. adults: names of people with several pictures, two of whom are parents."""
    random = np.random.default_rng(seed)
    free = [name for name, label in sorted(labels.items()) if label.child]
    made = []
    for _ in range(plan.albums):
        homes = []
        for _ in range(plan.families):
            home = _siblings(labels, free, random, plan)
            homes.append(home)
            free = [name for name in free if name not in home]
        parents = draw(random, adults, 2 * plan.families)
        mine = {name for home in homes for name in home}
        alone = draw(random, sorted(set(labels) - mine), plan.strangers)
        pairs = [parents[2 * n : 2 * n + 2] for n in range(plan.families)]
        made.append(Cast([home for home in homes if home], pairs, alone))
    return made


def _siblings(
    labels: Mapping[str, Label], free: Sequence[str], random: Random, plan: Plan
) -> list[str]:
    if not free:
        return []
    first = labels[draw(random, free, 1)[0]]
    youngest = first.age - int(random.integers(plan.years + 1))
    ages = range(youngest, youngest + plan.years + 1)
    like = [n for n in free if labels[n].origin == first.origin and labels[n].age in ages]
    return draw(random, like, int(random.integers(plan.children[0], plan.children[1] + 1)))


@dataclass(frozen=True, slots=True)
class Composed:
    """Faces on photos of their own. who: str [N], whose each is. group: str [N], one of WHO."""

    faces: FaceTable
    who: NDArray[np.str_]
    group: NDArray[np.str_]


def compose(
    pool: Album, cast: Cast, groups: Mapping[str, str], seed: int, plan: Plan = PLAN
) -> Composed:
    """The album of a cast. pool: pictures of everybody. groups: one of WHO, by name."""
    random = np.random.default_rng(seed)
    main = middle_faces(pool.faces.photo, pool.faces.boxes, pool.extents)
    homes = [
        [*children, *adults] for children, adults in zip(cast.children, cast.adults, strict=False)
    ]
    photos = [[row] for name in cast.strangers for row in _some(pool, main, name, random, 1)]
    for home in homes:
        theirs = [_some(pool, main, name, random, plan.pictures) for name in home]
        photos += _shared(theirs, random, plan.together)
    faces, rows = side_by_side(pool, main, photos)
    who = pool.names[rows]
    return Composed(faces, who, np.array([groups[name] for name in who.tolist()], str))


def _some(pool: Album, main: NDArray[np.int64], name: str, random: Random, most: int) -> list[int]:
    """Pictures of somebody on which a face was found; the first one alone where one is wanted."""
    rows = np.nonzero((pool.names == name) & (main >= 0))[0]
    if most > 1:
        rows = random.permutation(rows)
    return [int(row) for row in rows[:most]]


def _shared(
    theirs: Sequence[Sequence[int]], random: Random, together: Sequence[int]
) -> list[list[int]]:
    """Each picture once, so many of different people on a photo as `together` says by chance."""
    left = [list(rows) for rows in theirs]
    photos = []
    while some := [n for n, rows in enumerate(left) if rows]:
        count = min(int(random.choice(np.asarray(together))), len(some))
        photos.append([left[n].pop() for n in random.permutation(some)[:count].tolist()])
    return photos


def side_by_side(
    pool: Album, main: NDArray[np.int64], photos: Sequence[Sequence[int]]
) -> tuple[FaceTable, NDArray[np.int64]]:
    """The middle faces of pictures as they are found where the pictures are put side by side.

    main: int64 [P], the middle face of each picture of `pool`. photos: the pictures on each. Gives
    the faces, sorted by the digests of their photos, and the picture of each.
    """

    def digest(rows: Sequence[int]) -> str:
        told = "".join(str(pool.digests[row]) for row in rows)
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

    ordered = sorted(photos, key=digest)
    rows = np.array([row for photo in ordered for row in photo], np.int64)
    taken = {f.name: getattr(pool.faces, f.name)[main[rows]] for f in fields(FaceTable)}
    counts = [len(photo) for photo in ordered]
    taken["photo"] = np.repeat(np.arange(len(ordered), dtype=np.int32), counts)
    taken["ordinal"] = np.concatenate([np.arange(n, dtype=np.int32) for n in (0, *counts)])
    widths = [pool.extents[photo, 0] for photo in ordered]
    starts = [np.cumsum(part) - part for part in widths]
    left = np.concatenate([np.zeros(0), *starts]).astype(np.float32)
    taken["boxes"][:, 0] += left
    taken["landmarks"][..., 0] += left[:, None]
    return FaceTable(**taken), rows


@dataclass(frozen=True, slots=True)
class Grouped:
    """Of each face: share of its folder that is its person, and of its person that is in its
    folder, float64 [N]; who it is in WHO. mixed: folders with two children and more, of `made`
    folders with one and more."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    group: NDArray[np.str_]
    mixed: int
    made: int


def judged(album: Composed, labels: Ints) -> Grouped:
    """labels: int32 [N], -1 for nobody: a person of its own."""
    truth = np.unique(album.who, return_inverse=True)[1]
    alone = labels.max(initial=-1) + 1 + np.arange(len(labels))
    found = np.where(labels >= 0, labels, alone)
    same, together = truth[:, None] == truth, found[:, None] == found
    both = (same & together).sum(1)
    child = np.isin(album.group, CHILDREN) & (labels >= 0)
    holds = [set(album.who[child & (labels == folder)].tolist()) for folder in np.unique(labels)]
    return Grouped(
        precision=both / together.sum(1),
        recall=both / same.sum(1),
        group=album.group,
        mixed=sum(len(names) > 1 for names in holds),
        made=sum(len(names) > 0 for names in holds),
    )


def scores(albums: Sequence[Grouped]) -> dict[str, dict[str, float]]:
    """BCubed of the faces of all albums, by WHO, of all children and of everybody."""
    precision, recall, group = (
        np.concatenate([getattr(album, name) for album in albums])
        for name in ("precision", "recall", "group")
    )
    wanted = {"everybody": np.ones(len(group), bool), "children": np.isin(group, CHILDREN)}
    wanted |= {who: group == who for who in WHO}
    told = {}
    for who, rows in wanted.items():
        if rows.any():
            score = Score(float(precision[rows].mean()), float(recall[rows].mean()))
            told[who] = {"faces": int(rows.sum()), "precision": score.precision}
            told[who] |= {"recall": score.recall, "f": score.f}
    return told
