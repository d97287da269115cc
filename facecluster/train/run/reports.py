"""What a run tells while it goes: sentences, batches and epochs. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from facecluster.train.history import EpochRow


@dataclass(frozen=True, slots=True)
class Plan:
    """What is about to run. val_pictures, val_classes: of the validation pairs; unseen_classes:
    those of them that are not trained on. parameters: of the network, trainable: those that will be
    trained. epochs, batches: epochs in all and batches of each."""

    name: str
    source: str
    backbone: str
    image_size: int
    channels: int
    embedding_dim: int
    parameters: int
    trainable: int
    train_pictures: int
    train_classes: int
    holdout_pictures: int
    val_pictures: int
    val_classes: int
    unseen_classes: int
    val_pairs: int
    epochs: int
    batches: int
    device: str
    precision: str


@dataclass(frozen=True, slots=True)
class BatchReport:
    """After each batch. done, total: batches of the whole run; total may shrink with a time limit.

    active: share of the mined triplets (pairs) with a loss above zero, nan when there were none.
    positive, negative: mean cosine distance of same and different pairs of the batch.
    seconds_left: None while unknown.
    """

    epoch: int
    done: int
    total: int
    loss: float
    active: float
    positive: float
    negative: float
    pictures_per_second: float
    seconds_left: float | None


class Listener(Protocol):
    """Hears how a run goes; the command line shows it, TensorBoard writes it down."""

    def start(self, plan: Plan) -> None: ...
    def batch(self, report: BatchReport) -> None: ...
    def epoch(self, row: EpochRow) -> None: ...
    def note(self, sentence: str) -> None: ...
    def progress(self, what: str, done: int, total: int) -> None:
        """Work before and between epochs, such as `reading pictures`."""


class Silent:
    """A listener that shows nothing."""

    def start(self, plan: Plan) -> None:
        """Say nothing."""

    def batch(self, report: BatchReport) -> None:
        """Say nothing."""

    def epoch(self, row: EpochRow) -> None:
        """Say nothing."""

    def note(self, sentence: str) -> None:
        """Say nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Say nothing."""
