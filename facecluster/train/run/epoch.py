"""One epoch of training, and the validation that follows it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import astuple
from functools import partial

import torch

from facecluster.records import Floats
from facecluster.train.batch.signs import Batch
from facecluster.train.history import EpochRow
from facecluster.train.model.embed import embed, embed_views, to_tensor
from facecluster.train.optim.optimizers import rate_factor, set_rate
from facecluster.train.run.reports import BatchReport, Listener
from facecluster.train.run.state import RunState
from facecluster.train.run.step import StepResult, autocast
from facecluster.train.run.stopping import COLLAPSED, Clock, Interrupt
from facecluster.train.run.validate import Verdict, calibrations, judge_pairs, nearest_accuracy

GALLERY = 5000  # training pictures among which held-out ones look for their nearest


def train_epoch(state: RunState, clock: Clock, interrupt: Interrupt, listener: Listener) -> bool:
    """Train the batches of the epoch that are left; False when Ctrl-C came before its end.

    A time limit that is over ends the epoch, too.
    """
    total = state.epochs * state.batches
    begin = clock.progress(state.epoch * state.batches + state.batch, total)
    sitting_from = clock.began(begin)
    state.enter(clock.stage(begin))
    state.train_mode()
    for rows in state.batches_left():
        done = state.epoch * state.batches + state.batch
        progress = state.ranks.agree(clock.progress(done, total))
        if progress >= 1:
            break
        start = time.perf_counter()
        rate = state.rate * rate_factor(state.config.optim, progress, state.epochs)
        set_rate(state.optimizer, rate)
        batch = state.compose(rows)
        result = _step(state, batch)
        state.average.update(state.network)
        state.batch += 1
        _add(state, result, rate, len(rows), time.perf_counter() - start)
        state.last = batch, result.outcome.triplets
        # A classifier such as arcface may well begin in a narrow cone, and gets out of it.
        if state.stage.loss != "arcface" and state.collapse.sees(result.spread):
            listener.note(COLLAPSED)
        listener.batch(_report(state, result, clock, total, sitting_from))
        interrupt.asked = state.ranks.agree(interrupt.asked)
        if interrupt.asked:
            return False
    return True


def _step(state: RunState, batch: Batch) -> StepResult:
    device = state.ranks.device
    share = state.ranks.share(len(batch.rows))
    pixels = to_tensor(batch.draw(state.material.pictures.pixels, share), device)
    labels = torch.from_numpy(batch.labels).to(device)
    return state.stepper(pixels, labels, share)


def _add(state: RunState, result: StepResult, rate: float, count: int, seconds: float) -> None:
    """Sums of the epoch: loss, positive, negative, active and how often it was known, batches,
    pictures, seconds, and the last rate."""
    known = not math.isnan(result.active)
    values = (
        result.loss,
        0.0 if math.isnan(result.positive) else result.positive,
        0.0 if math.isnan(result.negative) else result.negative,
        result.active if known else 0.0,
        float(known),
        1.0,
        float(count),
        seconds,
    )
    sums = state.sums or [0.0] * (len(values) + 1)
    state.sums = [a + b for a, b in zip(sums, values, strict=False)] + [rate]


def _report(
    state: RunState, result: StepResult, clock: Clock, total: int, sitting_from: float
) -> BatchReport:
    done = state.epoch * state.batches + state.batch
    progress = clock.progress(done, total)
    left = clock.left(progress, sitting_from)
    expected = total if not clock.limited else max(done, round(done / max(progress, 1e-6)))
    return BatchReport(
        epoch=state.epoch + 1,
        done=done,
        total=expected,
        loss=result.loss,
        active=result.active,
        positive=result.positive,
        negative=result.negative,
        pictures_per_second=state.sums[6] / max(state.sums[7], 1e-9),
        seconds_left=left,
    )


def validate(state: RunState, clock: Clock) -> EpochRow:
    """Judge the averaged weights; all ranks but the first only wait for what it says.

    An epoch is the best when the area under its ROC curve is larger than any before: unlike the
    accuracy it does not jump with single pairs.
    """
    figures, best = _figures(state) if state.ranks.first else ((), False)
    figures, best = state.ranks.agree((figures, best))
    accuracy, auc, eer, tar_1e2, tar_1e3, holdout = figures
    loss, positive, negative, active, known, batches, pictures, seconds, rate = state.sums or [
        0.0
    ] * 8 + [math.nan]
    return EpochRow(
        epoch=state.epoch + 1,
        stage=state.stage.loss,
        loss=loss / batches if batches else math.nan,
        active=active / known if known else math.nan,
        positive=positive / batches if batches else math.nan,
        negative=negative / batches if batches else math.nan,
        lr=rate,
        seconds=clock.seconds,
        pictures_per_second=pictures / max(seconds, 1e-9),
        accuracy=accuracy,
        auc=auc,
        eer=eer,
        tar_1e2=tar_1e2,
        tar_1e3=tar_1e3,
        holdout_accuracy=holdout,
        best=best,
    )


def at_start(state: RunState) -> str:
    """A sentence on what the network is worth before it has learned, to compare with."""
    verdict, _ = _verdict(state)
    return (
        f"Before training: accuracy {100 * verdict.accuracy:.1f} %, AUC {verdict.auc:.4f}, "
        f"EER {100 * verdict.eer:.1f} %."
    )


def _verdict(state: RunState) -> tuple[Verdict, tuple[Floats, Floats]]:
    """The averaged weights' figures on the pairs, and the embeddings of both kinds."""
    val = state.material.validation
    views = embed_views(
        state.average.network, val.pictures.pixels, val.rows, state.ranks.device, _cast(state)
    )
    return judge_pairs(views[1 if state.config.model.mirror else 0], val.pairs), views


def _figures(state: RunState) -> tuple[tuple[float, ...], bool]:
    """The validation figures in the order of reports.EpochRow, and whether they are the best so
    far; then the distances are calibrated, too."""
    verdict, views = _verdict(state)
    best = state.best is None or verdict.auc > state.best.auc
    if best:
        state.calibrations = calibrations(views, state.material.validation)
    return (*astuple(verdict), _holdout(state)), best


def _holdout(state: RunState) -> float:
    """Nearest-neighbour accuracy of held-out pictures of the training classes."""
    material, device = state.material, state.ranks.device
    rows, gallery = material.split.holdout, material.gallery(GALLERY)
    if not len(rows):
        return math.nan
    network, pixels = state.average.network, material.pictures.pixels
    labels = material.pictures.labels
    known = embed(network, pixels, gallery, device, _cast(state))
    probes = embed(network, pixels, rows, device, _cast(state))
    return nearest_accuracy(known, labels[gallery], probes, labels[rows])


def _cast(state: RunState) -> Callable[[], AbstractContextManager[object]]:
    return partial(autocast, state.ranks.device, state.config.precision)
