"""What the benchmarks share: their folders, and running a command as a whole."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


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
    code, used = _run(command)
    if code not in allowed:
        raise subprocess.CalledProcessError(code, command)
    return used


def _run(command: list[str]) -> tuple[int, Used]:
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    if not hasattr(os, "wait4"):
        child.wait()
        return child.returncode, Used(time.perf_counter() - start, float("nan"), float("nan"))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    # ru_maxrss is in KiB on Linux and in bytes on macOS.
    unit = 1024**2 if os.uname().sysname == "Darwin" else 1024
    return child.returncode, Used(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def measured_apart(
    command: list[str],
    allowed: tuple[int, ...] = (0, 3),
    environment: Mapping[str, str] | None = None,
) -> Used:
    """As `measured`, started from a small process: the peak that the system tells of a program
    includes that of the process that started it, and this one may hold a lot."""
    launcher = [sys.executable, "-m", "benchmarks.common.process", *command]
    done = subprocess.run(launcher, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    code, *figures = json.loads(done.stdout)
    if code not in allowed:
        raise subprocess.CalledProcessError(code, command)
    return Used(*figures)


def main() -> int:
    """Run the command that the arguments are, and print its exit code and `Used` as JSON."""
    code, used = _run(sys.argv[1:])
    print(json.dumps([code, used.wall, used.cpu, used.peak_mb]))
    return 0


def parser(about: str) -> argparse.ArgumentParser:
    """The options of every benchmark on folders of photos. about: a module's docstring."""
    made = argparse.ArgumentParser(description=about.splitlines()[0])
    made.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    made.add_argument("--json", type=Path, help="also write the rows here")
    return made


def chosen(folders: Iterable[Path], usual: Iterable[Path]) -> list[Path]:
    """The folders to measure, `usual` when none was named; ends the program when one is missing."""
    found = [path.resolve() for path in folders or usual]
    for path in found:
        if not path.is_dir():
            sys.exit(f"{path}: not there; name a folder of photos")
    return found


if __name__ == "__main__":
    sys.exit(main())
