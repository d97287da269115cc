"""How far a run has come: sums of an epoch, and the form that checkpoints keep."""

from __future__ import annotations

import math
from dataclasses import fields

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from facecluster.train.losses.base import Outcome
from facecluster.train.run.state.position import EpochSums, Position
from facecluster.train.run.step import StepResult

number = st.floats(-1e6, 1e6)
results = st.tuples(number, number | st.just(math.nan), number, number | st.just(math.nan))


def step(loss: float, active: float, positive: float, negative: float) -> StepResult:
    outcome = Outcome(torch.tensor(loss), active, 1)
    return StepResult(loss, active, positive, negative, 0.1, outcome)


@given(st.lists(results, max_size=6))
def test_means_are_those_of_what_is_known(batches: list[tuple[float, ...]]) -> None:
    sums = EpochSums()
    for index, batch in enumerate(batches):
        sums.add(step(*batch), rate=index, pictures=10, seconds=0.5)
    if not batches:
        assert all(map(math.isnan, (sums.mean(sums.loss), sums.active_share, sums.rate)))
        assert sums.pictures_per_second == 0
        return
    n = len(batches)
    assert sums.mean(sums.loss) == pytest.approx(math.fsum(b[0] for b in batches) / n, abs=1e-6)
    known = [b[1] for b in batches if not math.isnan(b[1])]
    if known:
        assert sums.active_share == pytest.approx(math.fsum(known) / len(known), abs=1e-6)
    else:
        assert math.isnan(sums.active_share)
    negative = math.fsum(b[3] for b in batches if not math.isnan(b[3])) / n
    assert sums.mean(sums.negative) == pytest.approx(negative, abs=1e-6)
    assert (sums.rate, sums.pictures_per_second) == (n - 1, 20.0)


@given(st.lists(results, max_size=3), st.integers(0, 9), st.floats(0, 1e6))
def test_a_position_comes_back_from_its_plain_form(
    batches: list[tuple[float, ...]], epoch: int, seconds: float
) -> None:
    position = Position(epoch, len(batches), 1, 0.0)
    for batch in batches:
        position.sums.add(step(*batch), 0.5, 7, 0.25)
    again = Position.from_json(position.to_json(seconds))
    assert again.seconds == seconds
    again.seconds = 0.0
    assert repr(again) == repr(position)


def test_the_form_that_checkpoints_have_had_from_the_start() -> None:
    sums = [4.0, 0.5, 1.5, 1.25, 2.0, 2.0, 56.0, 0.75, 1e-3]
    position = Position.from_json([3, 2, 1, 12.5, sums])
    assert (position.epoch, position.batch, position.bad, position.seconds) == (3, 2, 1, 12.5)
    assert position.sums == EpochSums(
        loss=4.0, positive=0.5, negative=1.5, active=1.25, known=2.0, batches=2.0, pictures=56.0,
        seconds=0.75, rate=1e-3,
    )  # fmt: skip
    assert position.to_json(12.5) == [3, 2, 1, 12.5, sums]
    assert len(fields(EpochSums)) == len(sums)
    assert Position.from_json([1, 0, 0, 2.5, []]).to_json(2.5) == [1, 0, 0, 2.5, []]


def test_an_epoch_is_closed() -> None:
    position = Position(2, 5, 1)
    position.sums.add(step(1.0, 0.5, 0.1, 0.9), 0.5, 7, 0.25)
    position.close_epoch(best=False, seconds=9.0)
    assert position.to_json(position.seconds) == [3, 0, 2, 9.0, []]
    position.close_epoch(best=True, seconds=11.0)
    assert position.to_json(position.seconds) == [4, 0, 0, 11.0, []]
