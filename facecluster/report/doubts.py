"""What is worth a second look: people who may be one, and people who may be several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from facecluster.records import Grouping, Ints
from facecluster.report.records import Person, ProbablyMixed, ProbablySame
from facecluster.report.rows import rounded

DOUBTED = 0.5  # chance below which a face is more likely not of its person
MIXED = 0.8  # chance of being one person below which somebody is listed: one in five is mixed
LISTED = 100  # entries of a list: more than anybody will go through


def person_chances(grouping: Grouping) -> list[float | None]:
    """By person, the chance of being one person, rounded; None where it is not known."""
    if grouping.confidence is None:
        return [None] * grouping.people
    return [rounded(chance) for chance in grouping.confidence.people.tolist()]


def probably_same(
    grouping: Grouping, photo: Ints | None = None, ids: Sequence[int] | None = None
) -> list[ProbablySame]:
    """Pairs of people who may be one, the surest first, then by their ranks; LISTED at most.

    photo: int32 [N], the photo of each face; None where nobody counts those that show both. ids:
    the number of each person; None for ranks from 1.
    """
    sure = grouping.confidence
    if sure is None:
        return []
    entries = [
        ProbablySame((min(pair), max(pair)), chance)
        for pair, chance in zip(sure.pairs.tolist(), map(rounded, sure.same.tolist()), strict=True)
        if chance is not None
    ]
    listed = sorted(entries, key=lambda entry: (-entry.confidence, entry.people))[:LISTED]
    if photo is not None:
        wanted = {person for entry in listed for person in entry.people}
        seen = {person: np.unique(photo[grouping.labels == person]) for person in wanted}
        listed = [
            replace(entry, shared_photos=len(np.intersect1d(seen[first], seen[second])))
            for entry in listed
            for first, second in [entry.people]
        ]
    numbers = range(1, grouping.people + 1) if ids is None else ids
    return [replace(e, people=_ascending(*(numbers[p] for p in e.people))) for e in listed]


def _ascending(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def probably_mixed(people: Sequence[Person]) -> list[ProbablyMixed]:
    """Those of the people who may be several, the least sure first; LISTED at most."""
    entries = [
        ProbablyMixed(person.id, person.confidence)
        for person in people
        if person.confidence is not None and person.confidence < MIXED
    ]
    return sorted(entries, key=lambda entry: (entry.confidence, entry.person))[:LISTED]
