"""The numbers of the default method, one at a time, on libraries of two halves of people.

    python -m fitting.constants [--constant NAME ...] [--json FILE]

They are those of `AutoTuning` (facecluster/cluster/tuning.py). What is good on both halves, which
share nobody, is good for people that neither has seen. A row gives the mean BCubed F over all
libraries of each half (benchmarks/common/libraries.py) and the lowest one of each kind. Faces are
kept in .cache/quality.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.albums import Album, Model
from benchmarks.common.grouping import Task, ours
from benchmarks.common.libraries import FITTED_PEOPLE, halves, libraries, names_in
from benchmarks.common.places import DATA, KEPT_FACES
from benchmarks.common.reading import Source
from benchmarks.common.sets import FOLDERS
from facecluster.cluster.tuning import DEFAULT, Tuning

# Around the value that stands in the code, which is tried too.
OTHERS: dict[str, Sequence[Any]] = {
    "expected": (0.05, 0.1, 0.15, 0.3, 0.5),
    "singles": (0.005, 0.01, 0.05),
    "widest_first": (3e-5, 3e-4, 1e-3),
    "widest": (3e-4, 3e-3),
    "large": (5, 12, 20),
    "false_joins": (0.0, 0.2, 0.4, 0.55, 1.0),
    "widest_join": (2e-3, 1e-2, 2.5e-2),
    "some": ((2,), (8, 2), (16, 8, 4)),
    "pieces": ((2,), (2, 3, 4, 6, 8)),
    "false_merges": (0.0, 0.05, 0.1, 0.3, 0.5),
}


def scores(
    albums: Sequence[tuple[str, Album]], model: Model, tuning: Tuning = DEFAULT
) -> dict[str, float]:
    """Mean BCubed F of the default method over all libraries, and the lowest of each kind."""
    task = Task("auto", {})
    found = [(kind, a.judge(ours(a.faces, task, model, tuning)).bcubed.f) for kind, a in albums]
    kinds = dict.fromkeys(kind for kind, _ in found)
    lowest = {kind: min(f for other, f in found if other == kind) for kind in kinds}
    return {"mean": float(np.mean([f for _, f in found])), **lowest}


def trials(constants: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Names and values: the code's own settings once, then each other value alone."""
    yield "as it is", None
    for name in constants:
        yield from ((name, value) for value in OTHERS[name])


def row(name: str, value: Any, sides: Sequence[Sequence[tuple[str, Album]]], model: Model) -> Any:
    """One setting on both halves."""
    tuning = DEFAULT
    if value is not None:
        tuning = replace(DEFAULT, auto=replace(DEFAULT.auto, **{name: value}))
    return {"constant": name, "value": value, "halves": [scores(s, model, tuning) for s in sides]}


def line(found: Any) -> str:
    """A row as text: both halves side by side."""
    first, second = found["halves"]
    parts = (f"{kind} {first[kind]:.3f}/{second[kind]:.3f}" for kind in first if kind != "mean")
    label = found["constant"] if found["value"] is None else f"{found['constant']} {found['value']}"
    return f"{label:<24}{first['mean']:.4f} / {second['mean']:.4f}   {'  '.join(parts)}"


def main() -> int:
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("--constant", action="append", choices=OTHERS)
    made.add_argument("--data", type=Path, default=DATA, help="the folder of lfw and pins44")
    made.add_argument("--cache", type=Path, default=KEPT_FACES)
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--json", type=Path, help="also write the rows here")
    options = made.parse_args()
    source = Source(options.cache)
    many, few = (source.album(options.data / path) for path in FOLDERS.values())
    fitted = names_in(options.data / FITTED_PEOPLE)
    sides = [libraries(half, options.seed) for half in halves(many, few, fitted, options.seed)]
    rows = []
    for name, value in trials(options.constant or list(OTHERS)):
        rows.append(row(name, value, sides, source.model))
        print(line(rows[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
