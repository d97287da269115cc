"""How often strangers are as near as this: from a model's table to any distance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

FarTable = tuple[tuple[float, float], ...]
Bound = Literal["about", "fewer", "more"]


@dataclass(frozen=True, slots=True)
class FalseAccepts:
    """The share of pairs of different people at most a distance apart.

    rate: in 0..1. bound: `about` inside the table; `fewer` or `more` than the rate outside of it.
    """

    rate: float
    bound: Bound


def false_accepts(table: FarTable, distance: float) -> FalseAccepts | None:
    """The false-accept rate that belongs to a distance; None when the table is empty.

    table: pairs of rate and distance, both descending (embed/spec.py). Between two entries
    the logarithm of the rate is taken as linear in the distance, which the tail of a bell curve
    nearly is. Where entries share a distance, the largest rate counts.
    """
    if not table:
        return None
    known: dict[float, float] = {}
    for rate, edge in table:
        known[edge] = max(rate, known.get(edge, 0.0))
    edges = sorted(known)
    if distance < edges[0]:
        return FalseAccepts(known[edges[0]], "fewer")
    if distance > edges[-1]:
        return FalseAccepts(known[edges[-1]], "more")
    logs = np.log10([known[edge] for edge in edges])
    return FalseAccepts(float(10 ** np.interp(distance, edges, logs)), "about")


def in_words(found: FalseAccepts | None, things: str = "people") -> str:
    """A sentence, such as `About 1 in 12,000 pairs of different people is this near.`

    things: what the model tells apart.
    """
    if found is None:
        return f"The model does not say how often different {things} are this near."
    share = f"1 in {_two_digits(1 / found.rate)}"
    return {
        "about": f"About {share} pairs of different {things} is this near.",
        "fewer": f"Fewer than {share} pairs of different {things} are this near.",
        "more": f"More than {share} pairs of different {things} are this near.",
    }[found.bound]


def _two_digits(number: float) -> str:
    """12345.6 as `12,000`, and 4.56 as `4.6`."""
    if number < 10:
        return f"{number:.1f}".removesuffix(".0")
    step = 10 ** (math.floor(math.log10(number)) - 1)
    return f"{round(number / step) * step:,}"
