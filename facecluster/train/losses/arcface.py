"""ArcFace: softmax over the classes of the training set, with a margin on the angle.

Deng, Guo, Xue, Zafeiriou, "ArcFace: additive angular margin loss for deep face recognition",
CVPR 2019, arXiv:1801.07698.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.losses.base import Outcome, share

EDGE = 1e-6  # cosines nearer to 1 or -1 have no usable slope of the angle in float32


class ArcFace(nn.Module):
    """Mean cross entropy of scale * cosine to each class's own direction, margin in radians.

    weight: float32 [classes, D], one direction per class, learnt with the network. The cosine of
    the picture's own class becomes cos(angle + margin); for angles above pi - margin, where that
    would rise again, cos(angle) - margin sin(margin), so that a larger angle always costs more. A
    picture counts as active while its own class, with the margin, is not the likeliest.
    """

    def __init__(
        self,
        embedding_dim: int,
        classes: int,
        margin: float,
        scale: float,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self.margin, self.scale = margin, scale
        start = torch.randn(classes, embedding_dim, generator=generator, device=generator.device)
        self.weight = nn.Parameter(0.01 * start)

    def forward(self, embeddings: Tensor, labels: Tensor) -> Outcome:
        with torch.autocast(embeddings.device.type, enabled=False):
            logits = self.scale * self._cosines(embeddings.float(), labels)
            each = F.cross_entropy(logits, labels, reduction="none")
        wrong = logits.detach().argmax(dim=1) != labels
        return Outcome(each.sum() / max(len(each), 1), share(wrong), len(each))

    def _cosines(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """Cosines to all classes [N, classes], that of the own class with the margin."""
        cosines = F.linear(embeddings, F.normalize(self.weight, dim=1))
        own = cosines.gather(1, labels[:, None])
        inner = own.clamp(-1 + EDGE, 1 - EDGE)
        sine = (1 - inner.square()).sqrt()
        shifted = inner * math.cos(self.margin) - sine * math.sin(self.margin)
        beyond = own - self.margin * math.sin(self.margin)
        return cosines.scatter(
            1, labels[:, None], torch.where(own > -math.cos(self.margin), shifted, beyond)
        )
