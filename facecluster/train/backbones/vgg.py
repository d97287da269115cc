"""VGG with 11 weight layers, configuration A, up to its last convolution.

Simonyan, Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
ICLR 2015. `features.N` have the names and shapes that torchvision gives them. The three dense
layers that follow in the paper hold 124 of its 133 million parameters and fix the picture's size;
here a global mean and one linear layer take their place.
"""

from __future__ import annotations

from torch import Tensor, nn

from facecluster.train.backbones.layers import he_init

WIDTHS = ((64,), (128,), (256, 256), (512, 512), (512, 512))  # a pool behind each group


class Vgg11(nn.Module):
    """Takes float32 [N, channels, S, S], S from 32 px, and gives float32 [N, embedding_dim]."""

    def __init__(self, embedding_dim: int, channels: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = channels
        for group in WIDTHS:
            for width in group:
                layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.ReLU()]
                inputs = width
            layers.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(inputs, embedding_dim)
        he_init(self)

    def forward(self, x: Tensor) -> Tensor:
        embeddings: Tensor = self.head(self.pool(self.features(x)).flatten(1))
        return embeddings


def build(image_size: int, embedding_dim: int, channels: int) -> nn.Module:
    """9 million parameters, whatever the size."""
    del image_size
    return Vgg11(embedding_dim, channels)
