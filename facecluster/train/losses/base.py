"""What every loss gives back.

A loss is a module whose `forward` takes embeddings, float32 [N, D] with rows of length 1, and
labels, int64 [N], and gives an Outcome.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Outcome(NamedTuple):
    """What a batch cost.

    loss: scalar, always part of the graph; 0 with zero gradients when the batch has no valid tuple.
    active: share of the tuples that still ask for a change, which is a loss above 0 or, where the
    loss never quite reaches 0, a margin that is not kept; nan when there are none.
    tuples: how many there were: triplets, pairs, or pictures. triplets: int64 [T, 3], rows (anchor,
    positive, negative) of the batch, or None for losses that mine none.
    """

    loss: Tensor
    active: float
    tuples: int
    triplets: Tensor | None = None


def mean_of_active(losses: Tensor) -> Tensor:
    """Mean of those above 0; 0 when there are none, nan when one of them is nan.

    Averaged over all, the gradient would fade as tuples come right, and the rest learn ever slower.
    """
    return losses.sum() / (losses > 0).sum().clamp(min=1)


def share(flags: Tensor) -> float:
    """Share of True; nan for an empty tensor."""
    return float(flags.float().mean())
