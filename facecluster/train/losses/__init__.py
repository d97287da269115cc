"""What the network is trained to do: losses by name, each on unit embeddings and labels.

This table loads no torch; `build_loss` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facecluster.errors import SettingsError

if TYPE_CHECKING:
    import torch
    from torch import nn


@dataclass(frozen=True, slots=True)
class LossDefaults:
    """margin: in the loss's own unit. most: the margin must be below. scale: None where the loss
    has none. mined: works on mined triplets; the others take the whole batch."""

    margin: float
    most: float
    scale: float | None = None
    mined: bool = False


# triplet: 0.2 on squared Euclidean distances is FaceNet's (Schroff et al. 2015).
# triplet-soft: a hinge with a round corner; 10 rounds it over about a margin's width.
# contrastive: on Euclidean distances. The distance of unrelated unit embeddings is about 1.4, and
#   the 1 of Hadsell et al. 2006 leaves those alone.
# circle: Sun et al. 2020 have 0.25 with gamma 256 for faces and 128 for people, and 0.4 with 80 for
#   fine-grained retrieval, whose small PK batches are like ours.
# arcface: Deng et al. 2019 have 0.5 rad with s 64 for ten thousands of people; a few dozen classes
#   are told apart with half of that, and the gradient stays in a range that suits the other losses.
DEFAULTS: dict[str, LossDefaults] = {
    "triplet": LossDefaults(margin=0.2, most=4.0, mined=True),
    "triplet-soft": LossDefaults(margin=0.2, most=4.0, scale=10.0, mined=True),
    "contrastive": LossDefaults(margin=1.0, most=2.0),
    "circle": LossDefaults(margin=0.25, most=1.0, scale=80.0),
    "arcface": LossDefaults(margin=0.5, most=1.57, scale=32.0),
}


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
    if name not in DEFAULTS:
        raise SettingsError(f"loss {name!r}: known are {', '.join(DEFAULTS)}")
    usual = DEFAULTS[name]
    margin = usual.margin if margin is None else margin
    scale = usual.scale if scale is None else scale
    if not 0 <= margin < usual.most:
        raise SettingsError(
            "loss.margin", f"{name} takes a number from 0 to below {usual.most:g}", margin
        )
    if name in ("triplet", "triplet-soft"):
        from facecluster.train.losses.triplet import Triplet

        return Triplet(mining, margin, scale if name == "triplet-soft" else None, generator)
    if name == "contrastive":
        from facecluster.train.losses.contrastive import Contrastive

        return Contrastive(margin)
    assert scale is not None
    if name == "circle":
        from facecluster.train.losses.circle import Circle

        return Circle(margin, scale)
    from facecluster.train.losses.arcface import ArcFace

    return ArcFace(embedding_dim, classes, margin, scale, generator)
