"""Several listeners hear the same, and TensorBoard reads what it is told."""

from __future__ import annotations

import math
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from facecluster.errors import OutputError, SettingsError
from facecluster.train.history import EpochRow
from facecluster.train.run.listeners import Listeners
from facecluster.train.run.reports import BatchReport, Plan
from facecluster.train.run.tensorboard import TensorBoardListener

PLAN = Plan("a", "digits", "tiny", 8, 1, 64, 1000, 1000, 900, 7, 100, 500, 3, 3, 600, 2, 10, "cpu",
            "float32")  # fmt: skip
REPORT = BatchReport(1, 3, 20, 0.2, 0.5, 0.1, 0.9, 800.0, None)
ROW = EpochRow(1, "triplet", 0.2, 0.5, 0.1, 0.9, 1e-3, 9.0, 800.0, 0.8, 0.9, 0.2, 0.4, 0.1, 0.95,
               True)  # fmt: skip


class Recorder:
    """Notes what it hears, by name."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.heard.append((name, *arguments))


def test_everyone_hears_everything_in_order() -> None:
    recorders = Recorder(), Recorder()
    both = Listeners(*recorders)
    both.start(PLAN)
    both.progress("reading", 1, 2)
    both.batch(REPORT)
    both.note("A sentence.")
    both.epoch(ROW)
    for recorder in recorders:
        assert recorder.heard == [
            ("start", PLAN),
            ("progress", "reading", 1, 2),
            ("batch", REPORT),
            ("note", "A sentence."),
            ("epoch", ROW),
        ]


def test_tensorboard_reads_every_figure_of_an_epoch(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    listener = TensorBoardListener(tmp_path)
    listener.start(PLAN)
    listener.progress("reading", 1, 2)
    listener.note("A sentence.")
    rows = [ROW, replace(ROW, epoch=2, loss=0.1, holdout_accuracy=math.nan)]
    for row in rows:
        listener.batch(REPORT)
        listener.epoch(row)
    # Not closed yet: what an epoch wrote can be read while the run goes on.
    read = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    tags = read.Tags()["scalars"]
    figures = {f.name for f in fields(EpochRow)} - {"epoch", "stage", "best"}
    assert {tag.split("/")[1] for tag in tags} == figures
    for tag in tags:
        name = tag.split("/")[1]
        told = [(row.epoch, getattr(row, name)) for row in rows]
        known = [(epoch, value) for epoch, value in told if math.isfinite(value)]
        got = [(event.step, event.value) for event in read.Scalars(tag)]
        assert got == [(epoch, pytest.approx(value)) for epoch, value in known]
    listener.close()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "tensorboard").write_text("in the way")
    with pytest.raises(OutputError, match="tensorboard: cannot be written"):
        TensorBoardListener(tmp_path)


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(SettingsError, match="`tensorboard` needs pip install tensorboard"):
        TensorBoardListener(tmp_path)
    assert not list(tmp_path.iterdir())
