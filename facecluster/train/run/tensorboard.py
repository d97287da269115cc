"""The figures of a run for TensorBoard, where that package is installed."""

from __future__ import annotations

import math
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

from facecluster.errors import OutputError, SettingsError
from facecluster.train.history import EpochRow
from facecluster.train.run.reports import BatchReport, Plan

FOLDER = "tensorboard"  # inside the folder of the run
# Under which heading TensorBoard shows a column of history.csv; the rest is under `run`.
_HEADINGS = {
    "train": ("loss", "active", "positive", "negative", "lr"),
    "validation": ("accuracy", "auc", "eer", "tar_1e2", "tar_1e3", "holdout_accuracy"),
    "run": ("seconds", "pictures_per_second"),
}
_TAGS = {name: f"{heading}/{name}" for heading, names in _HEADINGS.items() for name in names}


def need_tensorboard() -> None:
    """Raise SettingsError when the package is not installed."""
    if find_spec("tensorboard") is None:
        raise SettingsError("`tensorboard` needs pip install tensorboard")


class TensorBoardListener:
    """Writes a scalar for each figure of an epoch, into `folder`/tensorboard.

    Values that are not finite are left out. Raises SettingsError without the package and
    OutputError when the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        need_tensorboard()
        from torch.utils.tensorboard import SummaryWriter

        try:
            self._writer = SummaryWriter(str(folder / FOLDER))
        except OSError as error:
            raise OutputError(f"{folder / FOLDER}: cannot be written ({error.strerror})") from error

    def start(self, plan: Plan) -> None:
        text = "\n".join(f"- {f.name}: {getattr(plan, f.name)}" for f in fields(plan))
        self._writer.add_text("plan", text)

    def batch(self, report: BatchReport) -> None:
        """Nothing: epochs tell enough, and files stay small."""

    def epoch(self, row: EpochRow) -> None:
        for name, tag in _TAGS.items():
            value = float(getattr(row, name))
            if math.isfinite(value):
                self._writer.add_scalar(tag, value, row.epoch)
        self._writer.flush()

    def note(self, sentence: str) -> None:
        """Nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Nothing."""

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
