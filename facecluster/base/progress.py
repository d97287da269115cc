"""How far a long piece of work has come, told to whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable

# Hears the name of the stage, how much of it is done and how much there is in total.
Progress = Callable[[str, int, int], None]


def no_progress(stage: str, done: int, total: int) -> None:
    """Say nothing."""
