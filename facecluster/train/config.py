"""The settings of training: frozen, validated, and as JSON in every checkpoint. Loads no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from facecluster.errors import SettingsError
from facecluster.train.plain import from_plain, to_plain

Align = Literal["auto", "faces", "none"]
LossName = Literal["triplet", "triplet-soft", "contrastive", "circle", "arcface"]
Mining = Literal["all", "semi-hard", "hard", "distance-weighted"]
OptimizerName = Literal["adam", "adamw", "sgd", "adagrad", "rmsprop"]
ScheduleName = Literal["cosine", "step", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]
Augment = Literal["auto", "none", "light", "full"]
TrainDevice = Literal["auto", "cpu", "cuda", "mps"]

ALIGNS: tuple[str, ...] = get_args(Align)
LOSSES: tuple[str, ...] = get_args(LossName)
MININGS: tuple[str, ...] = get_args(Mining)
OPTIMIZERS: tuple[str, ...] = get_args(OptimizerName)
SCHEDULES: tuple[str, ...] = get_args(ScheduleName)
PRECISIONS: tuple[str, ...] = get_args(Precision)
AUGMENTS: tuple[str, ...] = get_args(Augment)
TRAIN_DEVICES: tuple[str, ...] = get_args(TrainDevice)


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Which pictures to train on.

    dataset: a folder of class folders, a folder or file of MNIST IDX or CIFAR data, or `digits`.
    image_size: side in px, None for what data and backbone suggest. grayscale: None asks the data.
    val_classes: names of the classes that are kept unseen; empty draws `val_share` of them by seed,
    unless the data has its own habit (digits keep 7 to 9). holdout: share of the pictures of seen
    classes that is kept for nearest-neighbour accuracy. pairs: a pairs.txt to validate on, in the
    place of drawn pairs; pairs_images: the folder of the pictures that it names, None for the
    dataset itself. val_pairs: how many of each kind are drawn. cache: where packed crops go.
    """

    dataset: str
    align: Align = "auto"
    image_size: int | None = None
    grayscale: bool | None = None
    val_classes: tuple[str, ...] = ()
    val_share: float = 0.2
    holdout: float | None = None
    pairs: Path | None = None
    pairs_images: Path | None = None
    val_pairs: int = 3000
    cache: Path | None = None

    def __post_init__(self) -> None:
        if self.image_size is not None and not 8 <= self.image_size <= 512:
            raise SettingsError("data.image_size", "give 8 to 512 px", self.image_size)
        if not 0 < self.val_share < 1:
            raise SettingsError("data.val_share", "give a share between 0 and 1", self.val_share)
        if self.holdout is not None and not 0 <= self.holdout < 1:
            raise SettingsError("data.holdout", "give a share from 0 to below 1", self.holdout)
        if self.val_pairs < 1:
            raise SettingsError("data.val_pairs", "give at least 1", self.val_pairs)


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Which network. backbone, embedding_dim: None for what suits the data and the backbone.

    init: weights to start from, a checkpoint of ours or a state dict file of torchvision.
    from_scratch: do not start from the shipped weights, where the backbone has some.
    freeze_until: the name of a child module; it and what follows it are trained, what comes before
    is not. None takes the backbone's habit, "" freezes nothing. mirror: embeddings are the mean
    over a picture and its mirror image; None does so where a mirrored picture is the same class.
    """

    backbone: str | None = None
    embedding_dim: int | None = None
    init: Path | None = None
    from_scratch: bool = False
    freeze_until: str | None = None
    mirror: bool | None = None

    def __post_init__(self) -> None:
        if self.embedding_dim is not None and not 2 <= self.embedding_dim <= 4096:
            raise SettingsError("model.embedding_dim", "give 2 to 4096", self.embedding_dim)


@dataclass(frozen=True, slots=True)
class Stage:
    """So many epochs with one loss."""

    loss: LossName
    epochs: int

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise SettingsError(f"loss {self.loss!r}: known are {', '.join(LOSSES)}")
        if self.epochs < 1:
            raise SettingsError(f"{self.loss}:{self.epochs}: give at least 1 epoch")


@dataclass(frozen=True, slots=True)
class LossConfig:
    """None takes the default of the loss at hand (losses/).

    margin: of the loss. scale: gamma of circle loss, s of arcface, sharpness of triplet-soft.
    keep: weight of the squared distance to the embeddings that the network gave at the start
    (Hinton, Vinyals, Dean 2015), for fine-tuning that does not forget.
    """

    mining: Mining = "semi-hard"
    margin: float | None = None
    scale: float | None = None
    keep: float | None = None

    def __post_init__(self) -> None:
        if self.margin is not None and not 0 < self.margin <= 4:
            raise SettingsError("loss.margin", "give a number from 0 to 4", self.margin)
        if self.scale is not None and self.scale <= 0:
            raise SettingsError("loss.scale", "give a number above 0", self.scale)
        if self.keep is not None and self.keep < 0:
            raise SettingsError("loss.keep", "give 0 or more", self.keep)


@dataclass(frozen=True, slots=True)
class OptimConfig:
    """How weights move. lr None: what suits optimizer and backbone. warmup: epochs of rising rate.

    step_epochs, step_factor: for the step schedule. clip: largest norm of the gradient, 0 for any.
    ema: decay of the averaged weights that are validated and saved, 0 for none.
    """

    name: OptimizerName = "adamw"
    lr: float | None = None
    weight_decay: float | None = None
    schedule: ScheduleName = "cosine"
    warmup: float = 1.0
    step_epochs: int = 10
    step_factor: float = 0.1
    clip: float = 5.0
    ema: float | None = None

    def __post_init__(self) -> None:
        if self.lr is not None and not 0 < self.lr <= 100:
            raise SettingsError("optim.lr", "give a number above 0", self.lr)
        if self.weight_decay is not None and self.weight_decay < 0:
            raise SettingsError("optim.weight_decay", "give 0 or more", self.weight_decay)
        if self.ema is not None and not 0 <= self.ema < 1:
            raise SettingsError("optim.ema", "give a number from 0 to below 1", self.ema)
        if self.clip < 0 or self.warmup < 0:
            raise SettingsError("`optim.clip` and `optim.warmup`: give 0 or more")
        if self.step_epochs < 1 or not 0 < self.step_factor <= 1:
            raise SettingsError(
                "`optim.step_epochs`: at least 1; `optim.step_factor`: above 0, at most 1"
            )


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything that a run needs to know.

    stages: losses in turn. classes, pictures: P and K of a batch. minutes: stop when they are over,
    with the schedule ended by then. patience: epochs without a better validation, 0 for no early
    stop. runs: the folder of runs; name: of this run, None for one made of data, backbone and time.
    threads 0: one per core. signs: make further classes of turned pictures and of joined halves
    (signs.py); None does so where a mirrored picture is of another class.
    """

    data: DataConfig
    model: ModelConfig = field(default_factory=ModelConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    optim: OptimConfig = field(default_factory=OptimConfig)
    stages: tuple[Stage, ...] = ()
    classes: int | None = None
    pictures: int | None = None
    augment: Augment = "auto"
    signs: bool | None = None
    precision: Precision = "auto"
    minutes: float | None = None
    patience: int = 0
    seed: int = 0
    device: TrainDevice = "auto"
    threads: int = 0
    runs: Path = Path("runs")
    name: str | None = None
    tensorboard: bool = False

    def __post_init__(self) -> None:
        if self.classes is not None and self.classes < 2:
            raise SettingsError("classes", "a batch needs at least 2 classes", self.classes)
        if self.pictures is not None and self.pictures < 2:
            raise SettingsError("pictures", "give at least 2 of each class", self.pictures)
        if self.minutes is not None and self.minutes <= 0:
            raise SettingsError("minutes", "give a number above 0", self.minutes)

    def to_json(self) -> dict[str, Any]:
        """Plain values that `from_json` turns back into this configuration."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TrainConfig:
        """Raises SettingsError for fields that are missing, of a wrong type, or that this release
        does not know."""
        try:
            return from_plain(cls, values)
        except ValueError as error:
            raise SettingsError(f"the training settings cannot be understood ({error})") from error
