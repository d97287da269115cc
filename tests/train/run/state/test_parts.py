"""What validation has said, and what a run draws from."""

from __future__ import annotations

from dataclasses import replace

import torch

from facecluster.train.run.state.judged import Judged
from facecluster.train.run.state.randomness import Randomness
from tests.support.no_training import BEST


def test_the_best_epoch_is_the_last_that_was_called_so() -> None:
    judged = Judged()
    assert judged.best is None
    for epoch, best in enumerate((True, False, True, False), 1):
        judged.add(replace(BEST, epoch=epoch, best=best))
    assert judged.best is not None
    assert (judged.best.epoch, len(judged.history)) == (3, 4)


def drawn(random: Randomness) -> list[float]:
    own = torch.rand(3, generator=random.generator)
    return [*own.tolist(), *torch.rand(3).tolist()]


def test_draws_go_on_as_they_would_have() -> None:
    first = Randomness(5, rank=0)
    drawn(first)
    kept = first.state()
    expected = drawn(first)
    torch.manual_seed(99)
    second = Randomness(8, rank=0)
    second.restore(kept)
    assert drawn(second) == expected


def test_ranks_and_seeds_draw_differently() -> None:
    streams = [Randomness(*place).generator.initial_seed() for place in ((0, 0), (0, 1), (7, 0))]
    assert len(set(streams)) == 3
