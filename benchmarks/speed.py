"""How fast the whole `group` command is, next to only decoding the same photos.

    python -m benchmarks.speed [FOLDER ...] [--runs N] [--json FILE]

Without a FOLDER: photos/counts, photos/album and pins44 of ../shared/data. Each run starts with no
index; the decode floor reads the same files at the same scale with the same number of threads.
Both run in turn, so that a machine that drifts slows both; medians are printed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.process import Used, chosen, measured, parser

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SETS = (DATA / "photos" / "counts", DATA / "photos" / "album", DATA / "pins44")
DECODE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from facecluster.config import ScanConfig
from facecluster.errors import PhotoError
from facecluster.photos.read import decode, load
from facecluster.photos.scan import scan
from facecluster.reading import DECODED_SIZE, cores
root = Path(sys.argv[1])
def one(file):
    try:
        decode(load(root / file.path), DECODED_SIZE)
    except PhotoError:
        pass
with ThreadPoolExecutor(cores()) as pool:
    list(pool.map(one, scan(root, ScanConfig()).files))
"""


def group(folder: Path) -> tuple[Used, dict[str, Any]]:
    """One run from nothing; what it took, and the report."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "facecluster", "group", str(folder), "--quiet"]
        used = measured([*command, "--link", "none", "--out", out])
        return used, json.loads((Path(out) / "report.json").read_text("utf-8"))


def measure(folder: Path, runs: int) -> dict[str, Any]:
    """Medians of `runs` runs, after one that warms the disk's cache."""
    rows, floors = [], []
    _, report = group(folder)
    for _ in range(runs):
        rows.append(group(folder)[0])
        floors.append(measured([sys.executable, "-c", DECODE, str(folder)]))
    wall, floor = (median(u.wall for u in used) for used in (rows, floors))
    return {
        "set": f"{folder.parent.name}/{folder.name}",
        "photos": report["summary"]["photos"],
        "faces": report["summary"]["faces"],
        "seconds": wall,
        "cpu": median(u.cpu for u in rows),
        "peak_mb": median(u.peak_mb for u in rows),
        "decode_seconds": floor,
        "times_floor": median(a.wall / b.wall for a, b in zip(rows, floors, strict=True)),
        "stages": report["run"]["seconds"],
    }


def line(row: dict[str, Any]) -> str:
    return (
        f"{row['set']:<16}{row['photos']:>7}{row['faces']:>7}{row['seconds']:>9.1f}"
        f"{row['photos'] / row['seconds']:>10.1f}{row['cpu']:>8.1f}{row['peak_mb']:>9.0f}"
        f"{row['times_floor']:>11.1f}"
    )


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--runs", type=int, default=3)
    options = arguments.parse_args()
    folders = chosen(options.folders, SETS)
    print(
        f"{'set':<16}{'photos':>7}{'faces':>7}{'seconds':>9}{'photos/s':>10}{'cpu s':>8}"
        f"{'peak MB':>9}{'x decode':>11}"
    )
    rows = []
    for folder in folders:
        try:
            rows.append(measure(folder, options.runs))
        except subprocess.CalledProcessError as error:
            print(f"{folder.name}: exit code {error.returncode}")
            return 1
        print(line(rows[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
