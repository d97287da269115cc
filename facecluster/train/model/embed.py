"""Embed many pictures with a network that is being trained."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.records import Floats, Pixels
from facecluster.train.records import Rows

CHUNK = 256  # pictures per forward pass

Autocast = Callable[[], AbstractContextManager[object]]


def to_tensor(pixels: Pixels, device: torch.device) -> Tensor:
    """uint8 [B, C, S, S] on the device, from [B, S, S, C]; channels last in memory."""
    batch = torch.from_numpy(np.ascontiguousarray(pixels))
    return batch.to(device, non_blocking=True).permute(0, 3, 1, 2)


@torch.no_grad()
def embed_views(
    network: nn.Module, pixels: Pixels, rows: Rows, device: torch.device, autocast: Autocast
) -> tuple[Floats, Floats]:
    """float32 [N, D] unit rows twice: of each picture alone, and of the mean over the picture and
    its mirror image. The network is left in the mode that it is in."""
    plain, mirrored = [], []
    for start in range(0, len(rows), CHUNK):
        batch = to_tensor(pixels[rows[start : start + CHUNK]], device).float()
        with autocast():
            one, other = network(batch).float(), network(batch.flip(3)).float()
        plain.append(one.cpu())
        mirrored.append(F.normalize(one + other, dim=1).cpu())
    if not plain:
        return np.empty((0, 0), np.float32), np.empty((0, 0), np.float32)
    return torch.cat(plain).numpy(), torch.cat(mirrored).numpy()


@torch.no_grad()
def embed(
    network: nn.Module, pixels: Pixels, rows: Rows, device: torch.device, autocast: Autocast
) -> Floats:
    """float32 [N, D], unit rows, of each picture alone."""
    parts = []
    for start in range(0, len(rows), CHUNK):
        batch = to_tensor(pixels[rows[start : start + CHUNK]], device).float()
        with autocast():
            parts.append(network(batch).float().cpu())
    return torch.cat(parts).numpy() if parts else np.empty((0, 0), np.float32)
