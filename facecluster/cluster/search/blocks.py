"""Work on many faces in blocks, so that memory stays bounded and every core has its share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from facecluster.base.machine import cores

BLOCK = 1024  # rows of a block where nobody asks for another size

Item = TypeVar("Item")
Result = TypeVar("Result")


def blocks(count: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices that cover `count` rows."""
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def spread(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """`work` of each item, in their order, on every core this process may use.

    Numerical libraries must run on one thread meanwhile; then only the items decide the result.
    """
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(work, items))
