"""Work on many faces in blocks, so that memory stays bounded and every core has its share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from facecluster.records import Floats

BLOCK = 1024  # rows of a block: 1024 x 100,000 distances are 400 MB

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
    cores = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))(0)
    with ThreadPoolExecutor(len(cores)) as pool:
        return list(pool.map(work, items))
