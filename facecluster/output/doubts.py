"""What is worth a second look: people who may be one, and people who may be several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from facecluster.output.rows import rounded
from facecluster.records import Grouping

DOUBTED = 0.5  # chance below which a face is more likely not of its person
MIXED = 0.8  # chance of being one person below which somebody is listed: one in five is mixed
LISTED = 100  # entries of a list: more than anybody will go through
Entry = dict[str, Any]


def person_chances(grouping: Grouping) -> list[float | None]:
    """By person, the chance of being one person, rounded; None where it is not known."""
    if grouping.confidence is None:
        return [None] * grouping.people
    return [rounded(chance) for chance in grouping.confidence.people.tolist()]


def probably_same(grouping: Grouping) -> list[Entry]:
    """Pairs of people who may be one, the surest first, then by their numbers; LISTED at most."""
    sure = grouping.confidence
    if sure is None:
        return []
    entries: list[Entry] = [
        {"people": sorted((first + 1, second + 1)), "confidence": rounded(chance)}
        for (first, second), chance in zip(sure.pairs.tolist(), sure.same.tolist(), strict=True)
        if math.isfinite(chance)
    ]
    return sorted(entries, key=lambda e: (-e["confidence"], e["people"]))[:LISTED]


def probably_mixed(people: Sequence[Entry]) -> list[Entry]:
    """Of the report's people those who may be several, the least sure first; LISTED at most."""
    entries = [
        {"person": person["id"], "confidence": person["confidence"]}
        for person in people
        if person["confidence"] is not None and person["confidence"] < MIXED
    ]
    return sorted(entries, key=lambda e: (e["confidence"], e["person"]))[:LISTED]
