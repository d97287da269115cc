"""The PyTorch module that becomes an ONNX file: a network from crops to unit embeddings."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.train.model.network import EmbeddingNetwork

# ITU-R BT.601 luma in 65536ths, as Pillow's mode L has it; the sums are exact in float32.
LUMA = (19595.0, 38470.0, 7471.0)


class OnnxEmbedder(nn.Module):
    """What the exported file computes.

    Takes uint8 [N, S, S, 3] RGB, whatever the network: one for grey pictures gets the luma, rounded
    as Pillow does. Gives float32 [N, D], rows of length 1, and float32 [N], the cosine between the
    embeddings of each crop and of its mirror image, 1 without mirror. With mirror both views pass
    the network in one batch, and the embedding is the mean of their unit embeddings, brought to
    length 1: what validation and thresholds measure. (The shipped model averages before it
    normalises, as dlib's own users do.)
    """

    luma: Tensor

    def __init__(self, network: EmbeddingNetwork, channels: int, mirror: bool) -> None:
        super().__init__()
        self.network = network
        self.grey, self.mirror = channels == 1, mirror
        self.register_buffer("luma", torch.tensor(LUMA).view(1, 3, 1, 1))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        # Contiguous: otherwise PyTorch's exporter reads global means through strides.
        pixels = crops.permute(0, 3, 1, 2).contiguous().float()
        if self.grey:
            pixels = torch.floor(((pixels * self.luma).sum(1, keepdim=True) + 32768) / 65536)
        if not self.mirror:
            embedding: Tensor = self.network(pixels)
            return embedding, torch.ones_like(embedding[:, 0])
        both: Tensor = self.network(torch.cat([pixels, pixels.flip(3)]))
        views = both.reshape(2, -1, both.shape[1])
        return F.normalize(views.sum(0), dim=1), views.prod(0).sum(1)
