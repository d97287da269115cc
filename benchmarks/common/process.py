"""What a command, or this process, took: seconds, CPU seconds and the peak of its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# What ru_maxrss counts in a MiB: KiB on Linux, bytes on macOS.
MAXRSS_UNIT = 1024**2 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Used:
    """wall and cpu in seconds; peak_mb is the largest resident size in MiB, nan where the system
    does not tell (Windows)."""

    wall: float
    cpu: float
    peak_mb: float


def _run(command: list[str]) -> tuple[int, Used]:
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    if not hasattr(os, "wait4"):
        child.wait()
        return child.returncode, Used(time.perf_counter() - start, float("nan"), float("nan"))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    cpu = usage.ru_utime + usage.ru_stime
    return child.returncode, Used(wall, cpu, usage.ru_maxrss / MAXRSS_UNIT)


def measured_apart(
    command: list[str],
    allowed: tuple[int, ...] = (0, 3),
    environment: Mapping[str, str] | None = None,
) -> Used:
    """Run `command` with its output thrown away; errors stay visible.

    It is started from a small process: the peak that the system tells of a program includes that
    of the process that started it, and this one may hold a lot. Raises CalledProcessError when the
    exit code is not one of `allowed`.
    """
    launcher = [sys.executable, "-m", "benchmarks.common.process", *command]
    done = subprocess.run(launcher, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    code, *figures = json.loads(done.stdout)
    if code not in allowed:
        raise subprocess.CalledProcessError(code, command)
    return Used(*figures)


def own_peak_mb() -> float:
    """The most memory that this program held, in MiB; nan where the system does not tell.

    Not ru_maxrss where there is better: on Linux that includes the process which started this one.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        [line] = [x for x in status.read_text("utf-8").splitlines() if x.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    if os.name == "nt":
        return float("nan")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MAXRSS_UNIT


def main() -> int:
    """Run the command that the arguments are, and print its exit code and `Used` as JSON."""
    code, used = _run(sys.argv[1:])
    print(json.dumps([code, used.wall, used.cpu, used.peak_mb]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
