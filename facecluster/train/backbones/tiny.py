"""A small convolutional network for small pictures, such as digits and icons.

Plain 3x3 convolutions as in Simonyan, Zisserman, "Very Deep Convolutional Networks for Large-Scale
Image Recognition", ICLR 2015, each with batch normalisation (Ioffe, Szegedy, ICML 2015).
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.backbones.layers import ConvNorm, he_init

WIDTHS = (24, 48, 64)
LAST = 4  # px, side of the largest map that the head looks at


class Tiny(nn.Module):
    """Two convolutions at each of three resolutions, and a head that knows where things are.

    Takes float32 [N, channels, S, S] and gives float32 [N, embedding_dim], S from 8 px. Maps are
    halved twice, then again until they are at most 4 px wide; what is left is flattened, since the
    place of a stroke tells one digit from another.
    """

    def __init__(self, image_size: int, embedding_dim: int, channels: int) -> None:
        super().__init__()
        stages: list[nn.Module] = []
        inputs = channels
        for width in WIDTHS:
            pair = [ConvNorm(inputs, width, padding=1), ConvNorm(width, width, padding=1)]
            stages.append(nn.Sequential(*pair))
            inputs = width
        self.stages = nn.Sequential(*stages)
        side = _halved(_halved(image_size))
        self.halvings = 0  # beyond those between the stages
        while side > LAST:
            side, self.halvings = _halved(side), self.halvings + 1
        self.head = nn.Linear(inputs * side * side, embedding_dim)
        he_init(self)

    def forward(self, x: Tensor) -> Tensor:
        for index, stage in enumerate(self.stages):
            x = stage(F.max_pool2d(x, 2, ceil_mode=True) if index else x)
        for _ in range(self.halvings):
            x = F.max_pool2d(x, 2, ceil_mode=True)
        embeddings: Tensor = self.head(x.flatten(1))
        return embeddings


def _halved(side: int) -> int:
    """What a 2x2 max-pool leaves of a side in px; a last odd row counts as one."""
    return -(-side // 2)


def build(image_size: int, embedding_dim: int, channels: int) -> nn.Module:
    """0.2 million parameters."""
    return Tiny(image_size, embedding_dim, channels)
