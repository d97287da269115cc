"""The figures of benchmarks.scale as docs/scale.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import fill
from typing import Any

from benchmarks.quality import tables as sections
from benchmarks.scale import tables, text
from benchmarks.scale.crowds import Shape
from benchmarks.scale.plot import plot

Row = Mapping[str, Any]
MARK = "python -m benchmarks.scale --write"
PLOT = "scale-distances.svg"
WIDTH = 100


def markdown(told: Row) -> str:
    """The text between the markers."""
    first = tables.WAYS[told["growth"][0]]
    stand_ins = [] if "lfw" in told["real"] else [text.STAND_INS]
    parts = [text.WHAT, *stand_ins, _made(told), tables.spread(told), text.DIFFERS]
    if told["libraries"]:
        shape = Shape()
        grows = text.GROWS.format(
            discount=shape.discount, strength=shape.strength, exponent=shape.exponent,
            largest=shape.largest, known=100 * (1 - shape.poor),
        )  # fmt: skip
        parts += [grows, tables.libraries(told["libraries"])]
    rows = [row for row in told["rows"] if row["work"] == "group"]
    if rows:
        machine, cores = sections.machine(), told["cores"]
        run = text.RUN.format(
            machine=machine, cores=cores, limit=told["limit"], first=first, most=told["most"]
        )
        said = [line + "\n" for line in tables.said(rows)]
        parts += [run, tables.grouped(rows), *said]
    near = [row for row in told["rows"] if row["work"] == "near"]
    parts += [text.NEAR.format(first=first), tables.near(near)] if near else []
    if told["agree"]:
        parts += [text.AGREE.format(first=first), tables.agree(told["agree"])]
    return "\n".join(broken(part) for part in parts)


def _made(told: Row) -> str:
    """How the faces were made."""
    shape = Shape()
    return text.MADE.format(
        seed=told["seed"],
        drawn=told["drawn"],
        photos=" / ".join(f"{100 * share:.0f}" for share in shape.faces),
        poor=100 * shape.poor,
        plot=PLOT,
    )


def broken(part: str) -> str:
    """Paragraphs broken anew, since what was filled in is longer or shorter than its name."""
    blocks = part.strip().split("\n\n")
    return "\n\n".join(block if block[0] in "#|!" else _wrapped(block) for block in blocks) + "\n"


def _wrapped(block: str) -> str:
    after = "  " if block.startswith("- ") else ""
    return fill(
        block, WIDTH, subsequent_indent=after, break_long_words=False, break_on_hyphens=False
    )


def write(path: Path, told: Row) -> None:
    """Put the text between its markers of the file, and the picture beside it."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.TITLE, "utf-8")
    sections.write(path, markdown(told), MARK)
    plot(path.parent / PLOT, told["spread"])
