"""Runs from beginning to end on the digits of scikit-learn, 8 px and a few batches each."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.utils.hooks import RemovableHandle

from facecluster.errors import FaceclusterError, ModelError, OutputError
from facecluster.train.config import (
    DataConfig,
    LossConfig,
    ModelConfig,
    OptimConfig,
    Stage,
    TrainConfig,
)
from facecluster.train.history import EpochRow, read_history
from facecluster.train.loop import resume, train
from facecluster.train.model import checkpoint as checkpoints
from facecluster.train.model.checkpoint import load
from facecluster.train.run.folders import BEST, HISTORY, LAST, PAIRS
from facecluster.train.run.reports import BatchReport, Silent
from facecluster.train.run.step import TrainingError
from facecluster.train.run.stopping import Flatness
from facecluster.train.run.tuning import RunTuning


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def settings(folder: Path, epochs: int = 2, **changes: object) -> TrainConfig:
    made = TrainConfig(
        DataConfig("digits", image_size=8, val_pairs=200),
        ModelConfig("tiny", 16),
        optim=OptimConfig(warmup=0.2),
        stages=(Stage("triplet", epochs),),
        classes=7,
        pictures=4,
        precision="float32",
        threads=1,
        runs=folder,
        name="run",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


class Heard(Silent):
    """Keeps what it hears, and does `then` after each batch."""

    def __init__(self, then: Callable[[BatchReport], None] = lambda _: None) -> None:
        self.rows: list[EpochRow] = []
        self.notes: list[str] = []
        self.batches: list[BatchReport] = []
        self._then = then

    def batch(self, report: BatchReport) -> None:
        self.batches.append(report)
        self._then(report)

    def epoch(self, row: EpochRow) -> None:
        self.rows.append(row)

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


def weights_equal(one: Path, two: Path) -> bool:
    first, second = load(one), load(two)
    assert first.weights.keys() == second.weights.keys()
    return all(torch.equal(first.weights[k], second.weights[k]) for k in first.weights) and all(
        torch.equal(first.resume["network"][k], second.resume["network"][k])
        for k in first.resume["network"]
    )


def test_a_run_learns_and_leaves_everything_behind(tmp_path: Path) -> None:
    heard = Heard()
    result = train(settings(tmp_path, epochs=3, signs=False), heard)
    assert result.folder == tmp_path / "run"
    assert not result.interrupted
    assert result.stopped == ""
    assert heard.rows[-1].loss < heard.rows[0].loss
    assert heard.rows[-1].holdout_accuracy > 0.9
    assert [r.done for r in heard.batches] == list(range(1, len(heard.batches) + 1))
    assert heard.batches[-1].done == heard.batches[-1].total
    left = heard.batches[80].seconds_left  # 6 batches into the last of three epochs of 37
    assert left is not None
    assert left < heard.rows[-1].seconds, "the time left counts from the start of the sitting"
    files = {path.name for path in result.folder.iterdir()}
    assert files >= {BEST, LAST, HISTORY, PAIRS, "history.png", "embeddings.png", "distances.png"}
    assert (
        tuple(read_history((result.folder / HISTORY).read_text()))
        == load(result.folder / LAST).history
    )
    best = load(result.folder / BEST)
    assert best.history[-1].best
    assert best.history[-1] == result.best
    assert best.spec().distance == best.calibrations["plain"].distance
    assert not best.mirror, "a mirrored digit is another sign"


def test_the_same_seed_gives_the_same_network(tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(settings(tmp_path, 1, name=name))
    train(settings(tmp_path, 1, name="c", seed=1))
    assert weights_equal(tmp_path / "a" / LAST, tmp_path / "b" / LAST)
    assert not weights_equal(tmp_path / "a" / LAST, tmp_path / "c" / LAST)


@pytest.mark.parametrize("moment", [5, 36, 50])
def test_interrupted_and_resumed_equals_never_interrupted(tmp_path: Path, moment: int) -> None:
    stages = (Stage("arcface", 1), Stage("triplet", 1))
    loss = LossConfig("distance-weighted", keep=0.1)
    config = settings(tmp_path, stages=stages, loss=loss, augment="full", name="whole")
    train(config)

    def stop(report: BatchReport) -> None:
        if report.done == moment:
            signal.raise_signal(signal.SIGINT)

    first = train(replace(config, name="cut"), Heard(stop))
    assert first.interrupted
    torch.manual_seed(99)  # whatever happened in between
    second = resume(first.folder)
    assert not second.interrupted
    assert weights_equal(tmp_path / "whole" / LAST, tmp_path / "cut" / LAST)
    figures = [
        [(r.epoch, r.loss, r.accuracy, r.auc) for r in load(tmp_path / name / LAST).history]
        for name in ("whole", "cut")
    ]
    assert figures[0] == figures[1]


def test_a_finished_run_has_nothing_to_resume(tmp_path: Path) -> None:
    train(settings(tmp_path, 1))
    before = (tmp_path / "run" / LAST).read_bytes()
    result = resume(tmp_path / "run", changes={"patience": 3})
    assert result.best is not None
    assert (tmp_path / "run" / LAST).read_bytes() == before


def test_resuming_another_backbone_is_refused(tmp_path: Path) -> None:
    train(settings(tmp_path, 1))
    kept = load(tmp_path / "run" / LAST)
    shape = replace(kept.shape, backbone="squeezenet", image_size=32)
    checkpoints.save(tmp_path / "run" / LAST, replace(kept, shape=shape))
    with pytest.raises(ModelError, match="squeezenet"):
        resume(tmp_path / "run")


def test_a_loss_that_is_not_a_number_stops_and_keeps_the_last_good(tmp_path: Path) -> None:
    config = settings(tmp_path, 3, optim=OptimConfig("sgd", lr=0.01, clip=0))
    hooks: list[RemovableHandle] = []

    def fill(module: nn.Module, _: object) -> None:
        if isinstance(module, nn.Linear):
            module.weight.data.fill_(math.nan)

    def poison(report: BatchReport) -> None:
        if report.done == 40:  # whichever network is used next: the one that is trained
            hooks.append(register_module_forward_pre_hook(fill))

    try:
        with pytest.raises(TrainingError, match=r"nan at step 41 .*last\.pt.*`optim.lr`") as caught:
            train(config, Heard(poison))
    finally:
        for hook in hooks:
            hook.remove()
    assert "epoch 2, batch 4" in str(caught.value)  # 37 batches an epoch
    kept = load(tmp_path / "run" / LAST)
    assert all(bool(torch.isfinite(v).all()) for v in kept.weights.values())


def test_early_stop_after_epochs_without_progress(tmp_path: Path) -> None:
    """A network without norms whose weights do not move says the same after every epoch."""
    config = settings(
        tmp_path,
        9,
        data=DataConfig("digits", image_size=16, val_pairs=200),
        model=ModelConfig("squeezenet", 16),
        optim=OptimConfig("sgd", lr=1e-30, warmup=0),
        patience=2,
    )
    result = train(config)
    assert "2 epochs without" in result.stopped
    assert [row.best for row in load(result.folder / LAST).history] == [True, False, False]


def test_a_time_limit_ends_the_run_with_its_schedule(tmp_path: Path) -> None:
    heard = Heard()
    train(settings(tmp_path, 1000, minutes=0.05), heard)
    assert 2 < heard.rows[-1].seconds < 30
    assert heard.rows[-1].lr < 0.3 * max(row.lr for row in heard.rows)


def test_collapse_is_named_with_advice(tmp_path: Path) -> None:
    heard = Heard()
    config = settings(tmp_path, 1, optim=OptimConfig("sgd", lr=1e-9, warmup=0))
    train(config, heard, RunTuning(flatness=Flatness(spread=10.0)))
    assert [note for note in heard.notes if "Collapse" in note and "`loss.mining`" in note]


@pytest.mark.parametrize("loss", ["triplet-soft", "contrastive", "circle"])
def test_every_loss_trains(tmp_path: Path, loss: str) -> None:
    heard = Heard()
    train(settings(tmp_path, stages=(Stage(loss, 1),)), heard)  # type: ignore[arg-type]
    assert heard.rows[0].positive < heard.rows[0].negative
    assert np.isfinite(heard.rows[0].loss)


def test_pairs_file_judges_instead_of_unseen_classes(tmp_path: Path) -> None:
    train(settings(tmp_path, 1))
    pairs = tmp_path / "run" / PAIRS
    data = DataConfig("digits", image_size=8, pairs=pairs)
    train(settings(tmp_path, 1, name="paired", data=data))
    kept = load(tmp_path / "paired" / LAST)
    assert len(kept.classes) == 10 or "7" not in kept.classes
    missing = tmp_path / "missing.txt"
    missing.write_text("1\t1\n7\t1\t99999\n7\t1\t8\t1\n")
    with pytest.raises(FaceclusterError, match="99999"):
        train(settings(tmp_path, 1, name="x", data=replace(data, pairs=missing)))


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OutputError, match="No space left"):
        train(settings(tmp_path, 1))
    assert not [p for p in (tmp_path / "run").iterdir() if p.suffix == ".tmp"]


def test_fine_tuning_starts_from_a_checkpoint_of_ours(tmp_path: Path) -> None:
    train(settings(tmp_path, 2))
    heard = Heard()
    model = ModelConfig("tiny", 16, init=tmp_path / "run" / BEST, freeze_until="head")
    train(settings(tmp_path, 1, name="tuned", model=model), heard)
    start, end = load(tmp_path / "run" / BEST), load(tmp_path / "tuned" / LAST)
    changed = {k for k, v in end.weights.items() if not torch.equal(v, start.weights[k])}
    assert changed == {"backbone.head.weight", "backbone.head.bias"}


def test_ctrl_c_while_the_pictures_are_drawn_keeps_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Figure, "savefig", cut)
        result = train(settings(tmp_path, 1))
    assert result.interrupted
    assert load(result.folder / BEST).calibrations
    assert not [p for p in result.folder.iterdir() if p.suffix in (".part", ".tmp", ".png")]
    assert not resume(result.folder).interrupted
    assert (result.folder / "embeddings.png").is_file()
