"""Names for groups, from a folder of known people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from facecluster import distances as far
from facecluster.evaluate.people.identify import candidates
from facecluster.evaluate.people.known_people import Known
from facecluster.records import FaceTable, Grouping


@dataclass(frozen=True, slots=True)
class Vote:
    """When the faces of a group agree on a name; all set by hand.

    faces: of a group that are asked, the best ones. neighbours: known pictures that vote for each.
    share: of the asked faces that must say the same name.
    """

    faces: int = 25
    neighbours: int = 5
    share: float = 0.5


VOTE: Final = Vote()


def known_names(
    faces: FaceTable, grouping: Grouping, known: Known, distance: float, vote: Vote = VOTE
) -> dict[int, str]:
    """Group to name, for the groups of which most faces resemble the same known person.

    distance: cosine, within which they do. Where two groups have one name, only the one with more
    faces that say so gets it.
    """
    found: list[tuple[int, int, str]] = []
    for label in range(grouping.people):
        rows = np.nonzero(grouping.labels == label)[0]
        asked = rows[np.argsort(-grouping.quality[rows], kind="stable")[: vote.faces]]
        votes: Counter[str] = Counter()
        for row in far.distances(faces.embeddings[asked], known.embeddings):
            said = candidates(row, known.person, vote.neighbours, distance)
            if said:
                votes[known.names[said[0].person]] += 1
        for name, count in votes.most_common(1):
            if count >= vote.share * len(asked):
                found.append((-count, label, name))
    names: dict[int, str] = {}
    for _, label, name in sorted(found):
        if name not in names.values():
            names[label] = name
    return names
