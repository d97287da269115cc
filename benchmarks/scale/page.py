"""The figures of the scale benchmark as docs/scale.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import fill
from typing import Any

from benchmarks.common import pages
from benchmarks.scale import tables
from benchmarks.scale.crowds import Shape
from benchmarks.scale.plot import plot

Row = Mapping[str, Any]
TEMPLATE = Path(__file__).parent / "templates" / "scale.md.j2"
TITLE = "# From ten thousand faces to a million\n"
MARK = "python -m benchmarks.scale --write"
PLOT = "scale-distances.svg"
WIDTH = 100


def markdown(told: Row) -> str:
    """The text between the markers."""
    text = pages.render(
        TEMPLATE,
        told=told,
        shape=Shape(),
        first=tables.WAYS[told["growth"][0]],
        machine=pages.machine(),
        plot=PLOT,
        tables=tables,
        grouped=[row for row in told["rows"] if row["work"] == "group"],
        near=[row for row in told["rows"] if row["work"] == "near"],
    )
    return broken(text)


def broken(text: str) -> str:
    """Paragraphs broken anew, since what was filled in is longer or shorter than its name."""
    blocks = text.strip().split("\n\n")
    return "\n\n".join(block if block[0] in "#|!" else _wrapped(block) for block in blocks) + "\n"


def _wrapped(block: str) -> str:
    after = "  " if block.startswith("- ") else ""
    return fill(
        block, WIDTH, subsequent_indent=after, break_long_words=False, break_on_hyphens=False
    )


def write(path: Path, told: Row) -> None:
    """Put the text between its markers of the file, and the picture beside it."""
    pages.write(path, markdown(told), MARK, TITLE)
    plot(path.parent / PLOT, told["spread"])
