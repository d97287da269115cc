"""Which triplets of a batch to learn from.

Every miner looks only at distances and labels, without gradients, and gives int64 [T, 3]: rows
(anchor, positive, negative) of the batch, T 0 when no anchor has both a positive and a negative.
There is no loop over pictures; what it costs besides the result is stated for a batch of N
pictures with M ordered same pairs, which is N (K - 1) in a batch of K pictures per class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from facecluster.errors import SettingsError
from facecluster.train.distances import pair_masks


@dataclass(frozen=True, slots=True)
class DrawLimits:
    """Euclidean distances of the negatives that `distance-weighted` draws.

    cutoff: below, none is weighted any higher (0.5 in the paper). furthest: beyond, a negative has
    no loss under the margins in use, and is never drawn.
    """

    cutoff: float = 0.5
    furthest: float = 1.4


DRAW_LIMITS = DrawLimits()


def mine(
    name: str,
    distances: Tensor,
    labels: Tensor,
    *,
    dimension: int,
    generator: torch.Generator,
    limits: DrawLimits = DRAW_LIMITS,
) -> Tensor:
    """The triplets that the miner `name` chooses.

    distances: float32 [N, N], cosine. labels: int64 [N]. dimension: of the embeddings,
    generator and limits: for `distance-weighted`; the generator may live on another device. Raises
    SettingsError for an unknown name.
    """
    if name == "distance-weighted":
        return _distance_weighted(distances, labels, dimension, generator, limits)
    if name not in MINERS:
        raise SettingsError(f"mining {name!r}: known are {', '.join(MINERS)}, distance-weighted")
    return MINERS[name](distances, labels)


def _all(distances: Tensor, labels: Tensor) -> Tensor:
    """Every triplet there is: T = M (N - K). Memory M N bytes."""
    same, different = pair_masks(labels)
    anchors, positives = same.nonzero().unbind(1)
    pairs, negatives = different[anchors].nonzero().unbind(1)
    return torch.stack([anchors[pairs], positives[pairs], negatives], dim=1)


def _hard(distances: Tensor, labels: Tensor) -> Tensor:
    """For each anchor its furthest positive and its nearest negative: T at most N.

    "Batch hard" of Hermans, Beyer, Leibe 2017, arXiv:1703.07737. Memory 2 N^2 floats.
    """
    same, different = pair_masks(labels)
    anchors = (same.any(dim=1) & different.any(dim=1)).nonzero().squeeze(1)
    positives = distances.masked_fill(~same, -torch.inf).argmax(dim=1)
    negatives = distances.masked_fill(~different, torch.inf).argmin(dim=1)
    return torch.stack([anchors, positives[anchors], negatives[anchors]], dim=1)


def _semi_hard(distances: Tensor, labels: Tensor) -> Tensor:
    """For each same pair the nearest negative that is further than the positive: T = M.

    After Schroff, Kalenichenko, Philbin 2015 (FaceNet), arXiv:1503.03832: still inside the margin
    if any is, but not nearer than the positive, where single wrong labels would pull everything
    together. Where all negatives are nearer, the furthest of them. Sorting each row once and
    searching it for all positives costs N^2 log N, and memory of 4 N^2 numbers.
    """
    same, different = pair_masks(labels)
    anchors, positives = (same & different.any(dim=1, keepdim=True)).nonzero().unbind(1)
    ranked, order = distances.masked_fill(~different, torch.inf).sort(dim=1, stable=True)
    place = torch.searchsorted(ranked, distances.contiguous(), right=True)[anchors, positives]
    last = different.sum(dim=1)[anchors] - 1
    negatives = order[anchors, torch.minimum(place, last)]
    return torch.stack([anchors, positives, negatives], dim=1)


def _distance_weighted(
    distances: Tensor,
    labels: Tensor,
    dimension: int,
    generator: torch.Generator,
    limits: DrawLimits,
) -> Tensor:
    """For each same pair a negative drawn so that all distances come up equally often: T up to M.

    Wu, Manmatha, Smola, Krähenbühl, "Sampling matters in deep embedding learning", ICCV 2017,
    arXiv:1706.07567: the weight of a negative at Euclidean distance d is 1 / q(d), where q is the
    density of distances between random points of the sphere, with d cut off below.
    Anchors whose negatives are all beyond the furthest have no triplet. Memory M N floats.
    """
    same, different = pair_masks(labels)
    squared = (2 * distances).clamp(min=limits.cutoff**2)
    log_weights = (2 - dimension) / 2 * squared.log()
    log_weights -= (dimension - 3) / 2 * (1 - squared / 4).clamp(min=1e-6).log()
    drawable = different & (squared < limits.furthest**2)
    weights = log_weights.masked_fill(~drawable, -torch.inf).softmax(dim=1)
    anchors, positives = (same & drawable.any(dim=1, keepdim=True)).nonzero().unbind(1)
    steps = weights.cumsum(dim=1)[anchors]
    whole = steps[:, -1:]
    drawn = torch.rand(len(anchors), 1, generator=generator, device=generator.device)
    below = torch.minimum(drawn.to(whole.device) * whole, whole.nextafter(torch.zeros_like(whole)))
    negatives = torch.searchsorted(steps, below, right=True).squeeze(1)
    return torch.stack([anchors, positives, negatives], dim=1)


MINERS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "all": _all,
    "semi-hard": _semi_hard,
    "hard": _hard,
}
