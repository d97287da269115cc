"""Blocks of work."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from facecluster.cluster.search import blocks


def test_blocks_cover_every_row_once() -> None:
    covered = np.concatenate([np.arange(10)[rows] for rows in blocks.blocks(10, 3)])
    assert covered.tolist() == list(range(10))


def test_work_is_spread_and_comes_back_in_order(monkeypatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    together = threading.Barrier(3, timeout=10)  # breaks unless three work at once

    def work(item: int) -> int:
        together.wait()
        return item * item

    assert blocks.spread(work, range(6)) == [0, 1, 4, 9, 16, 25]


def test_what_goes_wrong_in_a_thread_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        blocks.spread(lambda item: 1 // item, [1, 0])
