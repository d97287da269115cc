"""Words and little pictures of the training display: stages, durations, sparklines."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.cli.train.display import listening
from facecluster.cli.train.view import BLOCKS, duration, sparkline


def test_a_stage_has_words(capsys: pytest.CaptureFixture[str]) -> None:
    with listening(silent=False, verbose=False) as listener:
        listener.progress("pack", 0, 5000)
    assert capsys.readouterr().err == "Packing pictures (5,000) ...\n"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (3723, "1:02:03"), (None, "-"), (math.nan, "-"),
     (math.inf, "-"), (-3, "0:00")],
)  # fmt: skip
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_a_sparkline_by_hand() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == BLOCKS
    assert sparkline([0, 0, 7, 7], 2) == "▁█"
    assert sparkline([1, math.nan, 2], 9) == "▁ █"
    assert sparkline([math.nan], 9) == ""
    assert sparkline([], 9) == ""
    assert len(set(sparkline([3, 3, 3], 9))) == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=300), st.integers(1, 60))
def test_a_sparkline_fits_and_keeps_the_order(values: list[float], width: int) -> None:
    line = sparkline(values, width)
    assert 1 <= len(line) <= width
    if len(values) <= width:
        assert len(line) == len(values)
        heights = [BLOCKS.index(block) for block in line]
        for a, high in zip(values, heights, strict=True):
            for b, other in zip(values, heights, strict=True):
                assert a < b or high >= other
