"""A run's history: one row per epoch, and its way into history.csv and back. Loads no torch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from facecluster.errors import FaceclusterError
from facecluster.train.plain import from_plain


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
    try:
        rows = csv.DictReader(io.StringIO(text))
        return [from_plain(EpochRow, row, text=True) for row in rows]
    except ValueError as error:
        raise FaceclusterError(f"this is not the history of a training run ({error})") from error
