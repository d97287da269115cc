"""Hard faces: which of them find their person, and whom they spoil.

    python -m benchmarks.hard [FOLDER] [--kind WORD ...] [--no-curve] [--write [FILE]]
        [--json FILE]

FOLDER holds a folder of pictures a person; without one, ../shared/data/pins44. One in four of each
person's pictures is made worse, one kind at a time (benchmarks/common/worsen.py), and grouped with
the others. Of every second person only the worse pictures are there: they are strangers, whom no
other may get. Then the gate of facecluster/cluster/tuning.py is moved, also on the sets of
benchmarks.quality that can be had. Faces are kept in .cache/quality.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.albums import Album
from benchmarks.common.process import chosen, parser
from benchmarks.common.reading import Source
from benchmarks.hard import tables
from benchmarks.hard.gates import Gate, labels_under
from benchmarks.hard.sets import AS_THEY_ARE, PROFILES, Library, Worsened
from benchmarks.quality.__main__ import DATA, FOLDERS, MIXES, ROOT
from facecluster.errors import FaceclusterError
from facecluster.evaluate.grouping import middle_faces
from facecluster.records import Ints

TRUSTED = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.98)
REACHES = (0.8, 0.9, 1.0)
RATES = (5e-4, 1e-3, 2e-3)
PURE = 0.9  # of the faces of a folder; some labels are wrong
Row = dict[str, Any]


def arguments() -> argparse.Namespace:
    made = parser(__doc__)
    add = made.add_argument
    add("--kind", action="append", metavar="WORD", help="only kinds with this in their name")
    add("--curve", action=argparse.BooleanOptionalAction, default=True, help="move the gate")
    add("--write", nargs="?", type=Path, const=ROOT / "docs" / "quality.md", metavar="FILE")
    add("--seed", type=int, default=0, help="of the choice of pictures")
    add("--data", type=Path, default=DATA, help="the folder of lfw and pins44")
    add("--cache", type=Path, default=ROOT / ".cache" / "quality", help="where faces are kept")
    return made.parse_args()


def verdict(library: Library, labels: Ints) -> Row:
    """What became of the hard faces of one library, as counts, and BCubed F of all its photos.

    labels: int32 [N], the person of each face, -1 for nobody. A folder's owner is whoever most of
    its main faces are of. right: hard faces in a folder of their own person; joined: those of them
    beside clean ones. wrong, false: known people and strangers in the folder of somebody else.
    apart, mixed: folders of strangers or without clean faces, and how many of these are not PURE.
    """
    album, hard, known = library.album, library.hard, library.known
    main = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    found = np.where(main >= 0, np.append(labels, -1)[main], -1)
    names = np.unique(album.names, return_inverse=True)[1]
    owner = np.full(len(album), -1)
    clean = np.zeros(len(album), bool)
    apart = mixed = 0
    for folder in np.unique(found[found >= 0]):
        inside = found == folder
        people = np.bincount(names[inside])
        owner[inside] = people.argmax()
        clean[inside] = (inside & ~hard).any()
        if not (inside & ~hard & known & (names == people.argmax())).any():
            apart += 1
            mixed += bool(people.max() < PURE * people.sum())
    placed, right = hard & (found >= 0), hard & (owner == names)
    return {
        "known": int((hard & known).sum()),
        "strangers": int((hard & ~known).sum()),
        "found": int((hard & (main >= 0)).sum()),
        "placed": int(placed.sum()),
        "right": int(right.sum()),
        "joined": int((right & known & clean).sum()),
        "wrong": int((placed & ~right & known).sum()),
        "false": int((placed & ~right & ~known).sum()),
        "apart": apart,
        "mixed": mixed,
        "f": album.judge(labels).bcubed.f,
    }


def clean_verdict(album: Album, labels: Ints) -> Row:
    """BCubed F of a set, and the people most of whose faces are in the background: how many, and
    the faces of the largest."""
    main = middle_faces(album.faces.photo, album.faces.boxes, album.extents)
    middle = np.zeros(len(album.faces), bool)
    middle[main[main >= 0]] = True
    people = int(labels.max(initial=-1)) + 1
    sizes = np.bincount(labels[labels >= 0], minlength=people)
    behind = np.bincount(labels[(labels >= 0) & ~middle], minlength=people)
    theirs = sizes[behind * 2 > sizes]
    return {
        "f": album.judge(labels).bcubed.f,
        "behind": len(theirs),
        "largest": int(theirs.max(initial=0)),
    }


def summary(rows: Sequence[Mapping[str, Any]]) -> Row:
    """Precision and recall of the hard faces of several libraries together, and their mean F."""
    total = {key: sum(row[key] for row in rows) for key in rows[0] if key != "f"}
    return total | {
        "precision": total["right"] / total["placed"] if total["placed"] else 1.0,
        "recall": total["joined"] / total["known"] if total["known"] else 1.0,
        "f": float(np.mean([row["f"] for row in rows])),
    }


def all_gates() -> dict[str, list[Gate]]:
    """The gates to try, by the name of the curve."""
    return {
        "trusted": [Gate(trusted=value) for value in TRUSTED],
        "without": [Gate(trusted=value, consistency=False) for value in TRUSTED],
        "poor": [Gate(poor_reach=reach, poor_rate=rate) for reach in REACHES for rate in RATES],
    }


def clean_sets(options: argparse.Namespace, source: Source) -> dict[str, Album]:
    """The sets of benchmarks.quality; only the chosen folder without the research pictures."""
    if options.folders or not all((options.data / path).is_dir() for path in FOLDERS.values()):
        return {path.name: source.album(path) for path in folders(options)}
    read = {name: source.album((options.data / path).resolve()) for name, path in FOLDERS.items()}
    return read | {n: mix(read["lfw"], read["pins44"], 0) for n, mix in MIXES.items()}


def folders(options: argparse.Namespace) -> list[Path]:
    return chosen(options.folders, [options.data / FOLDERS["pins44"]])


def measure(options: argparse.Namespace, source: Source) -> dict[str, Any]:
    """Everything that the tables show: `kinds` by name, `curves` by name, a row a gate."""
    curves = all_gates() if options.curve else {}
    gates = list(dict.fromkeys([Gate(), *(gate for these in curves.values() for gate in these)]))
    worsened = Worsened(folders(options)[0], options.cache, source, options.seed)
    kinds: dict[str, Row] = {}
    hard: dict[Gate, list[Row]] = {gate: [] for gate in gates}
    clean: dict[Gate, dict[str, Row]] = {gate: {} for gate in gates}
    print(tables.HEAD)
    for name, library in worsened.libraries(options.kind or ()):
        some = gates[:1] if name in {AS_THEY_ARE, PROFILES} else gates
        rows = [verdict(library, labels_under(gate, library.album, source.model)) for gate in some]
        kinds[name] = summary(rows[:1])
        print(tables.line(name, kinds[name]), flush=True)
        for gate, row in zip(gates, rows if some is gates else (), strict=False):
            hard[gate].append(row)
    for name, album in clean_sets(options, source).items() if options.curve else ():
        for gate in gates:
            clean[gate][name] = clean_verdict(album, labels_under(gate, album, source.model))
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
