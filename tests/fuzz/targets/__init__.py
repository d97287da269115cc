"""All fuzz targets by name."""

from __future__ import annotations

from tests.fuzz.target import Target


def targets() -> dict[str, Target]:
    """Those that `python -m tests.fuzz` knows."""
    from tests.fuzz.targets import names, pictures, sets, states, texts

    every = (*pictures.TARGETS, *texts.TARGETS, *names.TARGETS, *sets.TARGETS, *states.TARGETS)
    return {target.name: target for target in every}
