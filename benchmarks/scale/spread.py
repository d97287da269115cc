"""How far real and made-up faces lie apart, within people and between them to the far tail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.scale.crowds import Library
from benchmarks.scale.synthetic import Bank, Real, donor_rows, draw_centres, draw_faces
from facecluster.cluster.tuning import DEFAULT
from facecluster.evaluate.calibration.calibrate import BINS, stranger_counts
from facecluster.records import Floats

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
OF_PEOPLE = (0.05, 0.5, 0.95)
MOST = 20_000  # faces whose pairs are counted
SHOWN = 120  # bins of the pictures ...
FARTHEST = 0.3  # ... up to this distance; hardly any pair lies beyond
Row = dict[str, Any]


def within(people: Sequence[Floats]) -> Row:
    """Distances of the pairs of one person. people: embeddings float32 [n, D] of each, n >= 2.

    quantiles: of all pairs. means: of the mean distance of each person. nearest: of the distance of
    each face to the nearest of its person. density: of all pairs, SHOWN bins up to FARTHEST.
    """
    pairs, nearest = [], []
    for rows in people:
        apart = 1 - rows @ rows.T
        pairs.append(apart[np.triu_indices(len(rows), 1)])
        np.fill_diagonal(apart, np.inf)
        nearest.append(apart.min(axis=1))
    together = np.concatenate(pairs)
    return {
        "people": len(people),
        "faces": sum(map(len, people)),
        "pairs": len(together),
        "quantiles": np.quantile(together, QUANTILES).tolist(),
        "means": np.quantile([part.mean() for part in pairs], OF_PEOPLE).tolist(),
        "nearest": np.quantile(np.concatenate(nearest), OF_PEOPLE).tolist(),
        "density": np.histogram(together, SHOWN, (0, FARTHEST), density=True)[0].tolist(),
    }


def between(
    embeddings: Floats, people: NDArray[np.int64], table: Sequence[tuple[float, float]], seed: int
) -> Row:
    """Distances of pairs of different people, of at most MOST faces by chance.

    tail: the share of them within each distance of `table`. below: the share within each of SHOWN
    distances up to FARTHEST.
    """
    chosen = np.random.default_rng(seed).permutation(len(embeddings))[:MOST]
    counts = stranger_counts(embeddings[chosen], people[chosen])
    share = np.concatenate([[0], np.cumsum(counts)]) / max(int(counts.sum()), 1)
    shown = np.linspace(0, FARTHEST, SHOWN + 1)
    found = [share[np.round(np.array(d) * BINS / 2).astype(int)] for d in ([*_edges(table)], shown)]
    return {"pairs": int(counts.sum()), "tail": found[0].tolist(), "below": found[1].tolist()}


def _edges(table: Sequence[tuple[float, float]]) -> list[float]:
    return [distance for _, distance in table]


def several(real: Real) -> list[Floats]:
    """The good faces of each person with two or more."""
    good = np.nonzero((real.people >= 0) & (real.quality >= DEFAULT.gate.trusted))[0]
    order = good[np.argsort(real.people[good], kind="stable")]
    parts = np.split(order, np.nonzero(np.diff(real.people[order]))[0] + 1)
    return [real.embeddings[rows] for rows in parts if len(rows) > 1]


def twins(bank: Bank, place: int, seed: int) -> list[Floats]:
    """A made-up person for each donor of a set, with as many faces. place: of the set."""
    random = np.random.default_rng(seed)
    donors = np.nonzero(bank.origin == place)[0]
    sizes = np.diff(bank.starts)[donors]
    centres = np.repeat(draw_centres(bank, len(donors), random), sizes, axis=0)
    faces, _ = draw_faces(bank, centres, np.repeat(donors, sizes), random)
    return np.split(faces, np.cumsum(sizes)[:-1])


def compare(
    sets: Sequence[Real],
    bank: Bank,
    made: Library,
    table: Sequence[tuple[float, float]],
    seed: int = 0,
) -> Row:
    """Real sets beside what was drawn: `within` and `between` by name, and the table itself."""
    inside: dict[str, Row] = {}
    outside: dict[str, Row] = {}
    for place, real in enumerate(sets):
        donors = [real.embeddings[rows] for rows in donor_rows(real)]
        inside[f"{real.name}, all with several"] = within(several(real))
        inside[f"{real.name}, donors"] = within(donors)
        inside[f"{real.name}, made up"] = within(twins(bank, place, seed))
        good = (real.people >= 0) & (real.quality >= DEFAULT.gate.trusted)
        outside[real.name] = between(real.embeddings[good], real.people[good], table, seed)
        outside[f"{real.name}, poor"] = _poor(real, table, seed)
    good = made.quality >= DEFAULT.gate.trusted
    people = made.people.astype(np.int64)
    outside["made up"] = between(made.faces.embeddings[good], people[good], table, seed)
    poor = made.poor
    outside["made up, poor"] = between(made.faces.embeddings[poor], people[poor], table, seed)
    shares = {"made up": float(good.mean())} | {
        real.name: float((real.quality >= DEFAULT.gate.trusted).mean()) for real in sets
    }
    kept = {name: row for name, row in outside.items() if row["pairs"]}
    return {"within": inside, "between": kept, "table": list(table), "good": shares}


def _poor(real: Real, table: Sequence[tuple[float, float]], seed: int) -> Row:
    """Poor faces of the background; who they are is not known, so all count as strangers."""
    rows = np.nonzero((real.people < 0) & (real.quality < DEFAULT.gate.trusted))[0]
    return between(real.embeddings[rows], rows, table, seed)
