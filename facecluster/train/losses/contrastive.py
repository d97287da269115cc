"""Contrastive loss: same pairs come together, different ones part until a margin lies between.

Hadsell, Chopra, LeCun, "Dimensionality reduction by learning an invariant mapping", CVPR 2006.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.distances import distances, pair_masks
from facecluster.train.losses.base import Outcome, mean_of_active, share

NO_SLOPE = 1e-6  # squared distances below may be 0 but for rounding, where a root has no slope


class Contrastive(nn.Module):
    """Contrastive loss on Euclidean distances d of all pairs of the batch.

    d^2 for same pairs, max(0, margin - d)^2 for different ones (twice the paper's values). Each
    kind is averaged over its pairs with a loss above 0, and both means are added: a batch has many
    times more different pairs, most of them far apart, and in one mean they would drown the others.
    Different pairs of equal embeddings have no direction to part in and give no gradient.
    """

    def __init__(self, margin: float) -> None:
        super().__init__()
        self.margin = margin

    def forward(self, embeddings: Tensor, labels: Tensor) -> Outcome:
        squared = 2 * distances(embeddings)
        same, different = (mask.triu() for mask in pair_masks(labels))
        near = squared[same].clamp(min=0)
        far = squared[different]
        root = torch.where(far < NO_SLOPE, far * 0, far.clamp(min=NO_SLOPE).sqrt())
        pushed = F.relu(self.margin - root).square()
        active = share(torch.cat([near, pushed]).detach() > 0)
        loss = mean_of_active(near) + mean_of_active(pushed)
        return Outcome(loss, active, len(near) + len(pushed))
