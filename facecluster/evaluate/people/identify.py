"""Who is it? The nearest known pictures vote; who is near nobody stays unknown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster import distances as far
from facecluster.cluster.tuning import DEFAULT
from facecluster.evaluate.people.known_people import Known
from facecluster.evaluate.people.picture_faces import Faces
from facecluster.records import Floats

LEAST_DISTANCE = 1e-6  # those below weigh as much as this one
POOR_REACH = 0.9  # of the threshold, for a face that cannot be trusted


@dataclass(frozen=True, slots=True)
class Answer:
    """Who one face is. person: row in Known.names, None for an unknown one.

    distance: to the person's nearest picture, or of anybody's for an unknown face.
    votes: how many of the k nearest pictures said so. nearest: the person of the nearest picture.
    """

    person: int | None
    distance: float
    votes: int
    nearest: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person that a face may be. weight: sum of 1/distance of the votes."""

    person: int
    weight: float
    distance: float
    votes: int


def candidates(
    distances: Floats, person: NDArray[np.int64], k: int, threshold: float
) -> list[Candidate]:
    """The people among the k nearest pictures within the threshold, the likeliest first.

    distances: float32 [G] to each known picture. person: int64 [G]. Votes weigh 1/distance
    (Dudani, "The distance-weighted k-nearest-neighbor rule", IEEE Trans. SMC 6(4), 1976); of two
    people with the same weight the one with the nearest picture comes first.
    """
    near = np.argsort(distances, kind="stable")[:k]
    near = near[distances[near].astype(np.float64) <= threshold]
    found = []
    for who in np.unique(person[near]).tolist():
        own = distances[near[person[near] == who]].astype(np.float64)
        weight = float((1 / np.maximum(own, LEAST_DISTANCE)).sum())
        found.append(Candidate(who, weight, float(own.min()), len(own)))
    return sorted(found, key=lambda c: (-c.weight, c.distance, c.person))


def identify(
    faces: Faces, known: Known, k: int, threshold: float, allow_twice: bool = False
) -> list[Answer]:
    """An answer for each face of one photo.

    A face that cannot be trusted must be nearer (POOR_REACH of the threshold).
    Unless `allow_twice`, nobody is in a photo twice: the face nearest to a person's pictures has
    the name, and others get their next candidate or stay unknown.
    """
    distances = far.distances(faces.embeddings, known.embeddings)
    reach = np.where(faces.quality >= DEFAULT.gate.trusted, threshold, POOR_REACH * threshold)
    wishes = [
        candidates(row, known.person, k, float(limit))
        for row, limit in zip(distances, reach, strict=True)
    ]
    if allow_twice:
        chosen = [options[0] if options else None for options in wishes]
    else:
        chosen = _each_once(wishes)
    answers = []
    for row, given in zip(distances, chosen, strict=True):
        nearest = int(np.argmin(row))
        who = int(known.person[nearest])
        if given is None:
            answers.append(Answer(None, float(row[nearest]), 0, who))
        else:
            answers.append(Answer(given.person, given.distance, given.votes, who))
    return answers


def _each_once(wishes: list[list[Candidate]]) -> list[Candidate | None]:
    """Faces ask for their candidates in order, and a person keeps the nearest face that asked.

    Gale and Shapley, "College admissions and the stability of marriage", The American Mathematical
    Monthly 69(1), 1962: the outcome does not depend on whose turn it is.
    """
    holder: dict[int, tuple[float, int]] = {}  # person to distance and face
    chosen: list[Candidate | None] = [None] * len(wishes)
    asked = [0] * len(wishes)
    waiting = list(range(len(wishes)))
    while waiting:
        face = waiting.pop()
        if asked[face] == len(wishes[face]):
            continue
        wish = wishes[face][asked[face]]
        asked[face] += 1
        mine = (wish.distance, face)
        if wish.person in holder and holder[wish.person] < mine:
            waiting.append(face)
            continue
        if wish.person in holder:
            loser = holder[wish.person][1]
            chosen[loser] = None
            waiting.append(loser)
        holder[wish.person] = mine
        chosen[face] = wish
    return chosen
