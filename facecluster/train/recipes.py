"""What the trainer does when the user says nothing: settings that suit data and backbone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from facecluster.train.backbones import backbone_named
from facecluster.train.config import (
    Augment,
    LossConfig,
    ModelConfig,
    OptimConfig,
    Stage,
    TrainConfig,
)
from facecluster.train.optim import USUAL_RATE

Value = TypeVar("Value")

SMALL = 40  # px; up to here a small network sees all that there is
BATCH = 96  # pictures, about
MIN_PICTURES = 4  # of a class in a batch
MAX_CLASSES = 24


@dataclass(frozen=True, slots=True)
class Recipe:
    """Defaults of one kind of work; what the user gives comes first."""

    stages: tuple[Stage, ...]
    lr: float | None  # None: what is usual for the optimiser
    weight_decay: float
    ema: float
    freeze_until: str = ""
    keep: float = 0.0
    margin: float | None = None
    augment: Augment = "full"
    frozen_norms: bool = False  # batch norms keep the statistics that they came with


SMALL_RECIPE = Recipe((Stage("triplet", 20),), None, 1e-4, 0.99, augment="light")
LARGE_RECIPE = Recipe((Stage("arcface", 30), Stage("triplet", 10)), None, 0.05, 0.995)
FINE_TUNING = Recipe(
    (Stage("triplet", 4),), 1e-5, 0.0, 0.99, keep=1.0, margin=0.1, augment="light",
    frozen_norms=True,
)  # fmt: skip


def recipe_for(backbone: str, model: ModelConfig) -> Recipe:
    """Fine-tuning when the backbone starts from face weights of ours, from scratch otherwise."""
    if starts_trained(backbone, model):
        return FINE_TUNING
    return SMALL_RECIPE if backbone == "tiny" else LARGE_RECIPE


def starts_trained(backbone: str, model: ModelConfig) -> bool:
    """Whether the network begins with weights that already know faces."""
    if model.init is not None:
        return True
    return backbone == "dlib-resnet" and not model.from_scratch


def choose_backbone(native_size: int | None, aligned: bool) -> str:
    """By the pictures: small ones need no deep network."""
    if native_size is not None and native_size <= SMALL and not aligned:
        return "tiny"
    return "mobilefacenet"


def choose_size(backbone: str, suggested_size: int, aligned: bool) -> int:
    """Side in px: what the backbone is meant for, less when the pictures have less."""
    known = backbone_named(backbone)
    if aligned:
        return known.image_size
    return max(known.smallest, min(suggested_size, known.image_size))


def resolve(config: TrainConfig, backbone: str, train_classes: int, flips: bool) -> TrainConfig:
    """The configuration with every None decided.

    train_classes: how many are trained on. flips: a mirrored picture is of the same class.
    """
    known, recipe = backbone_named(backbone), recipe_for(backbone, config.model)
    model, loss, optim = config.model, config.loss, config.optim
    classes = min(config.classes or MAX_CLASSES, train_classes)
    return replace(
        config,
        model=replace(
            model,
            backbone=backbone,
            embedding_dim=model.embedding_dim or known.embedding_dim,
            freeze_until=_or(model.freeze_until, recipe.freeze_until),
            mirror=_or(model.mirror, flips),
        ),
        loss=_loss(loss, recipe),
        optim=_optim(optim, recipe),
        stages=config.stages or recipe.stages,
        classes=classes,
        pictures=config.pictures or max(MIN_PICTURES, round(BATCH / classes)),
        augment=recipe.augment if config.augment == "auto" else config.augment,
    )


def _loss(loss: LossConfig, recipe: Recipe) -> LossConfig:
    return replace(loss, margin=_or(loss.margin, recipe.margin), keep=_or(loss.keep, recipe.keep))


def _optim(optim: OptimConfig, recipe: Recipe) -> OptimConfig:
    usual = recipe.lr if recipe.lr is not None else USUAL_RATE[optim.name]
    return replace(
        optim,
        lr=_or(optim.lr, usual),
        weight_decay=_or(optim.weight_decay, recipe.weight_decay),
        ema=_or(optim.ema, recipe.ema),
    )


def _or(given: Value | None, usual: Value) -> Value:
    return usual if given is None else given
