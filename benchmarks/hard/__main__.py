"""Hard faces: which of them find their person, and whom they spoil.

    python -m benchmarks.hard [FOLDER] [--kind WORD ...] [--no-curve] [--write [FILE]]
        [--json FILE]

FOLDER holds one folder of pictures per person; without one, ../shared/data/pins44. One in four of
each person's pictures is made worse, one kind at a time (benchmarks/common/worsen.py), and grouped
with the others. Of every second person only the worse pictures are there: they are strangers, whom
no other may get. Then the gate of facecluster/cluster/people.py is moved, also on the sets of
benchmarks.quality that can be had. Faces are kept in .cache/quality.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.common.albums import Album
from benchmarks.common.options import chosen, parser
from benchmarks.common.places import DATA, DOCS, KEPT_FACES
from benchmarks.common.reading import Source
from benchmarks.common.sets import FOLDERS, MIXES
from benchmarks.hard import tables
from benchmarks.hard.curves import all_gates
from benchmarks.hard.gates import Gate, Gates
from benchmarks.hard.verdict import clean_verdict, summary, verdict
from benchmarks.hard.worsened import AS_THEY_ARE, PROFILES, Worsened
from facecluster.errors import FaceclusterError

Row = dict[str, Any]


def arguments() -> argparse.Namespace:
    made = parser(__doc__)
    add = made.add_argument
    add("--kind", action="append", metavar="WORD", help="only kinds with this in their name")
    add("--curve", action=argparse.BooleanOptionalAction, default=True, help="move the gate")
    add("--write", nargs="?", type=Path, const=DOCS / "quality.md", metavar="FILE")
    add("--seed", type=int, default=0, help="of the choice of pictures")
    add("--data", type=Path, default=DATA, help="the folder of lfw and pins44")
    add("--cache", type=Path, default=KEPT_FACES, help="where faces are kept")
    return made.parse_args()


def clean_sets(options: argparse.Namespace, source: Source) -> dict[str, Album]:
    """The sets of benchmarks.quality; only the chosen folder without the research pictures."""
    if options.folders or not all((options.data / path).is_dir() for path in FOLDERS.values()):
        return {path.name: source.album(path) for path in folders(options)}
    read = {name: source.album((options.data / path).resolve()) for name, path in FOLDERS.items()}
    return read | {n: mix(read["lfw"], read["pins44"], 0) for n, mix in MIXES.items()}


def folders(options: argparse.Namespace) -> list[Path]:
    return chosen(options.folders, [options.data / FOLDERS["pins44"]])


def measure(options: argparse.Namespace, source: Source) -> dict[str, Any]:
    """Everything that the tables show: `kinds` by name, `curves` by name, one row per gate."""
    curves = all_gates() if options.curve else {}
    gates = list(dict.fromkeys([Gate(), *(gate for these in curves.values() for gate in these)]))
    worsened = Worsened(folders(options)[0], options.cache, source, options.seed)
    kinds: dict[str, Row] = {}
    hard: dict[Gate, list[Row]] = {gate: [] for gate in gates}
    clean: dict[Gate, dict[str, Row]] = {gate: {} for gate in gates}
    print(tables.HEAD)
    with Gates(source.model) as tried:
        for name, library in worsened.libraries(options.kind or ()):
            some = gates[:1] if name in {AS_THEY_ARE, PROFILES} else gates
            rows = [verdict(library, found) for found in tried.labels(library.album, some)]
            kinds[name] = summary(rows[:1])
            print(tables.line(name, kinds[name]), flush=True)
            for gate, row in zip(gates, rows if some is gates else (), strict=False):
                hard[gate].append(row)
        for name, album in clean_sets(options, source).items() if options.curve else ():
            for gate, found in zip(gates, tried.labels(album, gates), strict=True):
                clean[gate][name] = clean_verdict(album, found)
    shown = {
        name: [asdict(g) | {"hard": summary(hard[g]), "clean": clean[g]} for g in these]
        for name, these in curves.items()
        if hard[these[0]]
    }
    told = {"folder": worsened.root.name, "seed": options.seed, "gate": asdict(Gate())}
    return told | {"kinds": kinds, "curves": shown}


def main() -> int:
    options = arguments()
    try:
        source = Source(options.cache, threads=1)
        told = measure(options, source)
    except FaceclusterError as error:
        print(error)
        return 1
    for text in tables.curves(told):
        print(text)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1), "utf-8")
    if options.write:
        tables.write(options.write, told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
