"""Losses by name: what the network is trained to do, each on unit embeddings and labels."""

from __future__ import annotations

import torch
from torch import nn

from facecluster.errors import SettingsError
from facecluster.train.losses.arcface import ArcFace
from facecluster.train.losses.circle import Circle
from facecluster.train.losses.contrastive import Contrastive
from facecluster.train.losses.defaults import DEFAULTS
from facecluster.train.losses.triplet import Triplet


def build_loss(
    name: str,
    *,
    mining: str,
    margin: float | None,
    scale: float | None,
    embedding_dim: int,
    classes: int,
    generator: torch.Generator,
) -> nn.Module:
    """A loss: a module that takes float32 [N, D] unit rows and int64 [N] labels.

    It gives a `base.Outcome`. margin, scale: None for the default; a scale is not looked at by
    losses without one, nor `mining` by those that take the whole batch. classes: how many there are
    to learn (arcface, whose labels must be 0..classes-1). generator: draws initial weights and
    random triplets; it may live on another device than the embeddings. Raises SettingsError for an
    unknown name and a margin that the loss cannot have.
    """
    margin, scale = _decided(name, margin, scale)
    match name:
        case "triplet":
            return Triplet(mining, margin, None, generator)
        case "triplet-soft":
            return Triplet(mining, margin, scale, generator)
        case "contrastive":
            return Contrastive(margin)
        case "circle":
            return Circle(margin, scale)
        case _:
            return ArcFace(embedding_dim, classes, margin, scale, generator)


def _decided(name: str, margin: float | None, scale: float | None) -> tuple[float, float]:
    """Margin and scale with the loss's defaults; a scale of 1 for a loss that has none."""
    if name not in DEFAULTS:
        raise SettingsError(f"loss {name!r}: known are {', '.join(DEFAULTS)}")
    usual = DEFAULTS[name]
    margin = usual.margin if margin is None else margin
    if not 0 <= margin < usual.most:
        raise SettingsError(
            "loss.margin", f"{name} takes a number from 0 to below {usual.most:g}", margin
        )
    return margin, (usual.scale or 1.0) if scale is None else scale
