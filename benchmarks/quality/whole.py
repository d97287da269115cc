"""The whole `group` command on labelled photos, judged by its report."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from benchmarks.common.process import measured_apart
from facecluster.evaluate.grouping import judge
from facecluster.report.document import read_report


def command_row(folder: Path, extra: list[str]) -> dict[str, Any]:
    """One run without an index: scores, and seconds and peak memory of the whole command.

    Raises CalledProcessError when the command fails.
    """
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "facecluster", "group", str(folder), "--out", out]
        used = measured_apart([*command, "--link", "none", "--quiet", *extra])
        report = read_report(Path(out) / "report.json")
    judged = judge(report)
    row = asdict(judged)
    for name, score in (("pairwise", judged.pairwise), ("bcubed", judged.bcubed)):
        row[name] = asdict(score) | {"f": score.f}
    return row | {
        "whole": True,
        "method": cast("dict[str, str]", report.run.settings["cluster"])["method"],
        "distance": report.run.distance,
        "seconds": used.wall,
        "peak_mb": used.peak_mb,
    }
