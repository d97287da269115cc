"""From ten thousand faces to a million: time, memory and what becomes of the groups.

    python -m benchmarks.scale [--faces N ...] [--growth GROWTH ...] [--methods METHOD ...]
        [--most N] [--limit SECONDS] [--seed N] [--no-near] [--agree] [--only-spread]
        [--json FILE] [--write [FILE]] [--toy]

Libraries of made-up people (benchmarks/scale/crowds.py), drawn around the real faces of
../shared/data (benchmarks/scale/synthetic.py), are grouped by each method in a process of its own.
They grow in two ways; all is done in the first one named, in the other only what the default method
does. --agree compares the forms of a method for many faces with its exact one. --toy does all of it
with few faces. Without the pictures seeded vectors stand in for real faces. Libraries are kept in
.cache/scale.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.common.albums import Album
from benchmarks.common.places import CACHE, DATA, DOCS, KEPT_FACES
from benchmarks.scale import agreement, page, spread, tables
from benchmarks.scale.crowds import GROW, POUR, Shape, census
from benchmarks.scale.faces import Libraries, bank_of, real_library, real_sets
from benchmarks.scale.trial import Task, run
from facecluster.base.machine import cores
from facecluster.config import METHODS, ClusterConfig
from facecluster.errors import FaceclusterError

FACES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
MOST = 300_000  # and up to this many by the other methods
COMPARED = 11_600  # faces on which forms must agree; 10,000 of them are good
GROWTHS = (GROW, POUR)
DEFAULT = ClusterConfig().method
DRAWN = 30_000  # faces whose distances are compared with real ones
TOY_FACES, TOY_COMPARED, TOY_SAMPLE = (500, 1500), 800, 200
Row = dict[str, Any]


def arguments() -> argparse.Namespace:
    made = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = made.add_argument
    add("--faces", type=int, nargs="+", metavar="N", help="sizes of the libraries")
    add("--growth", nargs="+", choices=GROWTHS, default=GROWTHS, help="all in the first of them")
    add("--methods", nargs="+", choices=METHODS, default=METHODS, metavar="METHOD")
    add("--most", type=int, default=MOST, help="faces for methods other than the default one")
    add("--limit", type=float, default=1800, help="seconds for each method and size")
    add("--near", action=argparse.BooleanOptionalAction, default=True, help="recall of neighbours")
    add("--sample", type=int, help="faces whose true neighbours are looked for; usual 2000")
    add("--agree", action="store_true", help="also whether forms of a method agree")
    add("--only-spread", action="store_true", help="only how far faces lie apart")
    add("--toy", action="store_true", help="all of it with few faces")
    add("--made-up", action="store_true", help="no real faces, as where there are none")
    add("--json", type=Path, help="also write the figures here")
    add("--write", nargs="?", type=Path, const=DOCS / "scale.md", metavar="FILE")
    add("--seed", type=int, default=0)
    add("--data", type=Path, default=DATA, help="the folder of lfw and pins44")
    add("--kept", type=Path, default=KEPT_FACES, help="where real faces are kept")
    add("--cache", type=Path, default=CACHE / "scale", help="where libraries are kept")
    options = made.parse_args()
    toy = options.toy
    options.growth = list(dict.fromkeys(options.growth))
    options.faces = sorted(options.faces or (TOY_FACES if toy else FACES))
    options.sample = options.sample or (TOY_SAMPLE if toy else 2000)
    options.compared = TOY_COMPARED if toy else COMPARED
    options.drawn = max(TOY_FACES) if toy else DRAWN
    options.most = min(options.faces) if toy else options.most
    options.agree |= toy
    return options


def rows_of(
    options: argparse.Namespace, libraries: dict[str, Libraries], task: Task
) -> Iterator[Row]:
    """Each library by each method that is asked of it, then the recall of neighbours."""
    first = options.growth[0]
    for growth, count in product(options.growth, options.faces):
        path, named = libraries[growth].path(count), {"growth": growth, "faces": count}
        for method in options.methods:
            if method == DEFAULT or (growth == first and count <= options.most):
                told = Task("group", task.distance, task.table, method)
                yield run(path, told, options.limit) | named
    for count in options.faces if options.near else ():
        told = Task("near", task.distance, task.table, "-", options.sample, options.seed)
        named = {"growth": first, "faces": count}
        yield run(libraries[first].path(count), told, options.limit) | named


def agreeing(options: argparse.Namespace, paths: dict[str, Path], task: Task) -> Iterator[Row]:
    """Each set by each method that has forms of its own for many faces."""
    for name, path in paths.items():
        for method in (method for method in options.methods if method in agreement.METHODS):
            told = Task("agree", task.distance, task.table, method)
            yield run(path, told, options.limit) | {"set": name}


def measure(options: argparse.Namespace) -> Row:
    """Everything that the tables show; printed as it comes."""
    model, sets, albums = real_sets(options)
    if not albums:
        print(f"no real faces ({options.data}): seeded vectors stand in for them")
    bank = bank_of(sets, options.seed)
    libraries = {
        growth: Libraries(bank, options.cache, options.seed, Shape(growth=growth))
        for growth in GROWTHS
    }
    drawn = libraries[POUR].load(options.drawn)
    told: Row = {"real": [real.name for real in sets], "model": model.name, "seed": options.seed}
    told |= {"cores": cores()}
    told |= {"limit": options.limit, "most": options.most, "drawn": options.drawn}
    told["spread"] = spread.compare(sets, bank, drawn, model.far_table, options.seed)
    print(tables.spread(told))
    told |= {"growth": options.growth, "libraries": [], "rows": [], "agree": []}
    if not options.only_spread:
        task = Task("group", model.distance, tuple(model.far_table))
        work(options, told, libraries, albums, task)
    return told


def work(
    options: argparse.Namespace,
    told: Row,
    libraries: dict[str, Libraries],
    albums: list[Album],
    task: Task,
) -> None:
    """Put who is in the libraries, and what became of them, into `told`."""
    for growth, count in product(options.growth, options.faces):
        found = census(libraries[growth].path(count))
        told["libraries"].append({"growth": growth, "faces": count} | found)
    print(tables.libraries(told["libraries"]), flush=True)
    for row in rows_of(options, libraries, task):
        told["rows"].append(row)
        print(tables.line(row), flush=True)
    if options.agree:
        paths = {"made up": libraries[options.growth[0]].path(options.compared)}
        if albums:
            paths["real"] = options.cache / f"real-{options.compared}-{options.seed}.npz"
            real_library(albums, options.compared, options.seed).save(paths["real"])
        for row in agreeing(options, paths, task):
            told["agree"].append(row)
            print(tables.line(row), flush=True)


def main() -> int:
    options = arguments()
    try:
        told = measure(options)
    except FaceclusterError as error:
        print(error)
        return 1
    if options.json:
        options.json.write_text(json.dumps(told, indent=1), "utf-8")
    if options.write:
        page.write(options.write, told)
    failed = [row for row in told["rows"] + told["agree"] if row["state"] == "failed"]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
