"""How right the folders are: the whole `group` command on labelled photos, judged by their folders.

    python -m benchmarks.quality [FOLDER ...] [--method METHOD ...] [--distance D] [--json FILE]

FOLDER holds a folder of pictures a person. Without one: LFW and pins44 of ../shared/data. The
first run of a folder reads it; other methods only group again. Indexes are kept in .cache/quality.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.process import chosen, measured, parser
from facecluster.config import METHODS
from facecluster.evaluate.grouping import judge

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
CACHE = ROOT / ".cache" / "quality"
SETS = (DATA / "lfw" / "images", DATA / "pins44")
HEAD = (
    f"{'set':<14}{'method':<15}{'pairwise P / R / F':<23}{'BCubed P / R / F':<23}"
    f"{'placed':<8}{'people':<13}{'seconds':<9}peak MB"
)


def run(folder: Path, method: str, extra: list[str]) -> dict[str, Any]:
    """One run of the command; its judgement, time and memory."""
    out = CACHE / f"{folder.parent.name}-{folder.name}"
    command = [sys.executable, "-m", "facecluster", "group", str(folder), "--out", str(out)]
    command += ["--link", "none", "--quiet", "--method", method, *extra]
    start = time.perf_counter()
    used = measured(command)
    seconds = time.perf_counter() - start
    report = json.loads((out / "report.json").read_text("utf-8"))
    judged = judge(report)
    scores = {
        name: asdict(score) | {"f": score.f}
        for name, score in (("pairwise", judged.pairwise), ("bcubed", judged.bcubed))
    }
    return asdict(judged) | scores | {
        "set": f"{folder.parent.name}/{folder.name}",
        "method": method,
        "seconds": seconds,
        "peak_mb": used.peak_mb,
        "distance": report["run"]["distance"],
    }  # fmt: skip


def line(row: dict[str, Any]) -> str:
    def three(score: dict[str, float]) -> str:
        return f"{score['precision']:.3f} / {score['recall']:.3f} / {score['f']:.4f}"

    people = f"{row['people']} of {row['true_people']}"
    return (
        f"{row['set'][-13:]:<14}{row['method']:<15}{three(row['pairwise']):<23}"
        f"{three(row['bcubed']):<23}{row['coverage']:<8.3f}{people:<13}{row['seconds']:<9.1f}"
        f"{row['peak_mb']:.0f}"
    )


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--method", action="append", choices=METHODS)
    arguments.add_argument("--distance", help="passed on to group")
    options = arguments.parse_args()
    extra = ["--distance", options.distance] if options.distance else []
    folders = chosen(options.folders, SETS)
    print(HEAD)
    rows = []
    for folder in folders:
        for method in options.method or METHODS:
            try:
                rows.append(run(folder, method, extra))
            except subprocess.CalledProcessError as error:
                print(f"{folder.name} {method}: exit code {error.returncode}")
                return 1
            print(line(rows[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
