"""One pool for all: order, back-pressure, errors, and an end that leaves nothing behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.base.pool import left_behind, pooled

BOTH = pytest.mark.parametrize("ordered", [True, False])


@settings(max_examples=40, deadline=None)
@given(
    items=st.lists(st.integers(0, 99), max_size=30),
    threads=st.integers(1, 5),
    in_flight=st.integers(1, 4),
    ordered=st.booleans(),
)
def test_every_item_comes_once(items, threads, in_flight, ordered) -> None:
    found = list(pooled(lambda x: x * x, items, threads, in_flight, ordered))
    wanted = [x * x for x in items]
    assert (found if ordered else sorted(found)) == (wanted if ordered else sorted(wanted))


def test_ordered_waits_for_the_first_and_unordered_does_not() -> None:
    gate = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            gate.wait(10)
        return item

    quick = pooled(work, range(4), 2, 2, ordered=False)
    assert [next(quick) for _ in range(3)] != [0, 1, 2]
    gate.set()
    assert list(quick) == [0]
    assert list(pooled(work, range(4), 2, 2, ordered=True)) == [0, 1, 2, 3]


@BOTH
@pytest.mark.parametrize("threads", [1, 3])
def test_as_many_at_once_as_threads(ordered: bool, threads: int) -> None:
    """They all meet, which fewer could not, and are never more."""
    meeting = threading.Barrier(threads)
    lock, now, most = threading.Lock(), 0, 0

    def work(_: int) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        meeting.wait(10)
        with lock:
            now -= 1
        return threading.current_thread().name

    names = set(pooled(work, range(4 * threads), threads, 4, ordered, name="party"))
    assert most == threads
    assert names == {f"party_{n}" for n in range(threads)}


@BOTH
def test_no_more_is_taken_than_its_consumer_keeps_up_with(ordered: bool) -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for item in range(100):
            taken += 1
            yield item

    results = pooled(lambda x: x, items(), 2, 3, ordered)
    assert taken == 0  # nothing begins before somebody asks
    for done in range(1, 40):
        next(results)
        assert taken <= done + 6
    results.close()
    assert taken <= 39 + 6


@BOTH
def test_an_error_is_raised_and_what_has_not_begun_is_dropped(ordered: bool) -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 3:
            raise RuntimeError("damaged")
        time.sleep(0.002)
        return item

    with pytest.raises(RuntimeError, match="damaged"):
        list(pooled(work, range(1000), 2, 5, ordered, name="broken"))
    assert len(begun) <= 20
    assert not [t for t in threading.enumerate() if t.name.startswith("broken")]


def test_in_order_all_before_an_error_come_first() -> None:
    def work(item: int) -> int:
        if item == 5:
            raise RuntimeError("damaged")
        return item

    results = pooled(work, range(9), 3, 2, ordered=True)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(RuntimeError):
        next(results)


@BOTH
def test_closing_lets_what_is_in_work_finish(ordered: bool) -> None:
    begun, finished = [], []
    go = threading.Event()

    def work(item: int) -> int:
        begun.append(item)
        if item:
            go.wait(10)
        finished.append(item)
        return item

    results = pooled(work, range(100), 2, 4, ordered, name="closed")
    assert next(results) == 0
    threading.Timer(0.05, go.set).start()
    results.close()
    assert sorted(finished) == sorted(begun)
    assert len(begun) <= 4
    assert not [t for t in threading.enumerate() if t.name.startswith("closed")]


@BOTH
def test_an_interrupt_of_the_consumer_ends_it(ordered: bool) -> None:
    def interrupted() -> None:
        for item in pooled(lambda x: x, range(1000), 2, 2, ordered, name="cut"):
            if item >= 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not [t for t in threading.enumerate() if t.name.startswith("cut")]


@BOTH
def test_what_does_not_end_is_left_behind(ordered: bool) -> None:
    """A decoder cannot be interrupted: whoever leaves the pool does not wait for it."""
    go, stuck = threading.Event(), threading.Event()

    def work(item: int) -> int:
        if item:
            stuck.set()
            go.wait(30)
        return item

    results = pooled(work, range(9), 1, 2, ordered, name="stuck", patience=0.1)
    assert next(results) == 0
    assert stuck.wait(10)
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 5
    assert left_behind()
    go.set()
    for thread in [t for t in threading.enumerate() if t.name.startswith("stuck")]:
        thread.join(10)
    assert not left_behind()
