"""SqueezeNet 1.1: few parameters, by 1x1 convolutions that squeeze before 3x3 ones expand.

Iandola, Han, Moskewicz, Ashraf, Dally, Keutzer, "SqueezeNet: AlexNet-level accuracy with 50x fewer
parameters and <0.5MB model size", arXiv 1602.07360, 2016; 1.1 is its authors' release of the same
year at 2.4 times less work. `features.N` have the names and shapes that torchvision gives them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.backbones.layers import he_init

STRIDED_FROM = 65  # px: below this the first convolution keeps the resolution


class Fire(nn.Module):
    """Squeeze to few channels, expand by 1x1 and 3x3 convolutions side by side."""

    def __init__(self, inputs: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.squeeze(x))
        return F.relu(torch.cat([self.expand1x1(x), self.expand3x3(x)], dim=1))


class SqueezeNet(nn.Module):
    """Eight fire modules between one convolution and the global mean, linear to the embedding.

    Takes float32 [N, channels, S, S] and gives float32 [N, embedding_dim]. Pictures of up to 64 px
    pass the first convolution at stride 1 and padded, so that 32 px leave a map of 4 px; weights
    fit whatever the size.
    """

    def __init__(self, image_size: int, embedding_dim: int, channels: int) -> None:
        super().__init__()
        stride, padding = (2, 0) if image_size >= STRIDED_FROM else (1, 1)
        self.features = nn.Sequential(
            nn.Conv2d(channels, 64, 3, stride, padding),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(64, 16, 64),
            Fire(128, 16, 64),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(128, 32, 128),
            Fire(256, 32, 128),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(256, 48, 192),
            Fire(384, 48, 192),
            Fire(384, 64, 256),
            Fire(512, 64, 256),
        )
        self.head = nn.Linear(512, embedding_dim)
        he_init(self)

    def forward(self, x: Tensor) -> Tensor:
        embeddings: Tensor = self.head(self.features(x).mean(dim=(2, 3)))
        return embeddings


def build(image_size: int, embedding_dim: int, channels: int) -> nn.Module:
    """0.8 million parameters."""
    return SqueezeNet(image_size, embedding_dim, channels)
