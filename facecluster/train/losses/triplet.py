"""Triplet loss: an anchor should be nearer to its positive than to its negative, by a margin.

Schroff, Kalenichenko, Philbin, "FaceNet: a unified embedding for face recognition and clustering",
CVPR 2015, arXiv:1503.03832; with softplus in the hinge's place Hermans, Beyer, Leibe, "In defense
of the triplet loss for person re-identification", 2017, arXiv:1703.07737.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.batch.miners import mine
from facecluster.train.distances import distances
from facecluster.train.losses.base import Outcome, mean_of_active, share


class Triplet(nn.Module):
    """Triplet loss on squared Euclidean distances d of the triplets that `mining` chooses.

    A triplet violates by v = d(anchor, positive) - d(anchor, negative) + margin. Without a scale
    the loss is the mean of max(0, v) over the triplets where it is above 0. With a scale s it is
    the mean over all triplets of softplus(s v) / s, which becomes the hinge as s grows, and at s 1
    is the plain softplus.
    """

    def __init__(
        self, mining: str, margin: float, scale: float | None, generator: torch.Generator
    ) -> None:
        super().__init__()
        self.mining, self.margin, self.scale = mining, margin, scale
        self.generator = generator

    def forward(self, embeddings: Tensor, labels: Tensor) -> Outcome:
        apart = distances(embeddings)
        triplets = mine(
            self.mining,
            apart.detach(),
            labels,
            dimension=embeddings.shape[1],
            generator=self.generator,
        )
        anchor, positive, negative = triplets.unbind(1)
        violation = 2 * (apart[anchor, positive] - apart[anchor, negative]) + self.margin
        if self.scale is None:
            loss = mean_of_active(F.relu(violation))
        else:
            soft = F.softplus(self.scale * violation) / self.scale
            loss = soft.sum() / max(len(triplets), 1)
        return Outcome(loss, share(violation.detach() > 0), len(triplets), triplets)
