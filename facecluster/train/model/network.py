"""The shared embedding network of siamese training: a backbone, and how it wants its pixels."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class EmbeddingNetwork(nn.Module):
    """Pictures in, unit embeddings out: every picture passes the same weights.

    Takes uint8 or float [N, C, S, S] of 0..255 and gives float32 [N, D], rows of length 1 (a zero
    row stays zero). mean, std: one value per channel, in units of 0..255.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, backbone: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.backbone = backbone
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std, dtype=torch.float32).view(1, -1, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        embeddings = self.backbone((pixels.float() - self.mean) / self.std)
        return F.normalize(embeddings.float(), dim=1)


def channels_last(network: EmbeddingNetwork) -> EmbeddingNetwork:
    """The same network with its kernels laid out channel by channel, which convolutions on CPUs and
    on tensor cores are quicker with."""
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network
