"""The records of people: who they are made of, how alike their faces are, and their folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from facecluster.config import OutputConfig
from facecluster.records import Grouping
from facecluster.report.doubts import person_chances
from facecluster.report.file_names import person_folders
from facecluster.report.records import Changes, Face, Person


@dataclass(frozen=True, slots=True)
class Identities:
    """Who the people of a grouping are, in its order.

    ids: their lasting numbers. names: None without one. hidden: those who get no folder. changes:
    since the run before, None where there was none.
    """

    ids: tuple[int, ...]
    names: tuple[str | None, ...]
    hidden: frozenset[int] = frozenset()
    changes: Changes | None = None

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.names) or len(set(self.ids)) != len(self.ids):
            raise ValueError("ids: expected a number of its own for each name")

    @classmethod
    def by_rank(cls, people: int, names: Sequence[str | None] = ()) -> Identities:
        """Numbers from 1. names: of the first ones."""
        named = [*names, *[None] * people][:people]
        return cls(tuple(range(1, people + 1)), tuple(named))


def person_records(
    faces: Sequence[Face],
    grouping: Grouping,
    who: Identities,
    config: OutputConfig,
    stands: Mapping[str, str],
) -> list[Person]:
    """The largest first. faces: all of the library. stands: path of a copy to that of the photo
    that stands for it."""
    members: dict[int, list[Face]] = {number: [] for number in who.ids}
    for face in faces:
        if face.person is not None:
            members[face.person].append(face)
    folders = _folders(who, config)
    columns = zip(members.items(), who.names, folders, person_chances(grouping), strict=True)
    return [
        _person(number, own, name, folder, chance, stands)
        for (number, own), name, folder, chance in columns
    ]


def _folders(who: Identities, config: OutputConfig) -> list[str | None]:
    """Where each person's photos go; None where no folder is wanted."""
    names = person_folders(list(zip(who.ids, who.names, strict=True)))
    none = config.link == "none"
    return [
        None if none or number in who.hidden else f"people/{folder}"
        for number, folder in zip(who.ids, names, strict=True)
    ]


def _person(
    number: int,
    own: list[Face],
    name: str | None,
    folder: str | None,
    chance: float | None,
    stands: Mapping[str, str],
) -> Person:
    """Faces go from the most typical to the least; the best one is the clearest."""
    distances = [face.distance for face in own if face.distance is not None]
    own.sort(key=lambda f: (2.0 if f.distance is None else f.distance, f.id))
    best = max(own, key=lambda f: (f.quality, min(f.box[2:]), -f.id))
    return Person(
        id=number,
        name=name,
        folder=folder,
        photo_count=len({stands.get(face.photo, face.photo) for face in own}),
        face_count=len(own),
        best_face=best.id,
        spread=round(float(np.mean(distances)), 4) if distances else None,
        confidence=chance,
        faces=tuple(face.id for face in own),
    )
