"""The page's section of people who may be one and people who may be several."""

from __future__ import annotations

import math
from dataclasses import dataclass

from facecluster.output.page.text import in_percent, plural
from facecluster.output.page.tiles import Tile, Tiles
from facecluster.report.records import ProbablyMixed, ProbablySame, Report

PAIRS_SHOWN = 30
MIXED_SHOWN = 20
FACES_EACH = 12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Someone:
    """A person as a link. picture: the address of the best face, None without one. faces: how
    many, in words. href: the person's section of the page, None where there is none."""

    label: str
    picture: str | None
    faces: str
    href: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PairView:
    """Two people who may be one. chance: that they are, in words. shared: how many photos show
    both, in words; None where none does."""

    people: list[Someone]
    chance: str
    shared: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MixedView:
    """A person who may be several. chance: of that, in words. more: faces that are not shown."""

    person: Someone
    chance: str
    tiles: list[Tile]
    more: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LookView:
    """Both lists, and how many entries of each are not shown. count: entries of both together."""

    count: int
    pair_count: int
    pairs: list[PairView]
    pairs_more: int
    mixed_count: int
    mixed: list[MixedView]
    mixed_more: int


def look_view(report: Report, tiles: Tiles, sections: int) -> LookView:
    """Both lists, most urgent first. The first `sections` people have a section to link to."""
    pairs, mixed = report.probably_same, report.probably_mixed
    linked = frozenset(person.id for person in report.people[:sections])
    return LookView(
        count=len(pairs) + len(mixed),
        pair_count=len(pairs),
        pairs=[_pair(entry, tiles, linked) for entry in pairs[:PAIRS_SHOWN]],
        pairs_more=max(0, len(pairs) - PAIRS_SHOWN),
        mixed_count=len(mixed),
        mixed=[_mixed(entry, tiles, linked) for entry in mixed[:MIXED_SHOWN]],
        mixed_more=max(0, len(mixed) - MIXED_SHOWN),
    )


def _pair(entry: ProbablySame, tiles: Tiles, linked: frozenset[int]) -> PairView:
    people = [_someone(person, tiles, linked) for person in entry.people]
    shared = plural(entry.shared_photos, "photo") if entry.shared_photos else None
    return PairView(people, in_percent(entry.confidence), shared)


def _mixed(entry: ProbablyMixed, tiles: Tiles, linked: frozenset[int]) -> MixedView:
    """Shown with the faces that the grouping is least sure of, where a stranger would be."""
    faces = sorted(tiles.people[entry.person].faces, key=lambda i: (_sure(tiles, i), i))
    return MixedView(
        person=_someone(entry.person, tiles, linked),
        chance=in_percent(1 - entry.confidence),
        tiles=[tiles.tile(face) for face in faces[:FACES_EACH]],
        more=max(0, len(faces) - FACES_EACH),
    )


def _sure(tiles: Tiles, face_id: int) -> float:
    chance = tiles.faces[face_id].confidence
    return math.inf if chance is None else chance


def _someone(number: int, tiles: Tiles, linked: frozenset[int]) -> Someone:
    person = tiles.people[number]
    return Someone(
        label=tiles.labels[number],
        picture=tiles.picture(person.best_face),
        faces=plural(person.face_count, "face"),
        href=f"#person-{number}" if number in linked else None,
    )
