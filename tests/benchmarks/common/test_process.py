"""What commands and this process take."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from benchmarks.common.process import measured_apart, own_peak_mb

HOLD = "import time; held = bytearray({} << 20); held[::4096] = b'x' * len(held[::4096])"


def test_a_command_that_holds_more_has_a_higher_peak() -> None:
    small, large = (measured_apart([sys.executable, "-c", HOLD.format(n)]) for n in (1, 100))
    assert small.wall > 0
    if sys.platform != "win32":
        assert small.cpu > 0
        assert large.peak_mb - small.peak_mb == pytest.approx(99, abs=5)


def test_the_peak_is_not_that_of_the_process_that_started_it() -> None:
    held = np.ones(300 << 17)  # 300 MiB
    used = measured_apart([sys.executable, "-c", "pass"])
    assert not used.peak_mb >= 200
    assert held[-1] == 1


def test_an_exit_code_that_is_not_allowed_is_an_error() -> None:
    ending = [sys.executable, "-c", "raise SystemExit(3)"]
    assert measured_apart(ending).wall > 0
    with pytest.raises(subprocess.CalledProcessError) as caught:
        measured_apart(ending, allowed=(0,))
    assert caught.value.returncode == 3


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
def test_the_own_peak_grows_with_what_is_held() -> None:
    before = own_peak_mb()
    held = np.ones(int(before + 100) << 17)
    assert own_peak_mb() >= before + 90
    assert held[-1] == 1
