"""What a run tells while it goes: sentences, batches and epochs. Loads no torch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

from facecluster.errors import FaceclusterError


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


@dataclass(frozen=True, slots=True)
class EpochRow:
    """A row of history.csv. Means over the epoch, then what validation said; nan where it has no
    value, such as holdout_accuracy without held-out pictures.

    pictures_per_second: of training alone, without validation. accuracy: verification accuracy on
    the pairs (ten folds, in 0..1). auc, eer: of their ROC curve. tar_1e2, tar_1e3: true-accept
    rate at these false-accept rates. holdout_accuracy: of the nearest neighbour among the training
    pictures, for other pictures of the same classes.
    """

    epoch: int
    stage: str
    loss: float
    active: float
    positive: float
    negative: float
    lr: float
    seconds: float
    pictures_per_second: float
    accuracy: float
    auc: float
    eer: float
    tar_1e2: float
    tar_1e3: float
    holdout_accuracy: float
    best: bool


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


def history_csv(rows: Iterable[EpochRow]) -> str:
    """The rows as CSV with a header; numbers as Python prints them, so they come back whole."""
    text = io.StringIO()
    names = [f.name for f in fields(EpochRow)]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    return text.getvalue()


def read_history(text: str) -> list[EpochRow]:
    """The rows of `history_csv`. Raises FaceclusterError when it is something else."""
    kinds: dict[str, Any] = {"epoch": int, "stage": str, "best": lambda v: v == "True"}
    try:
        return [
            EpochRow(**{name: kinds.get(name, float)(value) for name, value in row.items()})
            for row in csv.DictReader(io.StringIO(text))
        ]
    except (TypeError, ValueError) as error:
        raise FaceclusterError(f"this is no history of a training run ({error})") from error
