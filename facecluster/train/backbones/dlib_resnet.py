"""The residual network of dlib's public-domain face recognition model, in PyTorch.

Architecture: King, dlib 19.3 (2017), `dnn_face_recognition_ex.cpp`, a thinned ResNet-34 of
He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.backbones.layers import he_init

CROP_SIZE = 150  # px, square
MEAN_RGB = (122.782, 117.001, 104.298)  # subtracted from 0..255 values
SCALE = 1 / 256  # then multiplied

POOLED_FROM = 80  # px: below this there is no max-pool behind the stem

# (blocks, channels) of each group; every group but the first starts at half the resolution.
GROUPS = ((3, 32), (4, 64), (3, 128), (3, 256), (1, 256))


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions and a skip without weights.

    With stride 2 the first convolution is not padded and the skip is a 2x2 mean. Where the two
    paths differ in channels, height or width, the smaller is padded with zeros at the end; so is a
    map of 2 px, which a 3x3 convolution could not look at.
    """

    def __init__(self, inputs: int, channels: int, stride: int) -> None:
        super().__init__()
        padding = 1 if stride == 1 else 0
        self.stride = stride
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, padding, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        seen = x if self.stride == 1 else _pad_to(x, [x.shape[1], *map(_at_least_3, x.shape[2:])])
        inner = F.relu(self.norm1(self.conv1(seen)))
        inner = self.norm2(self.conv2(inner))
        skip = x if self.stride == 1 else F.avg_pool2d(x, 2, 2)
        shape = [max(a, b) for a, b in zip(inner.shape[1:], skip.shape[1:], strict=True)]
        return F.relu(_pad_to(inner, shape) + _pad_to(skip, shape))


class DlibResNet(nn.Module):
    """5.6 million parameters: 7x7 stem, 14 residual blocks, global mean, linear to the embedding.

    Takes float32 [N, channels, S, S] RGB or grey, scaled as (value - MEAN_RGB) * SCALE, and gives
    float32 [N, embedding_dim], not normalised. S is 150 px for the weights that we ship. Crops
    below 80 px skip the max-pool, so that the blocks see a face at about the scale they know; 40 px
    are the least.
    """

    def __init__(
        self, embedding_dim: int = 128, channels: int = 3, image_size: int = CROP_SIZE
    ) -> None:
        super().__init__()
        self.pooled = image_size >= POOLED_FROM
        self.stem = nn.Conv2d(channels, 32, 7, 2, bias=False)
        self.norm = nn.BatchNorm2d(32)
        blocks: list[nn.Module] = []
        inputs = 32
        for group, (count, outputs) in enumerate(GROUPS):
            for index in range(count):
                stride = 2 if group > 0 and index == 0 else 1
                blocks.append(ResidualBlock(inputs, outputs, stride))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(inputs, embedding_dim, bias=False)
        he_init(self)

    def forward(self, crops: Tensor) -> Tensor:
        x = F.relu(self.norm(self.stem(crops)))
        x = self.blocks(F.max_pool2d(x, 3, 2) if self.pooled else x)
        embeddings: Tensor = self.head(x.mean(dim=(2, 3)))
        return embeddings


def build(image_size: int, embedding_dim: int, channels: int) -> nn.Module:
    """5.6 million parameters, random; dlib_weights.py has those that we ship."""
    return DlibResNet(embedding_dim, channels, image_size)


def scaled(crops: Tensor) -> Tensor:
    """Turn uint8 [N, H, W, 3] RGB crops into the float32 [N, 3, H, W] that the network takes."""
    mean = torch.tensor(MEAN_RGB, device=crops.device)
    return ((crops.float() - mean) * SCALE).permute(0, 3, 1, 2).contiguous()


def _at_least_3(side: int) -> int:
    return max(3, side)


def _pad_to(x: Tensor, shape: list[int]) -> Tensor:
    """Append zero channels, rows and columns until x is [N, *shape]."""
    missing = [want - have for want, have in zip(shape, x.shape[1:], strict=True)]
    if not any(missing):
        return x
    return F.pad(x, (0, missing[2], 0, missing[1], 0, missing[0]))
