"""What the machine gives: cores, and memory taken."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import psutil
import pytest

from facecluster.base.machine import cores, peak_megabytes


def test_cores_are_those_of_this_process() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
    if hasattr(os, "sched_getaffinity"):
        assert cores() == len(os.sched_getaffinity(0))


def test_cores_where_the_system_knows_of_no_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


def test_the_peak_is_at_least_what_is_held_and_never_falls() -> None:
    before = peak_megabytes()
    held = bytearray(os.urandom(1 << 20)) * 64
    after = peak_megabytes()
    assert before is not None
    assert after is not None
    assert after >= max(before, len(held) / (1 << 20))
    assert after >= psutil.Process().memory_info().rss / (1 << 20) * 0.99


def test_windows_tells_its_peak_working_set(monkeypatch: pytest.MonkeyPatch) -> None:
    info = SimpleNamespace(rss=1 << 20, peak_wset=3 << 20)
    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.setattr(psutil.Process, "memory_info", lambda self: info)
    assert peak_megabytes() == 3.0
    del info.peak_wset
    assert peak_megabytes() is None
