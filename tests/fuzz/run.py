"""Workers for all targets: started anew after a death, ended when they hang."""

from __future__ import annotations

import selectors
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.fuzz.target import Target

PART = 250  # files of one worker
WALL = 60.0  # seconds for one file, and for a start; its own limit is in processor time


@dataclass
class Found:
    """ends: how many files were read, refused, or at fault. faults: by number, what was wrong."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: dict[int, str] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, number: int, said: str) -> None:
        self.ends[said.split(" ", 1)[0]] += 1
        if said.startswith("FAULT"):
            self.faults[number] = said.removeprefix("FAULT ")

    def join(self, other: Found) -> None:
        self.ends.update(other.ends)
        self.faults.update(other.faults)
        self.seconds += other.seconds


def fuzz(target: Target, seed: int, first: int, count: int, wall: float = WALL) -> Found:
    """The files `first` and on, in as many workers as it takes. wall: see WALL."""
    found, at, last = Found(), first, first + count
    start = time.monotonic()
    while at < last:
        at = _worker(target.name, seed, at, last, found, wall)
    found.seconds = time.monotonic() - start
    return found


def fuzz_all(targets: list[Target], seed: int, workers: int) -> dict[str, Found]:
    """As many files of each as it has for `make ci`, side by side."""
    parts = [(t, at, min(PART, t.count - at)) for t in targets for at in range(0, t.count, PART)]
    found = {target.name: Found() for target in targets}
    with ThreadPoolExecutor(workers) as pool:
        for (target, *_), part in zip(
            parts, pool.map(lambda p: fuzz(p[0], seed, p[1], p[2]), parts), strict=True
        ):
            found[target.name].join(part)
    return found


def _worker(name: str, seed: int, first: int, last: int, found: Found, wall: float) -> int:
    """One process, until it is done, dies, or hangs; gives the first file that is left."""
    command = [sys.executable, "-m", "tests.fuzz.worker", name, *map(str, (seed, first, last))]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        number, said = first - 1, "done"
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while selector.select(WALL if number < first else wall):
                line = process.stdout.readline()
                if not line:
                    break
                if line.strip().isdigit():
                    number, said = int(line), ""
                else:
                    said = line.strip()
                    found.add(number, said)
            else:
                process.kill()
        _, told = process.communicate()
    if said and number == last - 1:
        return last
    if number < first:
        raise RuntimeError(f"the worker of {name} does not start: {told}")
    if not said:
        how = f"signal {-process.returncode}" if process.returncode < 0 else told[-300:]
        found.add(number, f"FAULT ended the process ({how})")
    return number + 1
