"""A budget is never overdrawn, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.base.budget import Budget


@settings(max_examples=30, deadline=None)
@given(size=st.integers(1, 50), wishes=st.lists(st.integers(-3, 90), max_size=30))
def test_it_is_never_overdrawn_and_all_are_served(size: int, wishes: list[int]) -> None:
    budget, lock, held, most, served = Budget(size), threading.Lock(), 0, 0, []

    def work(wish: int) -> None:
        nonlocal held, most
        amount = min(max(wish, 0), size)
        with budget.hold(wish):
            with lock:
                held += amount
                most = max(most, held)
            time.sleep(0.0001)
            with lock:
                held -= amount
                served.append(wish)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, wishes))
    assert sorted(served) == sorted(wishes)
    assert most <= size
    assert held == 0


def test_what_does_not_fit_waits_and_is_not_passed_over() -> None:
    budget, order = Budget(10), []
    started = threading.Semaphore(0)

    def work(name: str, amount: int) -> None:
        started.release()
        with budget.hold(amount):
            order.append(name)

    with ThreadPoolExecutor(2) as pool:
        with budget.hold(6):
            large = pool.submit(work, "large", 8)
            started.acquire()
            time.sleep(0.05)
            small = pool.submit(work, "small", 4)  # it would fit, but came later
            started.acquire()
            time.sleep(0.05)
            assert order == []
        large.result(5)
        small.result(5)
    assert order == ["large", "small"]


def test_an_error_gives_it_back() -> None:
    budget = Budget(1)
    with pytest.raises(KeyError), budget.hold(1):
        raise KeyError
    with budget.hold(1):
        pass


def test_nothing_cannot_be_shared() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Budget(0)
