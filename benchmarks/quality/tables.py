"""The figures of each method as lines on the terminal and as a section of docs/quality.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import pages
from benchmarks.common.albums import Model
from benchmarks.common.pages import score
from facecluster.config import METHODS, ClusterConfig

Row = Mapping[str, Any]
TEMPLATE = Path(__file__).parent / "templates" / "quality.md.j2"
MARK = "python -m benchmarks.quality --write"
HEAD = (
    f"{'set':<12}{'method':<30}{'pairwise P / R / F':<24}{'BCubed P / R / F':<24}"
    f"{'placed':<8}{'people':<14}{'seconds':<9}peak MB"
)


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
    """The section: how it was made, a table for each set, their mean, and the whole command."""
    from benchmarks.quality.peers import DLIB_LENGTH

    grouped = [row for row in rows if not row.get("whole")]
    sets = {name: list(these) for name, these in groupby(grouped, key=lambda row: row["set"])}
    return pages.render(
        TEMPLATE,
        model=model,
        machine=pages.machine(),
        seed=seed,
        peers=any(row["method"] not in METHODS for row in grouped),
        dlib_length=DLIB_LENGTH,
        sets=sets,
        means=_means(grouped) if len(sets) > 1 else [],
        whole=[row for row in rows if row.get("whole")],
        method=_method,
        score=score,
        people=people,
    )


def _means(rows: Sequence[Row]) -> list[Row]:
    """F of each method with one setting for all sets: averaged over them, and the lowest."""
    by_method: dict[str, list[Row]] = {}
    for row in rows:
        by_method.setdefault(row["method"], []).append(row)
    found: list[Row] = []
    for these in by_method.values():
        pairwise, bcubed = ([row[kind]["f"] for row in these] for kind in ("pairwise", "bcubed"))
        means = {"pairwise": np.mean(pairwise), "bcubed": np.mean(bcubed)}
        found.append({"name": _method(these[0]), **means, "lowest": min(bcubed)})
    return found


def _method(row: Row) -> str:
    name = row["method"]
    if name not in METHODS:
        return str(name)
    return f"**`{name}`** (default)" if name == ClusterConfig().method else f"`{name}`"
