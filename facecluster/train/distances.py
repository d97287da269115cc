"""Distances within a batch: what miners choose by, losses are made of, and a step is judged by."""

from __future__ import annotations

import torch
from torch import Tensor


def distances(embeddings: Tensor) -> Tensor:
    """Cosine distances of unit rows [N, D]: float32 [N, N], also within autocast.

    Twice a cosine distance is the squared Euclidean one. The gradient is finite everywhere, for
    equal embeddings too, since there is no root.
    """
    with torch.autocast(embeddings.device.type, enabled=False):
        rows = embeddings.float()
        return 1.0 - rows @ rows.T


def pair_masks(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Same and different pairs of labels [N]: bool [N, N] twice; no picture pairs with itself."""
    equal = labels[:, None] == labels[None, :]
    return equal.clone().fill_diagonal_(False), ~equal


def pair_means(distances: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean distance of the same and of the different pairs; nan where there are none."""
    same, different = pair_masks(labels)
    with torch.no_grad():
        return float(distances[same].mean()), float(distances[different].mean())
