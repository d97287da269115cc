"""Which distance belongs to which false-accept rate, counted over all pairs of different people.

What makes a threshold transferable: "one in 10,000 pairs of strangers is closer than this".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facecluster.distances import distances
from facecluster.records import Floats

RATES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
BINS = 1 << 18  # distances 0..2 are told apart to 8e-6; larger ones are put into the last bin
_ROWS = 512  # rows of one block: 512 x 20,000 distances are 40 MB


def stranger_counts(embeddings: Floats, people: NDArray[np.int64]) -> NDArray[np.int64]:
    """Histogram of the distances of all pairs of different people: int64 [BINS] over 0..2.

    embeddings: float32 [N, D] (distances.py). people: int [N]. Time N², memory a block of rows.
    """
    counts = np.zeros(BINS, np.int64)
    for start in range(0, len(embeddings), _ROWS):
        rows = slice(start, start + _ROWS)
        apart = distances(embeddings[rows], embeddings[start:])
        # Each pair once: only columns after the row, and of somebody else.
        own = np.arange(len(apart))[:, None]
        others = np.arange(apart.shape[1])[None, :] > own
        others &= people[rows, None] != people[None, start:]
        bins = np.clip(apart[others] * (BINS / 2), 0, BINS - 1).astype(np.int64)
        counts += np.bincount(bins, minlength=BINS)
    return counts


def far_table(
    embeddings: Floats, people: NDArray[np.int64], rates: Sequence[float] = RATES
) -> tuple[tuple[float, float], ...]:
    """Pairs (false-accept rate, distance), rates descending.

    The distance is the largest bin edge at or below which no more than that share of the pairs of
    different people falls. Rates that would rest on fewer than ten pairs are left out. Raises
    ValueError when all embeddings belong to one person.
    """
    counts = stranger_counts(embeddings, people)
    pairs = int(counts.sum())
    if not pairs:
        raise ValueError("calibration needs embeddings of at least two people")
    below = np.concatenate([[0], np.cumsum(counts)])  # pairs below edge i
    table = []
    for rate in sorted(set(rates), reverse=True):
        if rate * pairs >= 10:
            edge = int(np.searchsorted(below, rate * pairs, side="right")) - 1
            table.append((float(rate), min(edge, BINS) * 2.0 / BINS))
    return tuple(table)
