"""What opens the models for a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from facecluster.config import ReadConfig
    from facecluster.reading import Reader


def reader_opener() -> Callable[[ReadConfig], Reader]:
    """`Reader`, unless whoever called the command gave another opener as the context's object.

    So a program that runs many commands, as the tests do, opens each model once.
    """
    from facecluster.reading import Reader

    opener: Callable[[ReadConfig], Reader] | None = click.get_current_context().obj
    return opener or Reader
