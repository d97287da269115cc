"""The figures as a table on the terminal and as docs/quality.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.albums import Model
from facecluster.config import METHODS, ClusterConfig

Row = Mapping[str, Any]
MARK = "python -m benchmarks.quality --write"
BEGIN, END = (f"<!-- written by {MARK}: {place} -->" for place in ("begin", "end"))
TITLE = "# How right the folders are\n"
HEAD = (
    f"{'set':<12}{'method':<30}{'pairwise P / R / F':<24}{'BCubed P / R / F':<24}"
    f"{'placed':<8}{'people':<14}{'seconds':<9}peak MB"
)
WHAT = {
    "lfw": "all of Labeled Faces in the Wild; most people have one photo",
    "pins44": "44 people with up to 80 photos each; 3 to 4 % of its labels are wrong",
    "singletons": "500 people of LFW with one photo each, poured over 20 people of pins44",
    "album": "8 people with 5 to 200 photos each (LFW and pins44), and 100 strangers with one",
}
MADE = """\
Faces are read once, as `facecluster group` reads them, by the model `{model}` (default distance
{distance:.4f}, reader `{reader}`), and grouped by each method with its default settings. The face
nearest to the middle of a photo is judged by the folder that the photo lies in; faces in the
background take part, but are not judged. A face that was not placed counts as a person of its own.
Placed is the share of photos whose main face was given to a person; people found are groups in two
photos or more, of all the people with so many. Seconds are those of the grouping alone with one
thread, peak MB the most memory that its process held, Python included ({machine}).
The mixes are drawn by seed {seed}.
"""
PEERS_MADE = """\
The peers group the same embeddings with the settings that they publish
(`benchmarks/quality/peers.py`); thresholds that are meant for dlib's vectors, which are {length}
long, are divided by that. Two of them are shown again with a distance that was tuned on these very
sets with their labels.
"""


def score(value: Row) -> str:
    return f"{value['precision']:.3f} / {value['recall']:.3f} / {value['f']:.4f}"


def people(row: Row) -> str:
    return f"{row['people']} of {row['several']}"


def line(row: Row) -> str:
    """One row for the terminal, under HEAD."""
    return (
        f"{row['set'][:11]:<12}{row['method'][:29]:<30}{score(row['pairwise']):<24}"
        f"{score(row['bcubed']):<24}{row['coverage']:<8.3f}{people(row):<14}"
        f"{row['seconds']:<9.2f}{row['peak_mb']:.0f}"
    )


def markdown(rows: Sequence[Row], model: Model, seed: int) -> str:
    """The text between BEGIN and END: how it was made, and a table a set."""
    from benchmarks.quality.peers import DLIB_LENGTH

    about = MADE.format(
        model=model.name,
        reader=model.id,
        distance=model.distance,
        machine=machine(),
        seed=seed,
    )
    grouped = [row for row in rows if not row.get("whole")]
    others = any(row["method"] not in METHODS for row in grouped)
    parts = [about, *([PEERS_MADE.format(length=DLIB_LENGTH)] if others else [])]
    for name, these in groupby(grouped, key=lambda row: row["set"]):
        parts.append(_table(name, list(these)))
    parts += [_mean(grouped)] if len({row["set"] for row in grouped}) > 1 else []
    whole = [row for row in rows if row.get("whole")]
    parts += [_whole(whole)] if whole else []
    return "\n".join(parts)


def _table(name: str, rows: Sequence[Row]) -> str:
    first = rows[0]
    told = f"{WHAT[name][0].upper()}{WHAT[name][1:]}. " if name in WHAT else ""
    lines = [
        f"## {name}\n",
        f"{told}{first['photos']:,} photos of {first['true_people']:,} people, "
        f"{first['faces']:,} faces.\n",
        "| Method | pairwise P / R / F | BCubed P / R / F | placed | people found | seconds "
        "| peak MB |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {_method(row)} | {score(row['pairwise'])} | {score(row['bcubed'])} "
        f"| {row['coverage']:.3f} | {people(row)} | {row['seconds']:.2f} | {row['peak_mb']:.0f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _mean(rows: Sequence[Row]) -> str:
    """One setting for all sets: F of each method, averaged over them."""
    by_method: dict[str, list[Row]] = {}
    for row in rows:
        by_method.setdefault(row["method"], []).append(row)
    lines = [
        "## Mean over these sets\n",
        "| Method | pairwise F | BCubed F | lowest BCubed F |",
        "|---|---|---|---|",
    ]
    for these in by_method.values():
        pairwise, bcubed = ([row[kind]["f"] for row in these] for kind in ("pairwise", "bcubed"))
        lines.append(
            f"| {_method(these[0])} | {np.mean(pairwise):.4f} | {np.mean(bcubed):.4f} "
            f"| {min(bcubed):.4f} |"
        )
    return "\n".join(lines) + "\n"


def _whole(rows: Sequence[Row]) -> str:
    lines = [
        "## The whole command\n",
        f"`facecluster group` without an index, from photos to folders, with a thread a core "
        f"({machine()}).\n",
        "| Set | BCubed F | pairwise F | seconds | peak MB |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['set']} | {row['bcubed']['f']:.4f} | {row['pairwise']['f']:.4f} "
        f"| {row['seconds']:.1f} | {row['peak_mb']:.0f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _method(row: Row) -> str:
    name = row["method"]
    if name not in METHODS:
        return str(name)
    return f"**`{name}`** (default)" if name == ClusterConfig().method else f"`{name}`"


def machine() -> str:
    """The processor, as far as the system tells, and the number of cores."""
    info = Path("/proc/cpuinfo")
    known = info.read_text("utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in known if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def write(path: Path, text: str, mark: str = MARK) -> None:
    """Put `text` between two comments that name `mark`; what stands around them stays."""
    begin, end = (edge.replace(MARK, mark) for edge in (BEGIN, END))
    whole = path.read_text("utf-8") if path.is_file() else TITLE
    before, begun, rest = whole.partition(begin)
    after = rest.partition(end)[2] if begun else "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before.rstrip()}\n\n{begin}\n\n{text}\n{end}{after}", "utf-8")
