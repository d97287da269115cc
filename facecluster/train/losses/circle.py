"""Circle loss: every similarity is weighted by how far it still is from where it should be.

Sun, Cheng, Zhang, Zhang, Zheng, Wang, Wei, "Circle loss: a unified perspective of pair similarity
optimization", CVPR 2020, arXiv:2002.10857; the form for pair-wise labels, equation 6.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.distances import distances, pair_masks
from facecluster.train.losses.base import Outcome, mean_of_active, share


class Circle(nn.Module):
    """Circle loss with each picture as anchor of all its pairs in the batch.

    With s the cosine similarity, same pairs have the logit -scale [1 + m - s]+ (s - (1 - m)) and
    different ones scale [s + m]+ (s - m); the weights [.]+ carry no gradient. An anchor's loss is
    softplus(logsumexp of the same + logsumexp of the different). Averaged over the anchors with a
    loss above 0; anchors without both kinds of pairs have none. An anchor counts as active while
    the softplus's argument is above 0.
    """

    def __init__(self, margin: float, scale: float) -> None:
        super().__init__()
        self.margin, self.scale = margin, scale

    def forward(self, embeddings: Tensor, labels: Tensor) -> Outcome:
        similar = 1 - distances(embeddings)
        same, different = pair_masks(labels)
        anchors = same.any(dim=1) & different.any(dim=1)
        similar, same, different = similar[anchors], same[anchors], different[anchors]
        fixed, m = similar.detach(), self.margin
        pull = -self.scale * F.relu(1 + m - fixed) * (similar - (1 - m))
        push = self.scale * F.relu(fixed + m) * (similar - m)
        argument = _logsumexp(pull, same) + _logsumexp(push, different)
        active = share(argument.detach() > 0)
        return Outcome(mean_of_active(F.softplus(argument)), active, len(argument))


def _logsumexp(values: Tensor, kept: Tensor) -> Tensor:
    return torch.logsumexp(values.masked_fill(~kept, -torch.inf), dim=1)
