"""Work on many faces in blocks, so that memory stays bounded and every core has its share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from facecluster.base.machine import cores
from facecluster.records import Floats

BLOCK = 1024  # rows of a block where nobody asks for another size

Item = TypeVar("Item")
Result = TypeVar("Result")


def cosine_distances(a: Floats, b: Floats) -> Floats:
    """1 - cosine of unit rows. a: float32 [N, D], b: [M, D]. Gives float32 [N, M] in 0..2."""
    distances: Floats = np.clip(1.0 - a @ b.T, 0.0, 2.0)
    return distances


def blocks(count: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices that cover `count` rows."""
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def spread(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """`work` of each item, in their order, on every core this process may use.

    Numerical libraries must run on one thread meanwhile; then only the items decide the result.
    """
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(work, items))
