"""How right the folders are: each method, and its peers, on photos whose folders say who it is.

    python -m benchmarks.quality [FOLDER ...] [--set NAME ...] [--method METHOD ...] [--peers]
        [--command] [--shuffle] [--write [FILE]] [--json FILE]
    python -m benchmarks.quality --floor

FOLDER holds one folder of pictures per person. Without one, the sets: lfw and pins44 of
../shared/data, and two mixes of them, singletons and album. --floor is the short version for every
change: exit code 1 when a score falls below benchmarks/quality/floors.py. Faces are kept in
.cache/quality.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.common import pages
from benchmarks.common.albums import Album
from benchmarks.common.grouping import Task
from benchmarks.common.options import chosen, parser
from benchmarks.common.places import DATA, DOCS, KEPT_FACES
from benchmarks.common.reading import Source
from benchmarks.common.sets import FOLDERS, MIXES, SETS
from benchmarks.quality import floors
from benchmarks.quality.tables import HEAD, MARK, line, markdown
from benchmarks.quality.trial import each, steady
from benchmarks.quality.whole import command_row
from facecluster.config import METHODS, ClusterConfig
from facecluster.errors import FaceclusterError


def arguments() -> argparse.Namespace:
    made = parser(__doc__)
    add = made.add_argument
    add("--set", action="append", choices=SETS, help="again for more; without: all four")
    add("--method", action="append", choices=METHODS, help="again for more; without: all")
    add("--distance", type=float, help="cosine, instead of the model's")
    add("--peers", action=argparse.BooleanOptionalAction, help="also others; usual with --write")
    add("--command", action="store_true", help="also the whole command on the folders, timed")
    add("--shuffle", action="store_true", help="also whether order or threads change the groups")
    add("--floor", action="store_true", help="parts of lfw and pins44 against their floors")
    add("--write", nargs="?", type=Path, const=DOCS / "quality.md", metavar="FILE")
    add("--model", type=Path, help="an ONNX embedder, instead of the shipped one")
    add("--seed", type=int, default=0, help="of the mixes and parts")
    add("--threads", type=int, default=0, help="for reading, 0: one per core")
    add("--data", type=Path, default=DATA, help="the folder of lfw and pins44")
    add("--cache", type=Path, default=KEPT_FACES, help="where faces are kept")
    return made.parse_args()


def photo_folders(options: argparse.Namespace) -> dict[str, Path]:
    """The folders to read whole, by name."""
    if options.folders and not options.set:
        return {path.name: path for path in chosen(options.folders, ())}
    names = options.set or SETS
    needed = FOLDERS if set(names) & set(MIXES) else [name for name in FOLDERS if name in names]
    paths = chosen([options.data / FOLDERS[name] for name in needed], ())
    known = dict(zip(needed, paths, strict=True))
    return known | {path.name: path for path in chosen(options.folders, ())}


def albums(options: argparse.Namespace, source: Source) -> dict[str, Album]:
    """The sets to group, by name, in the order of SETS, named folders behind them."""
    read = {name: source.album(path) for name, path in photo_folders(options).items()}
    wanted = options.set or (() if options.folders else SETS)
    mixed = {
        name: mix(read["lfw"], read["pins44"], options.seed)
        for name, mix in MIXES.items()
        if name in wanted
    }
    named = {path.name for path in options.folders}
    shown = {name: a for name, a in read.items() if name in wanted or name in named}
    return shown | mixed


def tasks(options: argparse.Namespace, source: Source) -> list[Task]:
    """What to do with each set."""
    names = list(options.method or METHODS)
    if options.write is not None if options.peers is None else options.peers:
        from benchmarks.quality.peers import PEERS

        names += PEERS
    return [Task(name, source.told, options.distance) for name in names]


def show_floor(options: argparse.Namespace, source: Source) -> int:
    """Print the rows of the small version; 1 when one is below its floor."""
    lfw, pins = (options.data / path for path in FOLDERS.values())
    found = []
    print(HEAD)
    task = Task(ClusterConfig().method, source.told)
    for row in each(floors.parts(source, lfw, pins, options.seed), [task]):
        found.append(row)
        print(line(row), flush=True)
    said = floors.below(found)
    print("\n".join(said) or "no score is below its floor")
    return 1 if said else 0


def show(options: argparse.Namespace, source: Source) -> list[dict[str, Any]]:
    """Print the rows of the run as they come, and give them."""
    sets, todo = albums(options, source), tasks(options, source)
    rows = []
    print(HEAD)
    for row in each(sets, todo):
        rows.append(row)
        print(line(row), flush=True)
    if options.shuffle:
        show_steady(sets, [task for task in todo if task.method in METHODS])
    if options.command:
        extra = ["--model", str(options.model)] if options.model else []
        print("the whole command:")
        for name, path in photo_folders(options).items():
            several = sum(size > 1 for size in source.album(path).sizes.values())
            rows.append({"set": name, "several": several} | command_row(path, extra))
            print(line(rows[-1]), flush=True)
    return rows


def show_steady(sets: Mapping[str, Album], todo: list[Task]) -> None:
    print("the same groups in another order of photos, with one thread and with two:")
    for name, album in sets.items():
        for task in todo:
            same = "yes" if steady(album, task) else "NO"
            print(f"{name[:11]:<12}{task.method:<30}{same}", flush=True)


def main() -> int:
    options = arguments()
    if options.floor and not all((options.data / path).is_dir() for path in FOLDERS.values()):
        print(f"skipped: no research pictures in {options.data} (lfw/images and pins44)")
        return 0
    try:
        source = Source(options.cache, options.model, options.threads)
        if options.floor:
            return show_floor(options, source)
        rows = show(options, source)
        if options.json:
            options.json.write_text(json.dumps(rows, indent=1), "utf-8")
        if options.write:
            text = markdown(rows, source.model, options.seed)
            pages.write(options.write, text, MARK, pages.QUALITY_TITLE)
    except FaceclusterError as error:
        print(error)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"{' '.join(map(str, error.cmd))}: exit code {error.returncode}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
