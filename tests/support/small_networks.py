"""Checkpoints of small networks with random weights, as training would leave them."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from facecluster.train.backbones import build, normalisation
from facecluster.train.config import DataConfig, TrainConfig
from facecluster.train.model.checkpoint import Calibration, Checkpoint, NetworkShape
from facecluster.train.model.network import EmbeddingNetwork

MIRRORED = Calibration(((0.1, 0.5), (0.01, 0.25)), 0.125, "some pictures, with mirror view")


def small_checkpoint(
    backbone: str = "tiny", size: int = 16, channels: int = 3, mirror: bool = True, **more: Any
) -> Checkpoint:
    """Norms with statistics of their own, so that leaving them out or folding them badly shows."""
    torch.manual_seed(20190611)
    mean, std = normalisation(backbone, channels)
    network = EmbeddingNetwork(build(backbone, size, 16, channels), mean, std)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.1)
    settings: dict[str, Any] = {
        "config": TrainConfig(DataConfig("digits")),
        "aligned": False,
        "source": "made for a test",
        "classes": ("a", "b"),
        "calibrations": {"mirror": MIRRORED},
    }
    return Checkpoint(
        shape=NetworkShape(backbone, size, 16, channels, mean, std),
        weights=network.state_dict(),
        mirror=mirror,
        **(settings | more),
    )
