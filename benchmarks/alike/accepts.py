"""How often two strangers of a kind are within a distance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.alike.kinds import KINDS, REFERENCE
from facecluster.distances import distances, units
from facecluster.records import Floats

RATE = 1e-3  # of the pairs of REFERENCE that lie within the distance at which kinds are compared
# Some public figures are there twice. A pair is taken for one person where the plain cosine
# distance is below this share of that within which RATE of the pairs of REFERENCE lie.
TWICE = 0.3
DRAWS = 300  # of the pictures, with replacement, for an interval
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rate:
    """within: share of the pairs of a kind that are within the distance, low and high its interval
    (95 %, pictures drawn anew). count: how many pairs these are. against: share of the pairs of a
    face of the kind and any other face."""

    within: float
    low: float
    high: float
    count: int
    against: float


class Nearness:
    """The distances of all faces of strangers, float32 [N, N].

    embeddings: float32 [N, D]. kinds: str [N]. counted: bool [N, N], which pairs are strangers;
    the others are taken for one person, or are one face.
    """

    def __init__(self, embeddings: Floats, kinds: NDArray[np.str_]) -> None:
        self.kinds = kinds
        self.distances = distances(embeddings, embeddings)
        self.counted = ~np.eye(len(kinds), dtype=bool)
        plain = units(embeddings)
        apart = distances(plain, plain)
        self.counted &= apart >= TWICE * self._limit(apart)

    @property
    def there(self) -> list[str]:
        """Kinds of which there is a pair, in the order of KINDS."""
        return [kind for kind in KINDS if (self.kinds == kind).sum() > 1]

    @property
    def compared(self) -> str:
        """Whose pairs say at which distance kinds are compared: REFERENCE, or all without them."""
        return REFERENCE if (self.kinds == REFERENCE).sum() > 1 else "all"

    def pairs(self, kind: str) -> int:
        return int(self._block(self.counted, kind).sum()) // 2

    def twice(self, kind: str) -> int:
        """Pairs of a kind that are taken for one person."""
        faces = int((self.kinds == kind).sum())
        return faces * (faces - 1) // 2 - self.pairs(kind)

    def limit(self) -> float:
        """The distance within which RATE of the pairs of REFERENCE lie; of all pairs where there
        is none of them, nan without any."""
        return self._limit(self.distances)

    def rates(self, distance: float, seed: int) -> Iterator[tuple[str, Rate]]:
        near = (self.distances <= distance) & self.counted
        random = np.random.default_rng(seed)
        for kind in self.there:
            block, asked = self._block(near, kind), self._block(self.counted, kind)
            low, high = interval(block, asked, random)
            mine = self.kinds == kind
            yield (
                kind,
                Rate(
                    within=float(block.sum() / max(asked.sum(), 1)),
                    low=low,
                    high=high,
                    count=int(block.sum()) // 2,
                    against=float(near[mine].sum() / max(self.counted[mine].sum(), 1)),
                ),
            )

    def _block(self, pairs: Flags, kind: str) -> Flags:
        rows = np.nonzero(self.kinds == kind)[0]
        return pairs[np.ix_(rows, rows)]

    def _limit(self, apart: Floats) -> float:
        everybody = self.compared != REFERENCE
        rows = np.nonzero((self.kinds == REFERENCE) | everybody)[0]
        block, asked = apart[np.ix_(rows, rows)], self.counted[np.ix_(rows, rows)]
        found = block[np.triu(asked)]  # each pair once
        return float(np.quantile(found, RATE)) if len(found) else float("nan")


def interval(near: Flags, asked: Flags, random: np.random.Generator) -> tuple[float, float]:
    """Between which shares of `near` among `asked` 95 % of the draws of pictures lie. Pairs with a
    face in common are not independent, so faces are drawn, not pairs."""
    n = len(near)
    weights = random.multinomial(n, np.full(n, 1 / n), DRAWS).astype(np.float32)
    hits, all_ = (((weights @ part.astype(np.float32)) * weights).sum(1) for part in (near, asked))
    low, high = np.quantile(hits / np.maximum(all_, 1), (0.025, 0.975))
    return float(low), float(high)


def times(rates: dict[str, Rate], pairs: dict[str, int]) -> tuple[str, str, float]:
    """The worst kind, the best one, and how many times the false accepts of the best it has. A
    kind without any counts as one with half a pair."""
    least = {kind: max(rate.within, 0.5 / max(pairs[kind], 1)) for kind, rate in rates.items()}
    worst, best = max(least, key=least.__getitem__), min(least, key=least.__getitem__)
    return worst, best, least[worst] / least[best]
