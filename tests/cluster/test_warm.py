"""What clustering imports is there when it begins."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from facecluster.cluster.people import find_people
from facecluster.cluster.warm import warm_up
assert "scipy" not in sys.modules
warm_up().join()
before = set(sys.modules)
import numpy as np
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.config import ClusterConfig
from facecluster.records import FaceTable
rows = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
rows[20:] = rows[:20]
rows /= np.linalg.norm(rows, axis=1, keepdims=True)
count = len(rows)
one = np.ones(count, np.float32)
where = np.arange(count, dtype=np.int32)
table = FaceTable(
    where, np.zeros(count, np.int32), np.full((count, 4), 99, np.float32),
    np.zeros((count, 5, 2), np.float32), one, np.ones((count, 3), np.float32), one, rows,
)
assert find_people(table, one, ClusterConfig(), FalseAcceptCurve((), 0.01)).people == 20
late = {name for name in set(sys.modules) - before if name.split(".")[0] in ("scipy", "sklearn")}
print(sorted(late))
"""


def test_grouping_imports_nothing_heavy_after_the_warm_up() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
