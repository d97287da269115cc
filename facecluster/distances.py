"""How far two faces are apart, by models that say how crowded a face's surroundings are and others.

The length of a row is the scale w of a face: d'(a, b) = w_a w_b (1 - cos(a, b)) = |x||y| - x·y. A
face that many strangers resemble has a large scale, so that the same distance is as rare among its
like as among all others. Rows of models that do not tell have the length 1: their distance is the
cosine distance. The idea is the adaptive score normalisation of speaker verification (Matějka et
al., "Analysis of score normalization in multilingual speaker recognition", Interspeech 2017).
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from facecluster.records import Floats

Real = TypeVar("Real", np.float32, np.float64)

NEAR_ONE = 1e-3  # lengths that differ from 1 by no more are rounding; they count as 1
SNAPPED = 1.5 * NEAR_ONE  # a scale so near to 1 is made 1, so that no length lies on the edge
NOTHING = 1e-6  # a row as short as this says nothing of a face; it is as far from all as 1 makes it


def lengths(rows: NDArray[Real]) -> NDArray[Real]:
    """The scale of each face: [N] of the rows' own dtype. rows: float [N, D]."""
    found: NDArray[Real] = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    found[(np.abs(found - 1) <= NEAR_ONE) | (found < NOTHING)] = 1
    return found


def scaled(units: Floats, scale: Floats) -> Floats:
    """float32 [N, D], `units` float32 [N, D] of length 1 made as long as `scale` float32 [N]."""
    snapped = np.where(np.abs(scale - 1) <= SNAPPED, np.float32(1), scale)
    return np.asarray(units * snapped[:, None], np.float32)


def units(rows: Floats) -> Floats:
    """The rows without their scale, float32 [N, D]; `rows` itself where every scale is 1."""
    found = lengths(rows)
    if (found == 1).all():
        return rows
    return np.asarray(rows / found[:, None], np.float32)


def paired_distances(first: Floats, second: Floats) -> NDArray[np.float64]:
    """Distances of row pairs: float32 [P, D] twice, gives float64 [P]."""
    one, other = first.astype(np.float64), second.astype(np.float64)
    found: NDArray[np.float64] = lengths(one) * lengths(other) - (one * other).sum(axis=1)
    return found


def distances(a: NDArray[Real], b: NDArray[Real]) -> NDArray[Real]:
    """Distances of all rows to all others, at least 0 and at most those of opposite directions.

    a: float [N, D], b: float [M, D]. Gives [N, M] of their dtype, in 0..2 where no row has a scale.
    """
    mine, theirs = lengths(a), lengths(b)
    if (mine == 1).all() and (theirs == 1).all():
        found: NDArray[Real] = np.clip(1.0 - a @ b.T, 0.0, 2.0)
        return found
    products = np.outer(mine, theirs)
    found = np.clip(products - a @ b.T, 0.0, 2 * products)
    return found
