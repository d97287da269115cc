"""How the memory of a run is shared out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.base.memory import address_limit
from facecluster.errors import SettingsError
from facecluster.guard.share import MB, RunNeeds, share_out
from facecluster.photos.read import LIMITS

NEEDS = RunNeeds()
LEAST = NEEDS.fixed + NEEDS.thread + NEEDS.decoding

pytestmark = pytest.mark.skipif(address_limit() is not None, reason="the shell has a limit")


@given(memory=st.integers(LEAST, 64_000 * MB), threads=st.integers(1, 128))
def test_nothing_is_shared_out_twice(memory: int, threads: int) -> None:
    share = share_out(memory, threads)
    assert 1 <= share.threads <= threads
    assert NEEDS.fixed + share.threads * NEEDS.thread + share.budget <= memory
    assert share.budget >= NEEDS.decoding
    assert 0 < share.here <= share.photo <= share.budget
    assert share.limits.memory == share.photo


@given(memory=st.integers(LEAST, 8_000 * MB))
def test_more_memory_is_never_less_of_anything(memory: int) -> None:
    less, more = share_out(memory, 8), share_out(memory + 100 * MB, 8)
    assert more.threads >= less.threads
    assert more.threads > less.threads or more.budget >= less.budget


def test_little_memory_is_fewer_threads() -> None:
    assert share_out(LEAST, 16).threads == 1
    assert share_out(LEAST + 3 * NEEDS.thread, 16).threads == 4
    assert share_out(64_000 * MB, 16).threads == 16


def test_who_gives_more_may_read_larger_photos() -> None:
    assert share_out(None, 2).photo <= LIMITS.memory
    assert share_out(8_000 * MB, 2).photo > LIMITS.memory


def test_the_machine_has_room_for_a_run_by_itself() -> None:
    share = share_out(None, 1)
    assert share.threads == 1
    assert share.budget >= NEEDS.decoding


@pytest.mark.parametrize("memory", [0, 1, 100 * MB, LEAST - 1])
def test_too_little_says_what_it_takes(memory: int) -> None:
    with pytest.raises(SettingsError) as caught:
        share_out(memory, 1)
    assert caught.value.field == "memory"
    assert str(caught.value).endswith(f"give at least {LEAST // MB}MB")
