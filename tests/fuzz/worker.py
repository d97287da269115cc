"""Reads damaged files one after the other in a process of its own, which may die of one.

python -m tests.fuzz.worker TARGET SEED FIRST LAST writes a line before and after each file: its
number; then `read`, `refused`, or `FAULT` and what was wrong.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from facecluster.errors import FaceclusterError
from tests.fuzz.mutate import damaged
from tests.fuzz.target import Target
from tests.fuzz.targets import broken, targets

SECONDS = 10.0  # of processor time for one file
BYTES = 1 << 30  # of memory at the most, with all that is loaded


def main(name: str, seed: int, first: int, last: int) -> None:
    # Nothing that a reader or a library prints may mix with our lines.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    target = (targets() | {broken.TARGET.name: broken.TARGET})[name]
    seeds = target.seeds()

    def say(line: str) -> None:
        out.write(f"{line}\n")
        out.flush()

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number in range(first, last):
            say(str(number))
            say(tried(target, damaged(target, seeds, seed, number), Path(folder) / "album"))


def tried(target: Target, data: bytes, folder: Path) -> str:
    """What became of one file."""
    path = folder / target.file
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    start, before = time.process_time(), _peak()
    try:
        said = outcome(target.read, path)
    finally:
        shutil.rmtree(folder)
    took = time.process_time() - start
    if took > SECONDS:
        return f"FAULT took {took:.1f} s"
    if before < BYTES < _peak():
        return f"FAULT took {_peak() / 1e9:.2f} GB of memory"
    return said


def outcome(read: Callable[[Path], object], path: Path) -> str:
    try:
        read(path)
    except FaceclusterError as error:
        text = str(error)
        return "refused" if text and "\n" not in text else f"FAULT no sentence: {text!r}"
    except BaseException as error:  # whatever it is, it is what we look for
        place = traceback.extract_tb(error.__traceback__)[-1]
        first = (str(error).splitlines() or [""])[0][:200]
        return f"FAULT {type(error).__name__}: {first} ({place.filename}:{place.lineno})"
    return "read"


def _peak() -> int:
    """Bytes. getrusage begins with what the process had that started this one; Linux knows more."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
