"""The residual network of dlib's public-domain face recognition model, in PyTorch.

Architecture: King, dlib 19.3 (2017), `dnn_face_recognition_ex.cpp`, a thinned ResNet-34 of
He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CROP_SIZE = 150  # px, square
MEAN_RGB = (122.782, 117.001, 104.298)  # subtracted from 0..255 values
SCALE = 1 / 256  # then multiplied

# (blocks, channels) of each group; every group but the first starts at half the resolution.
GROUPS = ((3, 32), (4, 64), (3, 128), (3, 256), (1, 256))


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions and a skip without weights.

    With stride 2 the first convolution is not padded and the skip is a 2x2 mean. Where the two
    paths differ in channels, height or width, the smaller is padded with zeros at the end.
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
        inner = F.relu(self.norm1(self.conv1(x)))
        inner = self.norm2(self.conv2(inner))
        skip = x if self.stride == 1 else F.avg_pool2d(x, 2, 2)
        shape = [max(a, b) for a, b in zip(inner.shape[1:], skip.shape[1:], strict=True)]
        return F.relu(_pad_to(inner, shape) + _pad_to(skip, shape))


class DlibResNet(nn.Module):
    """5.6 million parameters: 7x7 stem, 14 residual blocks, global mean, linear to the embedding.

    Takes float32 [N, 3, 150, 150] RGB, scaled as (value - MEAN_RGB) * SCALE, and gives float32
    [N, embedding_dim], not normalised. Smaller and larger crops work down to about 60 px.
    """

    def __init__(self, embedding_dim: int = 128) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 7, 2, bias=False)
        self.norm = nn.BatchNorm2d(32)
        blocks: list[nn.Module] = []
        inputs = 32
        for group, (count, channels) in enumerate(GROUPS):
            for index in range(count):
                stride = 2 if group > 0 and index == 0 else 1
                blocks.append(ResidualBlock(inputs, channels, stride))
                inputs = channels
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(inputs, embedding_dim, bias=False)

    def forward(self, crops: Tensor) -> Tensor:
        x = F.relu(self.norm(self.stem(crops)))
        x = self.blocks(F.max_pool2d(x, 3, 2))
        embeddings: Tensor = self.head(x.mean(dim=(2, 3)))
        return embeddings


def scaled(crops: Tensor) -> Tensor:
    """Turn uint8 [N, H, W, 3] RGB crops into the float32 [N, 3, H, W] that the network takes."""
    mean = torch.tensor(MEAN_RGB, device=crops.device)
    return ((crops.float() - mean) * SCALE).permute(0, 3, 1, 2).contiguous()


def _pad_to(x: Tensor, shape: list[int]) -> Tensor:
    """Append zero channels, rows and columns until x is [N, *shape]."""
    missing = [want - have for want, have in zip(shape, x.shape[1:], strict=True)]
    if not any(missing):
        return x
    return F.pad(x, (0, missing[2], 0, missing[1], 0, missing[0]))
