"""Seconds by stage."""

from __future__ import annotations

import time

import pytest

from facecluster.base.clock import Clock


def test_stages_are_told_apart_and_also_where_they_fail() -> None:
    clock = Clock()
    with clock.stage("long"):
        time.sleep(0.02)
    with pytest.raises(ValueError, match="broken"), clock.stage("short"):
        raise ValueError("broken")
    assert list(clock.seconds) == ["long", "short"]
    assert clock.seconds["long"] > clock.seconds["short"] >= 0
