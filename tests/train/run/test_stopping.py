"""Ends of a run: Ctrl-C, time, stages, collapse."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from facecluster.train.config import DataConfig, Stage, TrainConfig
from facecluster.train.run.stopping import Clock, CollapseWatch, Flatness, Interrupt

TWO = TrainConfig(DataConfig("x"), stages=(Stage("arcface", 3), Stage("triplet", 1)))


def test_the_first_ctrl_c_asks_and_the_second_ends() -> None:
    interrupt = Interrupt()
    before = signal.getsignal(signal.SIGINT)
    with interrupt.listening():
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_thread_may_not_listen_and_does_not_fail() -> None:
    reached = []

    def work() -> None:
        with Interrupt().listening():
            reached.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert reached == [True]


def test_stages_share_the_run_by_their_epochs() -> None:
    clock = Clock(TWO, 0.0)
    assert [clock.stage(p).loss for p in (0.0, 0.5, 0.74, 0.75, 1.0)] == [
        "arcface",
        "arcface",
        "arcface",
        "triplet",
        "triplet",
    ]


def test_progress_counts_batches_or_time() -> None:
    assert Clock(TWO, 0.0).progress(3, 12) == 0.25
    limited = Clock(TrainConfig(DataConfig("x"), minutes=1), 30.0)
    assert limited.limited
    assert limited.progress(0, 1) == pytest.approx(0.5, abs=0.01)
    assert limited.left(0.5, 0.0) == pytest.approx(30, abs=1)
    assert Clock(TrainConfig(DataConfig("x"), minutes=1), 1000.0).progress(0, 1) == 1.0


def test_time_left_is_unknown_at_first() -> None:
    clock = Clock(TWO, 0.0)
    assert clock.left(0.25, 0.25) is None
    left = clock.left(0.5, 0.25)
    assert left is not None
    assert left >= 0


def test_a_sitting_begins_once_whatever_the_epoch() -> None:
    clock = Clock(TWO, 0.0)
    assert [clock.began(p) for p in (0.25, 0.5, 0.75)] == [0.25] * 3


def test_collapse_is_told_once_after_some_flat_batches() -> None:
    limit = Flatness(spread=0.5, batches=6)
    watch = CollapseWatch(limit)
    told = [watch.sees(0.25) for _ in range(18)]
    assert told.index(True) == 5
    assert sum(told) == 1
    assert not any(watch.sees(value) for value in [1.0, *[0.25] * 5])
    assert watch.sees(0.25)
