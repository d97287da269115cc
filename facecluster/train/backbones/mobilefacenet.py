"""MobileFaceNet: inverted residuals for faces, and a head that weighs every place by itself.

Chen, Liu, Gao, Han, "MobileFaceNets: Efficient CNNs for Accurate Real-Time Face Verification on
Mobile Devices", CCBR 2018, table 1.
"""

from __future__ import annotations

from torch import Tensor, nn

from facecluster.train.backbones.layers import ConvNorm, he_init

# Expansion, channels, repeats and stride of the first of each row of bottlenecks.
BOTTLENECKS = ((2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1))
STRIDED_FROM = 65  # px: below this the first convolution keeps the resolution


class _Conv(nn.Sequential):
    """Convolution, batch normalisation and PReLU with one slope per channel."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        conv = ConvNorm(inputs, outputs, kernel, stride, kernel // 2, groups, relu=False)
        super().__init__(conv, nn.PReLU(outputs))


class Bottleneck(nn.Module):
    """Widen by 1x1, look around by depthwise 3x3, narrow by 1x1 without activation.

    Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018. There is
    a skip where both ends have one shape.
    """

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        inner = inputs * expansion
        self.expand = _Conv(inputs, inner, 1)
        self.depthwise = _Conv(inner, inner, 3, stride, groups=inner)
        self.project = ConvNorm(inner, outputs, 1, relu=False)
        self.skips = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.project(self.depthwise(self.expand(x)))
        return x + y if self.skips else y


class MobileFaceNet(nn.Module):
    """Takes float32 [N, channels, S, S] and gives float32 [N, embedding_dim].

    112 px leave a last map of 7 px, which a depthwise convolution of that size turns into 512
    numbers; other sizes have a kernel of their own. Pictures of up to 64 px pass the first
    convolution at stride 1.
    """

    def __init__(self, image_size: int, embedding_dim: int, channels: int) -> None:
        super().__init__()
        stride = 2 if image_size >= STRIDED_FROM else 1
        self.stem = _Conv(channels, 64, 3, stride)
        self.depthwise = _Conv(64, 64, 3, groups=64)
        blocks: list[nn.Module] = []
        side, inputs = -(-image_size // stride), 64
        for expansion, outputs, repeats, first_stride in BOTTLENECKS:
            for index in range(repeats):
                step = first_stride if index == 0 else 1
                blocks.append(Bottleneck(inputs, outputs, expansion, step))
                side, inputs = -(-side // step), outputs
        self.blocks = nn.Sequential(*blocks)
        self.widen = _Conv(inputs, 512, 1)
        self.places = ConvNorm(512, 512, side, groups=512, relu=False)
        self.head = nn.Sequential(
            nn.Linear(512, embedding_dim, bias=False), nn.BatchNorm1d(embedding_dim)
        )
        he_init(self)

    def forward(self, x: Tensor) -> Tensor:
        x = self.widen(self.blocks(self.depthwise(self.stem(x))))
        embeddings: Tensor = self.head(self.places(x).flatten(1))
        return embeddings


def build(image_size: int, embedding_dim: int, channels: int) -> nn.Module:
    """1 million parameters."""
    return MobileFaceNet(image_size, embedding_dim, channels)
