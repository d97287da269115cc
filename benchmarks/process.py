"""Run a command as a whole and say what it took."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Used:
    """wall and cpu in seconds; peak_mb is the largest resident size, nan where the system does not
    tell (Windows)."""

    wall: float
    cpu: float
    peak_mb: float


def measured(command: list[str], allowed: tuple[int, ...] = (0, 3)) -> Used:
    """Run `command` with its output thrown away; errors stay visible.

    Raises CalledProcessError when the exit code is not one of `allowed`.
    """
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        # ru_maxrss is in KiB on Linux and in bytes on macOS.
        unit = 1024**2 if os.uname().sysname == "Darwin" else 1024
        used = Used(
            time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit
        )
    else:
        child.wait()
        used = Used(time.perf_counter() - start, float("nan"), float("nan"))
    if child.returncode not in allowed:
        raise subprocess.CalledProcessError(child.returncode, command)
    return used
