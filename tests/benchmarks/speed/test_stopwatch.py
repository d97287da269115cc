"""CPU time by stage: what is inside what, in every thread, and that nothing is replaced."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

from benchmarks.speed.profile import STAGES, look
from benchmarks.speed.stopwatch import Stage, Stopwatch
from facecluster.faces.detect import Detector
from facecluster.photos import read


class Work:
    """Functions that can be watched by name."""

    @staticmethod
    def burn(seconds: float) -> None:
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            pass

    @staticmethod
    def whole() -> None:
        Work.burn(0.02)
        helper(0.03)
        helper(0.03)

    @staticmethod
    def fail() -> None:
        Work.burn(0.01)
        raise ValueError


def helper(seconds: float) -> None:
    """Not a stage itself: its time is that of the stage around it, but for the stage inside."""
    Work.burn(seconds)


def burning(given: Any) -> str:
    return f"burn {given['seconds']:.2f}"


OUTER, FAIL = Stage("outer", f"{__name__}:Work.whole"), Stage("fail", f"{__name__}:Work.fail")
BURN = Stage(burning, f"{__name__}:Work.burn")


def test_a_stage_counts_without_those_inside_it() -> None:
    watch = Stopwatch()
    start = time.thread_time()
    with watch.over([OUTER, BURN]):
        Work.whole()
    whole = time.thread_time() - start
    assert watch.calls == {"burn 0.02": 1, "burn 0.03": 2, "outer": 1}
    assert watch.seconds["burn 0.03"] >= 0.06
    assert watch.seconds["outer"] < 0.01
    assert sum(watch.seconds.values()) == pytest.approx(whole, abs=0.01)


def test_without_the_inner_stage_all_is_the_outer_one() -> None:
    watch = Stopwatch()
    with watch.over([OUTER]):
        Work.whole()
    Work.whole()  # not watched any more
    assert watch.calls == {"outer": 1}
    assert 0.08 <= watch.seconds["outer"] < 0.12


def test_an_exception_ends_a_stage() -> None:
    watch = Stopwatch()
    with watch.over([FAIL]):
        with pytest.raises(ValueError):  # noqa: PT011
            Work.fail()
        Work.burn(0.05)
    assert watch.calls == {"fail": 1}
    assert watch.seconds["fail"] < 0.03


def test_each_thread_has_stages_of_its_own() -> None:
    watch = Stopwatch()
    with watch.over([OUTER, BURN]):
        threads = [threading.Thread(target=Work.whole) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert watch.calls == {"burn 0.02": 3, "burn 0.03": 6, "outer": 3}
    assert watch.seconds["burn 0.03"] >= 0.18
    assert watch.seconds["outer"] < 0.03


def test_the_product_stays_as_it_is() -> None:
    before = read.digest
    watch = Stopwatch()
    with watch.over(STAGES):
        assert read.digest is before
        read.digest(b"")
    assert watch.calls == {"digest": 1}


def test_a_look_is_named_by_its_size() -> None:
    given = {"pixels": np.zeros((50, 80, 3), np.uint8), "scale": 4.0}
    assert look(given) == "detect at 320 px"
    asked = Detector.look.__code__.co_varnames
    assert set(given) <= set(asked)


@pytest.mark.parametrize("target", ["facecluster.reading:gone", "facecluster.reading:Gone.read"])
def test_a_function_that_is_gone_is_named(target: str) -> None:
    with pytest.raises(SystemExit, match=f"{target}: not there any more"):
        _ = Stage("x", target).code


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.target)
def test_every_target_is_where_it_is_defined(stage: Stage) -> None:
    """Not where it is imported to: then a move of the function would go unnoticed."""
    module, _, path = stage.target.partition(":")
    assert stage.code.co_qualname == path
    assert stage.code.co_filename == sys.modules[module].__file__


def test_every_target_is_listed_once() -> None:
    assert len({stage.target for stage in STAGES}) == len(STAGES)
