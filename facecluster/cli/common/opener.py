"""What opens the models for a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click

from facecluster.base.memory import address_limit, too_few

if TYPE_CHECKING:
    from facecluster.config import ReadConfig
    from facecluster.reading import Reader

# Bytes that the libraries, the models and one photo take at least (benchmarks/limits): with fewer
# some of them end the process instead of raising an error.
ADDRESSES: Final = 590_000_000


def reader_opener() -> Callable[[ReadConfig], Reader]:
    """`Reader`, unless whoever called the command gave another opener as the context's object.

    So a program that runs many commands, as the tests do, opens each model once. Raises
    FaceclusterError where `ulimit -v` leaves too few addresses to load what it takes.
    """
    limit = address_limit()
    if limit is not None and limit < ADDRESSES:
        raise too_few(limit, ADDRESSES)
    from facecluster.reading import Reader

    opener: Callable[[ReadConfig], Reader] | None = click.get_current_context().obj
    return opener or Reader
