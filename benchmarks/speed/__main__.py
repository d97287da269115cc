"""How fast the whole `group` command is, next to only decoding the same photos and to a peer.

    python -m benchmarks.speed [FOLDER ...] [--album NAME ...] [--runs N] [--peer]
    python -m benchmarks.speed --profile       where the CPU time goes, stage by stage
    python -m benchmarks.speed --memory        peak memory by number of photos, and a second run
    python -m benchmarks.speed --toy           all three on a handful of photos

Without a FOLDER: albums made of the pictures in ../shared/data (benchmarks/speed/photos.py), and
its folders photos/counts and photos/album as they are. Each run starts with no index and makes
everything that a user gets; the decode floor reads the same files at the same scale with the same
number of threads. They take turns, so that a machine that drifts slows all of them; medians are
printed. --peer brings face-grouper from PyPI into the cache folder; --peer-command names one that
is there. --json and --write (docs/speed.md) keep the figures.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.common import pages
from benchmarks.common.options import chosen, parser
from benchmarks.common.places import CACHE, DATA, DOCS
from benchmarks.speed import tables
from benchmarks.speed.albums import Album, album, real_counts
from benchmarks.speed.material import Material, research, shipped
from benchmarks.speed.memory import SIZES, TOY_SIZES, measure_memory, plot
from benchmarks.speed.peer import PeerError, checked, install
from benchmarks.speed.photos import MAKERS
from benchmarks.speed.profile import profile
from benchmarks.speed.runs import Plan, measure

REAL = ("counts", "album")  # folders of photos/ that are taken as they are
ALBUMS = (*MAKERS, *REAL)
PEER_ALBUMS = ("small", "counts")


def arguments() -> argparse.Namespace:
    made = parser(__doc__)
    made.add_argument("--album", action="append", choices=ALBUMS, help="only these; repeatable")
    made.add_argument("--runs", type=int, default=3)
    made.add_argument("--seed", type=int, default=0, help="of what is made")
    made.add_argument("--data", type=Path, default=DATA, help="the research pictures")
    made.add_argument("--cache", type=Path, default=CACHE / "speed")
    made.add_argument("--write", type=Path, nargs="?", const=DOCS / "speed.md")
    made.add_argument("--peer", action="store_true", help="beside face-grouper from PyPI")
    made.add_argument("--peer-command", type=Path, help="beside this face-grouper")
    made.add_argument("--peer-runs", type=int, default=1, help="so many of the runs")
    made.add_argument(
        "--peer-album", action="append", help=f"where; usually {' and '.join(PEER_ALBUMS)}"
    )
    made.add_argument("--profile", action="store_true")
    made.add_argument("--memory", action="store_true")
    made.add_argument("--size", type=int, action="append", help="photos for --memory; repeatable")
    made.add_argument("--toy", action="store_true")
    return made.parse_args()


def material(options: argparse.Namespace) -> Material | None:
    """What the albums are made of; None where the research pictures are missing and needed."""
    found = research(options.data)
    return shipped(options.cache / "shipped") if found is None and options.toy else found


def albums(options: argparse.Namespace, pictures: Material | None) -> list[Album]:
    """What to measure: named folders, or the chosen albums."""
    if options.folders:
        folders = chosen(options.folders, ())
        return [Album(f"{path.parent.name}/{path.name}", path, None) for path in folders]
    assert pictures is not None
    found = []
    for name in options.album or (tuple(MAKERS) if options.toy else ALBUMS):
        if name in MAKERS:
            found.append(album(name, pictures, options.cache, options.seed, options.toy))
        else:
            folder = options.data / "photos" / name
            found.append(real_counts(folder) if name == "counts" else Album(name, folder, None))
    return found


def peer(options: argparse.Namespace) -> Path | None:
    """The peer's command; None where it is not wanted or cannot be had."""
    if not (options.peer or options.peer_command):
        return None
    try:
        command = options.peer_command or install(options.cache.resolve() / "peer")
        return checked(command)
    except PeerError as error:
        print(f"face-grouper is skipped: {error}", flush=True)
        return None


def show_runs(options: argparse.Namespace, sets: list[Album]) -> list[dict[str, Any]]:
    command = peer(options)
    wanted = options.peer_album or PEER_ALBUMS
    rows = []
    print(tables.HEAD)
    for each in sets:
        beside = command if options.folders or each.name in wanted else None
        runs = 1 if options.toy else options.runs
        plan = Plan(runs, options.cache, not options.toy, beside, options.peer_runs)
        rows.append(measure(each, plan))
        print(tables.line(rows[-1]), flush=True)
        for who, row in (("facecluster", rows[-1]), ("face-grouper", rows[-1].get("peer", {}))):
            if row.get("quality"):
                print(f"  {who}: {row['seconds']:.1f} s, {row['quality']}", flush=True)
    if options.write:
        text = tables.markdown(rows, options.seed)
        pages.write(options.write, text, tables.MARK, tables.TITLE)
    return rows


def show_profiles(options: argparse.Namespace, sets: list[Album]) -> dict[str, Any]:
    found = {}
    for each in sets[:1] if options.toy else sets:
        found[each.name] = profile(each.folder)
        print(tables.profile_lines(each.name, found[each.name]), flush=True)
    if options.write:
        text = tables.profile_markdown(found)
        pages.write(options.write, text, tables.PROFILE_MARK, tables.TITLE)
    return found


def show_memory(options: argparse.Namespace, pictures: Material | None) -> list[dict[str, Any]]:
    if not options.folders:
        options.album = ["small"]
    [first, *_] = albums(options, pictures)
    sizes = options.size or (TOY_SIZES if options.toy else SIZES)
    rows = measure_memory(first, sizes, options.cache, options.seed)
    if options.write:
        text = tables.memory_markdown(rows)
        pages.write(options.write, text, tables.MEMORY_MARK, tables.TITLE)
        plot(options.write.parent / tables.PLOT, rows)
    return rows


def show(options: argparse.Namespace, pictures: Material | None) -> dict[str, Any]:
    """Do what was asked for, print it, and give it."""
    told: dict[str, Any] = {"machine": pages.machine(), "seed": options.seed, "toy": options.toy}
    options.cache.mkdir(parents=True, exist_ok=True)
    if options.toy or not (options.profile or options.memory):
        told["rows"] = show_runs(options, albums(options, pictures))
    if options.toy or options.profile:
        told["profile"] = show_profiles(options, albums(options, pictures))
    if options.toy or options.memory:
        told["memory"] = show_memory(options, pictures)
    return told


def main() -> int:
    options = arguments()
    pictures = None if options.folders else material(options)
    if pictures is None and not options.folders:
        print(f"skipped: {options.data} lacks pins44, lfw or photos; name a FOLDER, or --toy")
        return 0
    try:
        told = show(options, pictures)
    except subprocess.CalledProcessError as error:
        print(f"{' '.join(map(str, error.cmd))}: exit code {error.returncode}")
        return 1
    if options.json:
        options.json.write_text(json.dumps(told, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
