"""Which regions of a list stay, go, or are ours to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from facecluster.identity import Box, overlap
from facecluster.metadata.written.records import NamedBox

Said = tuple[str | None, Box | None]  # name and area of a region; without area it is none of ours


@dataclass(frozen=True, slots=True)
class RegionRules:
    """Overlaps as intersection over union. same: from which two areas are one face, as rules for
    faces have it. ours: from which an area is the one that we wrote, whatever digits another
    program left of it.
    """

    same: float = 0.5
    ours: float = 0.98


RULES: Final = RegionRules()


@dataclass(frozen=True, slots=True)
class Plan:
    """replaced: what takes the place of which region, by its place in the list. removed: places.
    new: what is added."""

    replaced: dict[int, NamedBox]
    removed: frozenset[int]
    new: tuple[NamedBox, ...]


def plan(there: Sequence[Said], faces: Sequence[NamedBox], ours: Sequence[NamedBox]) -> Plan:
    """How a list comes to name `faces`.

    A region of another program that names the same person at the same place stays as it is; one
    that overlaps a face and names somebody else or nobody is replaced. What is among `ours` and
    fits no face any more is removed. Regions elsewhere stay.
    """
    written = [_is_among(said, ours) for said in there]
    overlaps = _overlaps([box for _, box in there], [face.box for face in faces])
    matched = _matched(there, faces, overlaps)
    replaced = {
        row: faces[face]
        for row, face in matched.items()
        if there[row][0] != faces[face].name
        or (written[row] and not _is_among(there[row], [faces[face]]))
    }
    removed = frozenset(
        row
        for row, (name, _) in enumerate(there)
        if row not in matched and (written[row] or _contradicts(name, overlaps[row], faces))
    )
    found = set(matched.values())
    return Plan(replaced, removed, tuple(f for i, f in enumerate(faces) if i not in found))


def _matched(
    there: Sequence[Said],
    faces: Sequence[NamedBox],
    overlaps: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> dict[int, int]:
    """The region of each face: those of its name first, then the larger overlap."""
    pairs = [
        (there[row][0] != faces[face].name, -overlaps[row, face], row, face)
        for row, face in np.argwhere(overlaps >= RULES.same).tolist()
    ]
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, row, face in sorted(pairs):
        if row not in matched and face not in taken:
            matched[row] = face
            taken.add(face)
    return matched


def _contradicts(
    name: str | None,
    overlaps: np.ndarray[tuple[int], np.dtype[np.float64]],
    faces: Sequence[NamedBox],
) -> bool:
    """Whether a region names a face otherwise."""
    near = [faces[i].name for i in np.nonzero(overlaps >= RULES.same)[0].tolist()]
    return bool(near) and name not in near


def _is_among(said: Said, faces: Sequence[NamedBox]) -> bool:
    name, box = said
    mine = [face.box for face in faces if face.name == name]
    return bool(mine) and box is not None and bool((_overlaps([box], mine) >= RULES.ours).any())


def _overlaps(
    boxes: Sequence[Box | None], others: Sequence[Box]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """[N, M]; a region without area overlaps nothing."""
    nothing = (0.0, 0.0, 0.0, 0.0)
    one = np.array([box or nothing for box in boxes], np.float64).reshape(-1, 1, 4)
    return overlap(one, np.array(others, np.float64).reshape(1, -1, 4))
