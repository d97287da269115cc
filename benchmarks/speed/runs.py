"""The whole command, the decode floor and the peer in turns on one album."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common.process import Used, measured_apart
from benchmarks.speed.albums import Album
from benchmarks.speed.judge import judge_faces, judge_photos
from benchmarks.speed.peer import PeerError, peer_group

DECODE = [sys.executable, "-m", "benchmarks.speed.decode"]
GROUP = [sys.executable, "-m", "facecluster", "group", "--quiet"]


@dataclass(frozen=True, slots=True)
class Plan:
    """runs: of each, after one that warms the disk's cache unless `warm` is False. space: where
    results lie for a moment, on the disk of the photos. peer: its command, None for none;
    peer_runs: so many of the runs it takes part in."""

    runs: int
    space: Path
    warm: bool = True
    peer: Path | None = None
    peer_runs: int = 1


def group_to(photos: Path, out: Path) -> tuple[Used, dict[str, Any]]:
    """`facecluster group` with its defaults; what it took, and the report."""
    used = measured_apart([*GROUP, str(photos), "--out", str(out)])
    return used, json.loads((out / "report.json").read_text("utf-8"))


def measure(album: Album, plan: Plan) -> dict[str, Any]:
    """The medians of one album. Raises CalledProcessError when the command fails."""
    ours, floors, theirs = [], [], []
    told: dict[str, Any] = {}
    if plan.warm:
        _group(album, plan)
    for turn in range(plan.runs):
        used, told = _group(album, plan)
        ours.append(used)
        floors.append(_decode(album.folder))
        if plan.peer and turn < plan.peer_runs:
            try:
                theirs.append(peer_group(plan.peer, album.folder, plan.space, album.truth))
            except PeerError as error:
                print(f"{album.name}: face-grouper {error}", file=sys.stderr)
                plan = replace(plan, peer=None)
    floor, program = (median(times) for times in zip(*floors, strict=True))
    row = {"set": album.name} | told | _used(ours)
    row |= {"decode_seconds": floor, "decode_program_seconds": program}
    row |= {"times_floor": row["seconds"] / floor, "runs": plan.runs}
    if theirs:
        peer = _used([used for used, _ in theirs])
        row["peer"] = peer | {"runs": len(theirs), "quality": theirs[-1][1]}
        row["times_peer"] = peer["seconds"] / row["seconds"]
    return row


def _group(album: Album, plan: Plan) -> tuple[Used, dict[str, Any]]:
    """One run from nothing; what it took, and what is to be told of its results."""
    with tempfile.TemporaryDirectory(dir=plan.space) as out:
        used, report = group_to(album.folder, Path(out))
        told: dict[str, Any] = {
            "photos": report["summary"]["photos"],
            "faces": report["summary"]["faces"],
            "megabytes": sum(photo["bytes"] for photo in report["photos"]) / 1e6,
            "stages": report["run"]["seconds"],
        }
        if album.truth and any(len(faces) == 1 for faces in album.truth.values()):
            people = Path(out) / "people"
            folders = sorted(people.iterdir()) if people.is_dir() else []
            told["quality"] = judge_photos(folders, album.truth)
        if album.truth and all(face.x >= 0 for faces in album.truth.values() for face in faces):
            told["face_quality"] = judge_faces(report, album.truth)
    return used, told


def _decode(folder: Path) -> tuple[float, float]:
    """Seconds of decoding alone, and of the program that does nothing else."""
    start = time.perf_counter()
    done = subprocess.run([*DECODE, str(folder)], check=True, stdout=subprocess.PIPE, text=True)
    return float(json.loads(done.stdout)), time.perf_counter() - start


def _used(runs: list[Used]) -> dict[str, float]:
    wanted: dict[str, Callable[[Used], float]] = {
        "seconds": lambda used: used.wall,
        "cpu": lambda used: used.cpu,
        "peak_mb": lambda used: used.peak_mb,
    }
    return {name: median(map(value, runs)) for name, value in wanted.items()}
