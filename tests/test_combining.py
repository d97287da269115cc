"""Calls that run as one give what each would give alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from facecluster.combining import Combiner


class Device:
    """Doubles rows and keeps the sizes of its calls; the first call waits until told."""

    def __init__(self, wait: bool = False) -> None:
        self.calls: list[tuple[object, list[int]]] = []
        self.inside, self.go = threading.Event(), threading.Event()
        self.wait = wait

    def run(self, parts: list[np.ndarray], kind: object) -> list[np.ndarray]:
        self.calls.append((kind, [len(part) for part in parts]))
        if self.wait and len(self.calls) == 1:
            self.inside.set()
            assert self.go.wait(20)
        stacked = np.concatenate(parts) * 2
        return np.split(stacked, np.cumsum([len(part) for part in parts])[:-1])


def rows(count: int, value: int = 1) -> np.ndarray:
    return np.full((count, 2), value, np.uint8)


def waiting(combiner: Combiner[np.ndarray], count: int) -> None:
    """Return when `count` calls wait behind the one that runs."""
    for _ in range(2000):
        if len(combiner._waiting) == count:
            return
        threading.Event().wait(0.005)
    raise AssertionError(f"{len(combiner._waiting)} wait")


def test_one_caller_gets_a_call_of_its_own() -> None:
    device = Device()
    combiner = Combiner(device.run, 8)
    assert np.array_equal(combiner.ask(rows(3)), rows(3, 2))
    assert np.array_equal(combiner.ask(rows(20)), rows(20, 2))  # more than a call should hold
    assert device.calls == [(None, [3]), (None, [20])]


def test_who_waits_shares_the_next_call() -> None:
    device = Device(wait=True)
    combiner = Combiner(device.run, 8)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(combiner.ask, rows(1))
        assert device.inside.wait(20)
        sizes = [2, 3, 4, 2, 1]
        others = []
        for i, size in enumerate(sizes):  # one after the other, so that their order is known
            others.append(pool.submit(combiner.ask, rows(size, i)))
            waiting(combiner, i + 1)
        device.go.set()
        assert np.array_equal(first.result(20), rows(1, 2))
        for i, (size, other) in enumerate(zip(sizes, others, strict=True)):
            assert np.array_equal(other.result(20), rows(size, 2 * i))
    # 2 + 3 fit, 4 do not, 2 + 1 do: whoever is left over is first in the next call.
    assert [sizes for _, sizes in device.calls] == [[1], [2, 3, 2, 1], [4]]


def test_other_kinds_do_not_mix() -> None:
    device = Device(wait=True)
    combiner = Combiner(device.run, 100)
    with ThreadPoolExecutor(5) as pool:
        futures = [pool.submit(combiner.ask, rows(1), "a")]
        assert device.inside.wait(20)
        for i, kind in enumerate("abab"):
            futures.append(pool.submit(combiner.ask, rows(i + 1), kind))
            waiting(combiner, i + 1)
        device.go.set()
        for future in futures:
            future.result(20)
    assert device.calls == [("a", [1]), ("a", [1, 3]), ("b", [2, 4])]


def test_an_error_reaches_all_who_shared_the_call_and_ends_nothing() -> None:
    def run(parts: list[np.ndarray], kind: object) -> list[int]:
        if kind == "bad":
            raise RuntimeError("out of memory")
        return [len(part) for part in parts]

    combiner = Combiner(run, 8)
    with pytest.raises(RuntimeError, match="out of memory"):
        combiner.ask(rows(1), "bad")
    assert combiner.ask(rows(2)) == 2


def test_many_threads_each_get_their_own() -> None:
    combiner = Combiner(Device().run, 16)
    rng = np.random.default_rng(0)
    asked = [rng.integers(0, 100, (int(n), 3), dtype=np.uint8) for n in rng.integers(1, 6, 300)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(combiner.ask, asked))
    for rows_, answer in zip(asked, answers, strict=True):
        assert np.array_equal(answer, rows_ * 2)
