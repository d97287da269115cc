"""What do the worst photos of each kind take, in memory and time?

    python -m benchmarks.limits [--kinds NAME ...] [--size SHARE]

Each photo is made (benchmarks/limits/worst.py) and read in a fresh process, as `facecluster group`
reads it: here, or apart where it is suspicious. Peak memory is that of both processes together, and
processor time too. --size makes the sides of all of them smaller.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.limits.worst import WORST
from facecluster.base.memory import group_limit

_READ = """
import resource, sys, time
from pathlib import Path
from facecluster.errors import PhotoError
from facecluster.guard.guard import Guard
with Guard() as guard:
    try:
        size = guard.decode(guard.load(Path(sys.argv[1])), 1600).pixels.shape[1::-1]
        told = "{} x {}".format(*size)
    except PhotoError as error:
        told = str(error)
mine, other = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
peak = mine.ru_maxrss
for line in Path("/proc/self/status").read_text().splitlines():
    if line.startswith("VmHWM:"):  # unlike the other it counts from the start of this program
        peak = int(line.split()[1])
seconds = sum(used.ru_utime + used.ru_stime for used in (mine, other))
place = "apart" if other.ru_maxrss else "here"
print(f"{(peak + other.ru_maxrss) / 1024:.0f}|{seconds:.1f}|{place}|{told}")
"""


def arguments() -> argparse.Namespace:
    made = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    made.add_argument("--kinds", nargs="+", choices=WORST, default=list(WORST), metavar="NAME")
    made.add_argument("--size", type=float, default=1.0, metavar="SHARE", help="of the sides, 0..1")
    return made.parse_args()


def measured(data: bytes) -> list[str]:
    """Peak MB, processor seconds, where it was decoded, and what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo")
        path.write_bytes(data)
        command = [sys.executable, "-c", _READ, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip().split("|")


def main() -> None:
    asked = arguments()
    if (limit := group_limit()) is not None:
        print(f"This process may have {limit / 1e6:.0f} MB.")
    print(f"{'kind':<30} {'file MB':>8} {'peak MB':>8} {'CPU s':>6}  where  what came of it")
    for name in asked.kinds:
        data = WORST[name](asked.size)
        peak, seconds, place, told = measured(data)
        row = f"{name:<30} {len(data) / 1e6:8.1f} {peak:>8} {seconds:>6}  {place:<6} {told}"
        print(row, flush=True)


if __name__ == "__main__":
    main()
