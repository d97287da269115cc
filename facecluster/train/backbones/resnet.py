"""Residual networks of 18, 34 and 50 layers.

He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016. The 50-layer one
halves the resolution in its 3x3 convolutions, as Goyal et al., "Accurate, Large Minibatch SGD"
(2017) do. Parameters have the names and shapes that torchvision gives them, so that its published
weights fit; its `fc` is our `head`.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.backbones.layers import he_init

STRIDED_FROM = 41  # px: below this the stem keeps the resolution
POOLED_FROM = 65  # px: below this there is no max-pool behind the stem


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a skip."""

    growth = 1

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = _shortcut(inputs, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.bn1(self.conv1(x)))
        inner = self.bn2(self.conv2(inner))
        return F.relu(inner + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """A 3x3 convolution between two 1x1 ones, the last four times as wide, and a skip."""

    growth = 4

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, width * self.growth, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width * self.growth)
        self.downsample = _shortcut(inputs, width * self.growth, stride)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.bn1(self.conv1(x)))
        inner = F.relu(self.bn2(self.conv2(inner)))
        inner = self.bn3(self.conv3(inner))
        return F.relu(inner + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """A 7x7 stem, four groups of blocks, global mean, linear to the embedding.

    Takes float32 [N, channels, S, S] and gives float32 [N, embedding_dim]. Pictures of up to 40 px
    pass the stem at stride 1 and up to 64 px skip its max-pool, so that the last group still sees
    a map of 4 px; weights fit whatever the size.
    """

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        counts: Sequence[int],
        image_size: int,
        embedding_dim: int,
        channels: int,
    ) -> None:
        super().__init__()
        stride = 2 if image_size >= STRIDED_FROM else 1
        self.pooled = image_size >= POOLED_FROM
        self.conv1 = nn.Conv2d(channels, 64, 7, stride, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = _group(block, 64, 64, counts[0], 1)
        self.layer2 = _group(block, 64 * block.growth, 128, counts[1], 2)
        self.layer3 = _group(block, 128 * block.growth, 256, counts[2], 2)
        self.layer4 = _group(block, 256 * block.growth, 512, counts[3], 2)
        self.head = nn.Linear(512 * block.growth, embedding_dim)
        he_init(self)

    def forward(self, x: Tensor) -> Tensor:
        embeddings: Tensor = self.head(self.features(x).mean(dim=(2, 3)))
        return embeddings

    def features(self, x: Tensor) -> Tensor:
        """The last map, float32 [N, 512 or 2048, s, s]."""
        x = F.relu(self.bn1(self.conv1(x)))
        if self.pooled:
            x = F.max_pool2d(x, 3, 2, 1)
        last: Tensor = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return last


def _group(
    block: type[BasicBlock] | type[Bottleneck], inputs: int, width: int, count: int, stride: int
) -> nn.Sequential:
    later = [block(width * block.growth, width, 1) for _ in range(count - 1)]
    return nn.Sequential(block(inputs, width, stride), *later)


def _shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    """What brings the skip to the shape of the other path, None where it has it already."""
    if stride == 1 and inputs == outputs:
        return None
    conv = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


def resnet18(image_size: int, embedding_dim: int, channels: int) -> nn.Module:
    """11 million parameters."""
    return ResNet(BasicBlock, (2, 2, 2, 2), image_size, embedding_dim, channels)


def resnet34(image_size: int, embedding_dim: int, channels: int) -> nn.Module:
    """21 million parameters."""
    return ResNet(BasicBlock, (3, 4, 6, 3), image_size, embedding_dim, channels)


def resnet50(image_size: int, embedding_dim: int, channels: int) -> nn.Module:
    """24 million parameters."""
    return ResNet(Bottleneck, (3, 4, 6, 3), image_size, embedding_dim, channels)
