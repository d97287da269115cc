"""One piece of work on one library in a process of its own, so that its peak of memory is its own.

    python -m benchmarks.scale.trial LIBRARY.npz RESULT.json TASK

TASK (JSON): the fields of `Task`. benchmarks.scale starts it; by hand it is of little use.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from benchmarks.common.process import own_peak_mb
from benchmarks.scale.crowds import Library
from facecluster.config import ClusterConfig
from facecluster.records import FaceTable

OVER, FAILED = "over the limit", "failed"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """work: `group`; `near` for the recall of neighbours; `agree` for how alike the forms of a
    method are. method: one of METHODS. distance, table: of the model. sample: faces asked for the
    recall. seed: of their choice."""

    work: str
    distance: float
    table: tuple[tuple[float, float], ...]
    method: str = "auto"
    sample: int = 2000
    seed: int = 0


def run(path: Path, task: Task, limit: float) -> Row:
    """The row of one task; its `state` is OVER or FAILED where there are no figures.

    limit: seconds, with starting and judging, after which the child is ended.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, "-m", "benchmarks.scale.trial", str(path), str(result)]
        child = subprocess.Popen([*command, json.dumps(asdict(task))])
        told: Row = {"work": task.work, "method": task.method}
        try:
            code = child.wait(limit)
        except subprocess.TimeoutExpired:
            return told | {"state": OVER, "limit": limit}
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        if code:
            return told | {"state": FAILED, "code": code}
        found: Row = json.loads(result.read_text("utf-8"))
    return told | {"state": "done"} | found


def group(made: Library, task: Task) -> Row:
    """Seconds and memory of the grouping alone, and how right it is."""
    from facecluster.cluster.false_accept_curve import FalseAcceptCurve
    from facecluster.cluster.metrics import bcubed, coverage, pairwise
    from facecluster.cluster.people import find_people

    config = ClusterConfig(method=task.method)  # type: ignore[arg-type]
    curve = FalseAcceptCurve(task.table, task.distance)
    before, wall, cpu = own_peak_mb(), time.monotonic(), time.process_time()
    labels = find_people(made.faces, made.quality, config, curve).labels
    used = {"seconds": time.monotonic() - wall, "cpu": time.process_time() - cpu}
    used |= {"before_mb": before, "peak_mb": own_peak_mb(), "table_mb": table_mb(made.faces)}
    scores = {"bcubed": bcubed(made.people, labels), "pairwise": pairwise(made.people, labels)}
    known = ~made.poor
    return used | {
        **{name: asdict(score) | {"f": score.f} for name, score in scores.items()},
        "placed": coverage(labels[known]),
        "poor_placed": coverage(labels[made.poor]) if made.poor.any() else 0.0,
        "people": int(labels.max(initial=-1)) + 1,
        "several": made.several,
    }


def table_mb(faces: FaceTable) -> float:
    """What the faces themselves take, in MiB."""
    return float(sum(getattr(faces, field.name).nbytes for field in fields(FaceTable)) / 2**20)


def near(made: Library, task: Task) -> Row:
    from benchmarks.scale.neighbour_recall import recall

    found = recall(made, task.table, task.distance, task.sample, task.seed)
    return found | {"peak_mb": own_peak_mb()}


def agree(made: Library, task: Task) -> Row:
    from benchmarks.scale import agreement

    return agreement.agree(made, task.method, task.table, task.distance)


WORK = {"group": group, "near": near, "agree": agree}


def main() -> int:
    path, result, told = sys.argv[1:4]
    task = Task(**json.loads(told))
    made = Library.load(Path(path))
    row = WORK[task.work](made, task) | {"faces": len(made)}
    Path(result).write_text(json.dumps(row), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
