"""One epoch of training, and the validation that follows it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial

import torch

from facecluster.records import Floats
from facecluster.train.batch.signs import Batch
from facecluster.train.history import EpochRow
from facecluster.train.model.embed import embed, embed_views, to_tensor
from facecluster.train.optim.optimizers import rate_factor, set_rate
from facecluster.train.run.device import autocast
from facecluster.train.run.reports import BatchReport
from facecluster.train.run.sitting import Sitting
from facecluster.train.run.state.run_state import RunState
from facecluster.train.run.step import StepResult
from facecluster.train.run.stopping import COLLAPSED, Clock
from facecluster.train.run.validate import Verdict, calibrations, judge_pairs, nearest_accuracy


def train_epoch(state: RunState, sitting: Sitting) -> bool:
    """Train the batches of the epoch that are left; False when Ctrl-C came before its end.

    A time limit that is over ends the epoch, too.
    """
    clock, position, learner = sitting.clock, state.position, state.learner
    total = state.epochs * state.batches
    begin = clock.progress(state.done, total)
    sitting_from = clock.began(begin)
    learner.enter(clock.stage(begin))
    learner.train_mode()
    for rows in state.composer.left(position.epoch, position.batch):
        progress = state.ranks.agree(clock.progress(state.done, total))
        if progress >= 1:
            break
        start = time.perf_counter()
        rate = learner.rate * rate_factor(state.config.optim, progress, state.epochs)
        set_rate(learner.optimizer, rate)
        batch = state.composer.compose(rows, learner.stage.loss, position.epoch, position.batch)
        result = _step(state, batch)
        learner.average.update_parameters(learner.network)
        position.batch += 1
        position.sums.add(result, rate, len(rows), time.perf_counter() - start)
        sitting.last = batch, result.outcome.triplets
        # A classifier such as arcface may well begin in a narrow cone, and gets out of it.
        if learner.stage.loss != "arcface" and sitting.collapse.sees(result.spread):
            sitting.listener.note(COLLAPSED)
        sitting.listener.batch(_report(state, result, clock, total, sitting_from))
        interrupt = sitting.interrupt
        interrupt.asked = state.ranks.agree(interrupt.asked)
        if interrupt.asked:
            return False
    return True


def _step(state: RunState, batch: Batch) -> StepResult:
    device = state.ranks.device
    share = state.ranks.share(len(batch.rows))
    pixels = to_tensor(batch.draw(state.material.pictures.pixels, share), device)
    labels = torch.from_numpy(batch.labels).to(device)
    return state.learner.step(pixels, labels)


def _report(
    state: RunState, result: StepResult, clock: Clock, total: int, sitting_from: float
) -> BatchReport:
    done = state.done
    progress = clock.progress(done, total)
    left = clock.left(progress, sitting_from)
    expected = total if not clock.limited else max(done, round(done / max(progress, 1e-6)))
    return BatchReport(
        epoch=state.position.epoch + 1,
        done=done,
        total=expected,
        loss=result.loss,
        active=result.active,
        positive=result.positive,
        negative=result.negative,
        pictures_per_second=state.position.sums.pictures_per_second,
        seconds_left=left,
    )


def validate(state: RunState, clock: Clock) -> EpochRow:
    """Judge the averaged weights; all ranks but the first only wait for what it says.

    An epoch is the best when the area under its ROC curve is larger than any before: unlike the
    accuracy it does not jump with single pairs.
    """
    found = state.ranks.agree(_figures(state) if state.ranks.first else None)
    assert found is not None
    verdict, holdout, best = found
    sums = state.position.sums
    return EpochRow(
        epoch=state.position.epoch + 1,
        stage=state.learner.stage.loss,
        loss=sums.mean(sums.loss),
        active=sums.active_share,
        positive=sums.mean(sums.positive),
        negative=sums.mean(sums.negative),
        lr=sums.rate,
        seconds=clock.seconds,
        pictures_per_second=sums.pictures_per_second,
        **asdict(verdict),
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
    network = state.learner.average.module
    views = embed_views(network, val.pictures.pixels, val.rows, state.ranks.device, _cast(state))
    return judge_pairs(views[1 if state.config.model.mirror else 0], val.pairs), views


def _figures(state: RunState) -> tuple[Verdict, float, bool]:
    """The figures on the pairs, the accuracy of held-out pictures, and whether these weights are
    the best so far; then their distances are calibrated, too."""
    verdict, views = _verdict(state)
    judged = state.judged
    best = judged.best is None or verdict.auc > judged.best.auc
    if best:
        judged.calibrations = calibrations(views, state.material.validation)
    return verdict, _holdout(state), best


def _holdout(state: RunState) -> float:
    """Nearest-neighbour accuracy of held-out pictures of the training classes."""
    material, device = state.material, state.ranks.device
    rows, gallery = material.split.holdout, material.gallery(state.tuning.gallery)
    if not len(rows):
        return math.nan
    network, pixels = state.learner.average.module, material.pictures.pixels
    labels = material.pictures.labels
    known = embed(network, pixels, gallery, device, _cast(state))
    probes = embed(network, pixels, rows, device, _cast(state))
    return nearest_accuracy(known, labels[gallery], probes, labels[rows])


def _cast(state: RunState) -> Callable[[], AbstractContextManager[object]]:
    return partial(autocast, state.ranks.device, state.config.precision)
