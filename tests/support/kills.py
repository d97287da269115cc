"""Runs that are killed at one system call, and what two ends of a run are compared by."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from facecluster.check.folder import check_folder
from facecluster.report.document import read_report
from facecluster.report.records import Report

# Whatever changes a file, a folder, or what is on the disk.
CALLS = (
    "write", "pwrite64", "writev", "rename", "renameat", "renameat2", "link", "linkat", "symlink",
    "symlinkat", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "truncate", "ftruncate",
    "fsync", "fdatasync", "copy_file_range", "chmod", "fchmod", "utimensat",
)  # fmt: skip
TIMED = ("report.json", "report.html")  # they name the time of the run
_CALL = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(\(| resumed)")
STRACE = ("strace", "-f", "-qq")


@dataclass(frozen=True, slots=True)
class Point:
    """The nth time that a thread makes a call."""

    call: str
    nth: int


@dataclass(frozen=True, slots=True)
class End:
    """How a run left everything. tree: by path, kind, rights, time and content of what is in the
    output folder; folders have no time. report: without what differs each time. health: what a
    check finds damaged."""

    tree: dict[str, tuple[object, ...]]
    report: Report
    health: list[tuple[str, str]]


def command(root: Path, out: Path, *options: str) -> list[str]:
    """A run with one thread for photos, so that calls come in nearly the same order each time."""
    run = ["group", str(root), "--out", str(out), "--quiet", "--threads", "1", *options]
    return [sys.executable, "-m", "facecluster", *run]


def points(run: Sequence[str], log: Path) -> list[Point]:
    """All calls of a run, which is made, at which another one can be killed."""
    calls = ",".join(CALLS)
    _finish([*STRACE, "--seccomp-bpf", "-e", f"trace={calls}", "-o", str(log), *run], {0})
    most: Counter[str] = Counter()
    by_thread: Counter[tuple[str, str]] = Counter()
    for line in log.read_text("utf-8", "replace").splitlines():
        found = _CALL.match(line)
        if found is not None and found[3] == "(":
            by_thread[found[1], found[2]] += 1
            most[found[2]] = max(most[found[2]], by_thread[found[1], found[2]])
    return [Point(call, nth) for call in sorted(most) for nth in range(1, most[call] + 1)]


def killed(run: Sequence[str], at: Point) -> bool:
    """Kill a run before this call; False where it ended before it came to that."""
    inject = f"inject={at.call}:signal=SIGKILL:when={at.nth}"
    watch = [*STRACE, "-e", f"trace={at.call}", "-e", inject, "-o", os.devnull]
    return _finish([*watch, *run], {0, -9, 137}) != 0


def _finish(run: Sequence[str], codes: set[int]) -> int:
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(run, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode in codes, done.stderr
    return done.returncode


def drawn(among: Sequence[Point], count: int, seed: int) -> Iterator[Point]:
    """So many points, each kind of call in turn."""
    dice = random.Random(seed)
    kinds: dict[str, list[Point]] = {}
    for point in among:
        kinds.setdefault(point.call, []).append(point)
    decks = [dice.sample(deck, len(deck)) for deck in kinds.values()]
    dice.shuffle(decks)
    turn = 0
    while count and any(decks):
        deck = decks[turn % len(decks)]
        turn += 1
        if deck:
            yield deck.pop()
            count -= 1


def end_of(out: Path) -> End:
    """How everything is now."""
    report = read_report(out / "report.json")
    run = replace(report.run, started="", seconds={})
    health = check_folder(out)
    return End(
        {path.relative_to(out).as_posix(): _about(path) for path in sorted(out.rglob("*"))},
        # What is otherwise than in the run before is told once, by whichever run came to its end.
        replace(report, run=run, notes=(), changes=None),
        [(found.path, found.problem) for found in health.findings if found.damage],
    )


def differences(one: End, other: End) -> list[str]:
    """In what two ends differ: paths, then `report` and what a check finds."""
    paths = {*one.tree, *other.tree}
    told = [path for path in sorted(paths) if one.tree.get(path) != other.tree.get(path)]
    told += [
        f"report: {field.name}"
        for field in fields(Report)
        if getattr(one.report, field.name) != getattr(other.report, field.name)
    ]
    return told if one.health == other.health else [*told, str(other.health)]


def _about(path: Path) -> tuple[object, ...]:
    about = path.lstat()
    if path.is_symlink():
        return ("link", os.readlink(path))
    if path.is_dir():
        return ("folder", about.st_mode)
    if path.name in TIMED or path.name == "index.db":
        return ("file", about.st_mode)
    if path.name == "manifest.json":
        return ("file", about.st_mode, _lasting(json.loads(path.read_bytes())))
    ours = ".facecluster" in path.parts or path.name == "faces.csv"
    return ("file", about.st_mode, None if ours else about.st_mtime_ns, path.read_bytes())


def _lasting(manifest: dict[str, Any]) -> dict[str, Any]:
    """Without sizes and times of links, which nobody asks for: their text counts. Until a run has
    ended the list has those of the photo, and for a link that was made by then it stays so."""
    for entry in manifest["files"]:
        if entry["how"] == "symlink":
            entry["size"] = entry["mtime_ns"] = 0
    return manifest


def put_back(saved: Path, out: Path) -> None:
    """The output folder as it was saved, or none where nothing was."""
    shutil.rmtree(out, ignore_errors=True)
    if saved.exists():
        shutil.copytree(saved, out, symlinks=True)
