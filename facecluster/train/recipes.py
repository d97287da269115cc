"""What the trainer does when the user says nothing: settings that suit data and backbone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from facecluster.train.backbones import backbone_named
from facecluster.train.batch.signs import SIGN_TUNING
from facecluster.train.config import (
    Augment,
    LossConfig,
    ModelConfig,
    OptimConfig,
    Stage,
    TrainConfig,
)
from facecluster.train.optim.optimizers import USUAL_RATE

Value = TypeVar("Value")

SMALL = 40  # px; up to here a small network sees all that there is


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """pictures: of a batch, about. least: of each class in it. classes: in a batch, at most; 24
    classes of 4 are those 96, and what docs/decisions/004 and 006 were measured with."""

    pictures: int = 96
    least: int = 4
    classes: int = 24


BATCH_SIZES = BatchSizes()


@dataclass(frozen=True, slots=True)
class Recipe:
    """Defaults of one kind of work; what the user gives comes first."""

    stages: tuple[Stage, ...]
    rate: float  # times what is usual for the optimiser
    weight_decay: float
    ema: float
    freeze_until: Mapping[str, str] = field(default_factory=dict)  # by backbone; "" elsewhere
    keep: float = 0.0
    margin: float | None = None
    augment: Augment = "full"
    frozen_norms: bool = False  # batch norms keep the statistics that they came with


SMALL_RECIPE = Recipe((Stage("triplet", 8),), 6.0, 1e-4, 0.99, augment="light")
LARGE_RECIPE = Recipe((Stage("arcface", 30), Stage("triplet", 10)), 1.0, 0.05, 0.995)
# docs/decisions/004-fine-tuning.md has the trials: a network that knows thousands of people soon
# forgets some of them among a few dozen.
FINE_TUNING = Recipe(
    (Stage("triplet", 2),), 0.005, 0.0, 0.99, freeze_until={"dlib-resnet": "blocks.10"}, keep=5.0,
    margin=0.05, augment="light", frozen_norms=True,
)  # fmt: skip

# Weights that were trained on something else: a tenth of the usual rate, and nothing to keep.
TRANSFER = Recipe((Stage("triplet", 20),), 0.1, 1e-4, 0.99)


def recipe_for(backbone: str, model: ModelConfig, aligned: bool) -> Recipe:
    """By what the network begins with. aligned: the pictures are aligned faces."""
    if starts_trained(backbone, model):
        return FINE_TUNING if backbone == "dlib-resnet" and aligned else TRANSFER
    return SMALL_RECIPE if backbone == "tiny" else LARGE_RECIPE


def starts_trained(backbone: str, model: ModelConfig) -> bool:
    """Whether the network begins with weights that already know something."""
    if model.init is not None:
        return True
    return backbone == "dlib-resnet" and not model.from_scratch


def choose_backbone(native_size: int | None, aligned: bool) -> str:
    """By the pictures: faces have weights to start from, small ones need no deep network."""
    if aligned:
        return "dlib-resnet"
    if native_size is not None and native_size <= SMALL:
        return "tiny"
    return "resnet18"


def choose_size(backbone: str, suggested_size: int, aligned: bool) -> int:
    """Side in px: what the backbone is meant for, less when the pictures have less."""
    known = backbone_named(backbone)
    if aligned:
        return known.image_size
    return max(known.smallest, min(suggested_size, known.image_size))


def resolve(
    config: TrainConfig,
    backbone: str,
    train_classes: int,
    flips: bool,
    aligned: bool = False,
    sizes: BatchSizes = BATCH_SIZES,
) -> TrainConfig:
    """The configuration with every None decided.

    train_classes: how many are trained on. flips: a mirrored picture is of the same class.
    aligned: the pictures are aligned faces.
    """
    known, recipe = backbone_named(backbone), recipe_for(backbone, config.model, aligned)
    signs = _or(config.signs, not flips and not starts_trained(backbone, config.model))
    model, loss, optim = config.model, config.loss, config.optim
    classes = min(config.classes or sizes.classes, train_classes)
    stages = config.stages or recipe.stages
    return replace(
        config,
        model=replace(
            model,
            backbone=backbone,
            embedding_dim=model.embedding_dim or known.embedding_dim,
            freeze_until=_or(model.freeze_until, recipe.freeze_until.get(backbone, "")),
            mirror=_or(model.mirror, flips),
        ),
        loss=_loss(loss, stages, recipe),
        optim=_optim(optim, recipe),
        stages=stages,
        classes=classes,
        pictures=config.pictures or _pictures(classes, signs, sizes),
        signs=signs,
        augment=recipe.augment if config.augment == "auto" else config.augment,
    )


def _pictures(classes: int, signs: bool, sizes: BatchSizes) -> int:
    """K; with signs as many as make whole groups."""
    each = max(sizes.least, round(sizes.pictures / classes))
    return round(each / SIGN_TUNING.group) * SIGN_TUNING.group if signs else each


def _loss(loss: LossConfig, stages: tuple[Stage, ...], recipe: Recipe) -> LossConfig:
    """The recipe's margin is in the unit of its own loss; another one has its own default."""
    own = stages[-1].loss == recipe.stages[-1].loss
    margin = _or(loss.margin, recipe.margin) if own else loss.margin
    return replace(loss, margin=margin, keep=_or(loss.keep, recipe.keep))


def _optim(optim: OptimConfig, recipe: Recipe) -> OptimConfig:
    # adamw alone takes decay apart from the gradient; within it a strong one drowns the loss.
    decay = recipe.weight_decay if optim.name == "adamw" else min(recipe.weight_decay, 1e-4)
    return replace(
        optim,
        lr=_or(optim.lr, recipe.rate * USUAL_RATE[optim.name]),
        weight_decay=_or(optim.weight_decay, decay),
        ema=_or(optim.ema, recipe.ema),
    )


def _or(given: Value | None, usual: Value) -> Value:
    return usual if given is None else given
