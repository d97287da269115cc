"""The records of people: who they are made of, how alike their faces are, and their folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from facecluster.config import OutputConfig
from facecluster.records import Grouping
from facecluster.report.doubts import person_chances
from facecluster.report.file_names import person_folders
from facecluster.report.records import Face, Person


def person_records(
    faces: Sequence[Face],
    grouping: Grouping,
    names: Sequence[str | None],
    config: OutputConfig,
    stands: Mapping[str, str],
) -> list[Person]:
    """The largest first. faces: all of the library. names: one per person, None without one.
    stands: path of a copy to that of the photo that stands for it."""
    members: list[list[Face]] = [[] for _ in range(grouping.people)]
    for face in faces:
        if face.person is not None:
            members[face.person - 1].append(face)
    columns = zip(members, names, person_folders(names), person_chances(grouping), strict=True)
    return [
        _person(
            number, own, name, None if config.link == "none" else f"people/{folder}", chance, stands
        )
        for number, (own, name, folder, chance) in enumerate(columns, start=1)
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
