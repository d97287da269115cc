"""history.csv there and back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import FaceclusterError
from facecluster.train.history import EpochRow, history_csv, read_history

number = st.floats(allow_nan=False)
rows = st.builds(
    EpochRow,
    epoch=st.integers(1, 10_000),
    stage=st.sampled_from(["triplet", "arcface"]),
    best=st.booleans(),
    **{
        name: number
        for name in EpochRow.__dataclass_fields__
        if name not in ("epoch", "stage", "best")
    },
)


@given(st.lists(rows, max_size=5))
def test_rows_come_back_whole(history: list[EpochRow]) -> None:
    assert read_history(history_csv(history)) == history


def test_missing_figures_stay_missing() -> None:
    row = EpochRow(1, "triplet", *[math.nan] * 13, True)  # type: ignore[arg-type]
    again = read_history(history_csv([row]))[0]
    assert math.isnan(again.loss)
    assert again.best


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "epoch\nx\n"])
def test_another_table_is_refused(text: str) -> None:
    with pytest.raises(FaceclusterError, match="history"):
        read_history(text)
