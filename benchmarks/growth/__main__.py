"""What changes when photos are added: who is renumbered, which old faces move, what is lost.

    python -m benchmarks.growth [FOLDER ...] [--step 1000] [--steps 10] [--write [FILE]]
        [--json FILE]

FOLDERs hold one folder of pictures per person; without one, LFW and pins44 of ../shared/data. Their
photos are mixed by --seed and grouped in --steps runs, each with --step photos more; then once with
a tenth of a step more. Faces are kept in .cache/quality.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.albums import Album, pour
from benchmarks.common.grouping import Task, ours
from benchmarks.common.options import chosen, parser
from benchmarks.common.pages import QUALITY_TITLE, render, write
from benchmarks.common.places import DATA, DOCS, KEPT_FACES
from benchmarks.common.reading import Source
from benchmarks.common.sets import FOLDERS
from benchmarks.growth.steps import Step, grown
from facecluster.config import METHODS, ClusterConfig
from facecluster.errors import FaceclusterError
from facecluster.records import Ints

MARK = "python -m benchmarks.growth --write"


def arguments() -> argparse.Namespace:
    made = parser(__doc__)
    add = made.add_argument
    add("--step", type=int, default=1000, help="photos that come at once")
    add("--steps", type=int, default=10, help="how often they come")
    add("--method", choices=METHODS, default=ClusterConfig().method)
    add("--model", type=Path, help="an ONNX embedder, instead of the shipped one")
    add("--write", nargs="?", type=Path, const=DOCS / "quality.md", metavar="FILE")
    add("--seed", type=int, default=0, help="by which the photos are mixed")
    add("--threads", type=int, default=0, help="for reading, 0: one per core")
    add("--cache", type=Path, default=KEPT_FACES, help="where faces are kept")
    return made.parse_args()


def measure(options: argparse.Namespace, source: Source) -> dict[str, Any]:
    """The steps, and how right the last of them and one run over all are."""
    usual = [DATA / folder for folder in FOLDERS.values()]
    pool = pour([source.album(root) for root in chosen(options.folders, usual)])
    task = Task(options.method, source.told)

    def group(album: Album, before: Ints) -> Ints:
        return ours(album.faces, task, source.model)

    order = np.random.default_rng(options.seed).permutation(len(pool))
    full = min(options.step * options.steps, len(pool))
    sizes = sorted({min(options.step * n, full) for n in range(1, options.steps + 1)})
    sizes.append(min(full + options.step // 10, len(pool)))
    steps, scores = [], {}
    for step in grown(pool, order, sizes, group):
        steps.append(_row(step))
        if step.photos == full:
            album = pool.take(order[:full])
            scores = {"grown": album.judge(step.labels).bcubed.f}
            scores["once"] = album.judge(ours(album.faces, task, source.model)).bcubed.f
    return {
        "model": source.model.name,
        "method": options.method,
        "seed": options.seed,
        "steps": steps,
        "scores": scores,
    }


def _row(step: Step) -> dict[str, Any]:
    names = ("photos", "people", "old", "placed", "moved", "numbered", "renumbered", "lost")
    return {name: getattr(step, name) for name in names} | {"share": step.share}


def main() -> int:
    options = arguments()
    try:
        told = measure(options, Source(options.cache, options.model, options.threads))
    except FaceclusterError as error:
        sys.exit(str(error))
    text = render(Path(__file__).parent / "templates" / "growth.md.j2", told=told)
    print(text)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1))
    if options.write:
        write(options.write, text, MARK, QUALITY_TITLE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
