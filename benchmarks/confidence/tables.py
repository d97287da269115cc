"""Whether chances come true, as lines on the terminal and as a section of docs/quality.md."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import pages
from benchmarks.common.known import WHAT
from benchmarks.common.libraries import KINDS
from benchmarks.confidence.lists import FIRST

Row = Mapping[str, Any]
TEMPLATE = Path(__file__).parent / "templates" / "how-sure.md.j2"
MARK = "python -m benchmarks.confidence --write"
PICTURE = "reliability.svg"
ALL = "all"  # the kind of the rows for all libraries together


def figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def said(row: Row, what: str) -> str:
    """What one of the two lists of a library caught."""
    found = row[what]
    return (
        f"caught {found['caught']} of {found['real']}; "
        f"of the {found['shown']} shown, {found['right']} are right"
    )


def markdown(judged: Sequence[Row], listed: Sequence[Row], model: str, seed: int) -> str:
    """The section. judged: a row for each kind of library and each of WHAT. listed: a row for each
    library."""
    kinds = []
    for kind in dict.fromkeys(row["kind"] for row in judged):
        these = [row for row in judged if row["kind"] == kind]
        kinds.append({"name": _name(kind, these[0]["libraries"]), "rows": these})
    return pages.render(
        TEMPLATE,
        model=model,
        seed=seed,
        picture=PICTURE,
        what=WHAT,
        kinds=kinds,
        first=FIRST,
        lists=listed,
        figure=figure,
        said=said,
    )


def _name(kind: str, times: int) -> str:
    told = f"{kind}: {KINDS[kind]}" if kind in KINDS else kind
    return f"{told} ({times} times)" if times > 1 and kind != ALL else told


def show(judged: Sequence[Row], listed: Sequence[Row]) -> None:
    """Print all rows."""
    print(f"{'libraries':<16}{'what':<8}{'answers':>8}{'so':>8}{'error':>8}{'ranking':>9}")
    for row in judged:
        print(
            f"{row['kind'][:15]:<16}{row['what']:<8}{row['answers']:>8}{row['so']:>8}"
            f"{figure(row['error']):>8}{figure(row['ranking']):>9}"
        )
    for row in listed:
        print(f"{row['kind'][:15]:<16}mixed: {said(row, 'mixed')}")
        print(f"{'':<16}split: {said(row, 'split')}")
