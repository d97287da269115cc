"""Inception-ResNet-v1: inception blocks with a skip around each.

Szegedy, Ioffe, Vanhoucke, Alemi, "Inception-v4, Inception-ResNet and the Impact of Residual
Connections on Learning", AAAI 2017, figures 10 to 15 with table 1; here for 160 px and with an
embedding in the place of the classes, as in Schroff, Kalenichenko, Philbin, "FaceNet", CVPR 2015.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.backbones.layers import ConvNorm, he_init

EPS = 1e-3  # of every normalisation, as the authors have it


def _conv(
    inputs: int,
    outputs: int,
    kernel: int | tuple[int, int] = 1,
    stride: int = 1,
    padding: int | tuple[int, int] = 0,
) -> ConvNorm:
    return ConvNorm(inputs, outputs, kernel, stride, padding, eps=EPS)


class Residual(nn.Module):
    """Branches side by side, brought to the width of the input by 1x1, scaled and added to it.

    scale: of what is added; the authors found that small ones keep wide networks stable.
    """

    def __init__(
        self, branches: list[nn.Module], inner: int, outer: int, scale: float, relu: bool = True
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)
        self.join = nn.Conv2d(inner, outer, 1)
        self.scale, self.relu = scale, relu

    def forward(self, x: Tensor) -> Tensor:
        inner = self.join(torch.cat([branch(x) for branch in self.branches], dim=1))
        x = x + inner * self.scale
        return F.relu(x) if self.relu else x


class Reduction(nn.Module):
    """Branches side by side that halve the resolution, and a max-pool beside them."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        pooled = F.max_pool2d(x, 3, 2)
        return torch.cat([*(branch(x) for branch in self.branches), pooled], dim=1)


def _block35() -> Residual:
    threes = nn.Sequential(_conv(256, 32), _conv(32, 32, 3, 1, 1))
    fives = nn.Sequential(_conv(256, 32), _conv(32, 32, 3, 1, 1), _conv(32, 32, 3, 1, 1))
    return Residual([_conv(256, 32), threes, fives], 96, 256, 0.17)


def _block17() -> Residual:
    cross = [
        _conv(896, 128),
        _conv(128, 128, (1, 7), 1, (0, 3)),
        _conv(128, 128, (7, 1), 1, (3, 0)),
    ]
    return Residual([_conv(896, 128), nn.Sequential(*cross)], 256, 896, 0.10)


def _block8(scale: float = 0.20, relu: bool = True) -> Residual:
    cross = [
        _conv(1792, 192),
        _conv(192, 192, (1, 3), 1, (0, 1)),
        _conv(192, 192, (3, 1), 1, (1, 0)),
    ]
    return Residual([_conv(1792, 192), nn.Sequential(*cross)], 384, 1792, scale, relu)


def _reduction_a() -> Reduction:
    deep = nn.Sequential(_conv(256, 192), _conv(192, 192, 3, 1, 1), _conv(192, 256, 3, 2))
    return Reduction(_conv(256, 384, 3, 2), deep)


def _reduction_b() -> Reduction:
    wide = nn.Sequential(_conv(896, 256), _conv(256, 384, 3, 2))
    even = nn.Sequential(_conv(896, 256), _conv(256, 256, 3, 2))
    deep = nn.Sequential(_conv(896, 256), _conv(256, 256, 3, 1, 1), _conv(256, 256, 3, 2))
    return Reduction(wide, even, deep)


class InceptionResNetV1(nn.Module):
    """Takes float32 [N, channels, S, S], S from 75 px, and gives float32 [N, embedding_dim]."""

    def __init__(self, embedding_dim: int, channels: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            _conv(channels, 32, 3, 2),
            _conv(32, 32, 3),
            _conv(32, 64, 3, 1, 1),
            nn.MaxPool2d(3, 2),
            _conv(64, 80),
            _conv(80, 192, 3),
            _conv(192, 256, 3, 2),
        )
        self.blocks35 = nn.Sequential(*(_block35() for _ in range(5)))
        self.reduction_a = _reduction_a()
        self.blocks17 = nn.Sequential(*(_block17() for _ in range(10)))
        self.reduction_b = _reduction_b()
        last = _block8(scale=1.0, relu=False)
        self.blocks8 = nn.Sequential(*(_block8() for _ in range(5)), last)
        self.head = nn.Sequential(
            nn.Linear(1792, embedding_dim, bias=False), nn.BatchNorm1d(embedding_dim, eps=EPS)
        )
        he_init(self)

    def forward(self, x: Tensor) -> Tensor:
        x = self.reduction_a(self.blocks35(self.stem(x)))
        x = self.blocks8(self.reduction_b(self.blocks17(x)))
        embeddings: Tensor = self.head(x.mean(dim=(2, 3)))
        return embeddings


def build(image_size: int, embedding_dim: int, channels: int) -> nn.Module:
    """23 million parameters, whatever the size."""
    del image_size
    return InceptionResNetV1(embedding_dim, channels)
