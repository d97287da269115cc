"""python -m tests.fuzz: a fixed number of files for each target; with --minutes new ones as long.

Files that a reader does not bear are kept in a folder, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.mutate import damaged
from tests.fuzz.run import Found, fuzz_all
from tests.fuzz.target import Target
from tests.fuzz.targets import targets

SEED = 20261130  # of the files in `make ci`


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=0, help="go on with new files so long")
    parser.add_argument("--seed", type=int, default=None, help="of the first files")
    parser.add_argument("--target", action="append", help="only this one; may be repeated")
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="for what was found")
    asked = parser.parse_args(arguments)
    known = targets()
    if unknown := set(asked.target or ()) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    chosen = [known[name] for name in asked.target or known]
    seed = asked.seed if asked.seed is not None else int(time.time()) if asked.minutes else SEED
    end = time.monotonic() + asked.minutes * 60
    faults = 0
    while True:
        found = fuzz_all(chosen, seed, os.cpu_count() or 1)
        faults += sum(len(each.faults) for each in found.values())
        _show(found, seed)
        for target in chosen:
            _keep(target, found[target.name], seed, asked.keep)
        if time.monotonic() >= end:
            return 1 if faults else 0
        seed += 1


def _show(found: dict[str, Found], seed: int) -> None:
    print(f"{'seed ' + str(seed):14}{'files':>7}{'read':>7}{'refused':>9}{'faults':>8}{'s':>7}")
    for name, each in found.items():
        ends, total = each.ends, sum(each.ends.values())
        print(f"{name:14}{total:7}{ends['read']:7}{ends['refused']:9}{ends['FAULT']:8}"
              f"{each.seconds:7.1f}", flush=True)  # fmt: skip


def _keep(target: Target, found: Found, seed: int, folder: Path) -> None:
    """Put the files that made a fault into `folder`, and say what each did."""
    for number, what in found.faults.items():
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{target.name}-{seed}-{number}{Path(target.file).suffix}"
        path.write_bytes(damaged(target, target.seeds(), seed, number))
        print(f"{path}: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
