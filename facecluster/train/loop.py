"""Train an embedding network: the whole of it on one screen, then its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from facecluster.train.config import TrainConfig
from facecluster.train.history import EpochRow
from facecluster.train.model.checkpoint import load, save
from facecluster.train.prepare import prepare
from facecluster.train.run.device import pick_device
from facecluster.train.run.distributed import Ranks
from facecluster.train.run.epoch import at_start, train_epoch, validate
from facecluster.train.run.finish import finish, keep_start, write_history
from facecluster.train.run.folders import BEST, LAST, create_run, point_latest
from facecluster.train.run.listeners import Listeners
from facecluster.train.run.reports import Listener, Plan, Silent
from facecluster.train.run.sitting import Sitting
from facecluster.train.run.state.run_state import RunState
from facecluster.train.run.step import TrainingError
from facecluster.train.run.stopping import Clock, CollapseWatch
from facecluster.train.run.tensorboard import TensorBoardListener
from facecluster.train.run.tuning import RUN_TUNING, RunTuning


@dataclass(frozen=True, slots=True)
class Result:
    """folder: of the run. best: its best epoch, None before the first validation. interrupted: by
    Ctrl-C; everything is saved. stopped: a sentence when it ended before its time, else empty."""

    folder: Path
    best: EpochRow | None
    interrupted: bool
    stopped: str


def train(
    config: TrainConfig, listener: Listener | None = None, tuning: RunTuning = RUN_TUNING
) -> Result:
    """Train by `config` in a new run folder.

    Raises a FaceclusterError for what a user can mend: data, settings, a loss that is no longer a
    number (TrainingError; the last good checkpoint stays), a full disk.
    """
    heard = listener or Silent()
    ranks = Ranks(pick_device(config.device))
    try:
        made = prepare(config, ranks, heard)
        name = f"{Path(config.data.dataset).name}-{made.shape.backbone}"
        folder = create_run(config.runs, config.name, name) if ranks.first else config.runs
        folder = ranks.agree(folder)
        state = made.state(ranks, tuning)
        if ranks.first:
            keep_start(folder, state)
            heard.note(at_start(state))
        return _run(state, made.plan(folder.name, state), folder, heard)
    finally:
        ranks.close()


def resume(
    folder: Path,
    listener: Listener | None = None,
    changes: Mapping[str, Any] | None = None,
    tuning: RunTuning = RUN_TUNING,
) -> Result:
    """Go on with the run in `folder` where its last checkpoint was, bit for bit on a CPU.

    changes: settings that may differ from the first sitting's, nested as TrainConfig.to_json has
    them: device, threads, minutes, patience, tensorboard, data.dataset, data.cache.
    """
    heard = listener or Silent()
    checkpoint = load(folder / LAST)
    checkpoint = replace(checkpoint, config=_changed(checkpoint.config, changes or {}))
    ranks = Ranks(pick_device(checkpoint.config.device))
    try:
        made = prepare(checkpoint.config, ranks, heard, start=checkpoint)
        state = made.state(ranks, tuning)
        state.restore(checkpoint)
        if ranks.first:
            point_latest(folder)
        return _run(state, made.plan(folder.name, state), folder, heard)
    finally:
        ranks.close()


def _changed(config: TrainConfig, changes: Mapping[str, Any]) -> TrainConfig:
    values = config.to_json()
    return TrainConfig.from_json(
        values | dict(changes) | {"data": values["data"] | changes.get("data", {})}
    )


def _run(state: RunState, plan: Plan, folder: Path, listener: Listener) -> Result:
    """Epoch after epoch until something ends it."""
    if state.config.tensorboard and state.ranks.first:
        listener = Listeners(listener, TensorBoardListener(folder))
    clock = Clock(state.config, state.position.seconds)
    sitting = Sitting(clock, listener, CollapseWatch(state.tuning.flatness))
    interrupt = sitting.interrupt
    listener.start(plan)
    stopped = _nothing_left(state, clock)
    with interrupt.listening():
        while not stopped and not interrupt.asked:
            try:
                finished = train_epoch(state, sitting)
            except TrainingError as error:
                raise TrainingError(_explained(error, state, folder)) from error
            if finished:
                row = validate(state, clock)
                state.close_epoch(row, clock.seconds)
                if state.ranks.first:
                    _save(state, folder, row.best)
                listener.epoch(row)
            stopped = "" if interrupt.asked else state.ranks.agree(_nothing_left(state, clock))
        if interrupt.asked and state.ranks.first:
            save(folder / LAST, state.checkpoint(clock.seconds))
        interrupted = interrupt.asked
        if state.ranks.first and state.judged.history:
            try:
                finish(folder, state, sitting)
            except KeyboardInterrupt:  # once more: all is saved but some of the pictures
                interrupted = True
    early = stopped if stopped != _DONE else ""
    return Result(folder, state.judged.best, interrupted, early)


_DONE = "all epochs are done"


def _nothing_left(state: RunState, clock: Clock) -> str:
    """Why the run is over; empty while it is not."""
    config, position = state.config, state.position
    if config.patience and position.bad >= config.patience:
        return f"Stopped early: {position.bad} epochs without a better validation."
    if clock.limited:
        return _DONE if clock.progress(0, 1) >= 1 else ""
    return _DONE if position.epoch >= state.epochs else ""


def _save(state: RunState, folder: Path, best: bool) -> None:
    checkpoint = state.checkpoint(state.position.seconds)
    save(folder / LAST, checkpoint)
    if best:
        save(folder / BEST, checkpoint)
    write_history(folder, state.judged.history)


def _explained(error: TrainingError, state: RunState, folder: Path) -> str:
    """Which step, what is kept, and what to try."""
    kept = folder / LAST
    saved = f"the last good checkpoint is {kept}" if kept.is_file() else "nothing was saved yet"
    return (
        f"{error} at step {state.done + 1} (epoch {state.position.epoch + 1}, batch "
        f"{state.position.batch + 1}); {saved}. "
        "Try a lower `optim.lr`, a longer `optim.warmup`, or `precision` float32."
    )
