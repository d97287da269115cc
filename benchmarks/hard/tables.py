"""What became of hard faces, as lines on the terminal and as a section of docs/quality.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.common import pages
from benchmarks.hard.plot import plot

Row = Mapping[str, Any]
TEMPLATE = Path(__file__).parent / "templates" / "hard-faces.md.j2"
MARK = "python -m benchmarks.hard --write"
PLOT = "hard-faces.svg"
HEAD = (
    f"{'hard faces':<34}{'found':<8}{'placed':<8}{'precision':<11}{'recall':<8}{'wrong':<7}"
    f"{'false':<7}{'apart':<7}{'mixed':<7}BCubed F"
)


def line(name: str, row: Row) -> str:
    """One row for the terminal, under HEAD."""
    found, placed = _shares(row)
    return (
        f"{name[:33]:<34}{found:<8.3f}{placed:<8.3f}{row['precision']:<11.4f}{row['recall']:<8.3f}"
        f"{row['wrong']:<7}{row['false']:<7}{row['apart']:<7}{row['mixed']:<7}{row['f']:.4f}"
    )


def _shares(row: Row) -> tuple[float, float]:
    everybody = max(row["known"] + row["strangers"], 1)
    return row["found"] / everybody, row["placed"] / everybody


def curves(told: Row) -> Iterator[str]:
    """A table for each curve, in Markdown; the one of poor faces last."""
    for name, rows in told["curves"].items():
        first = "Reach, strangers" if name == "poor" else "Quality"
        if name == "without":
            first += " without consistency"
        sets = list(rows[0]["clean"])
        behind = ["background people"] * ("lfw" in sets)
        heads = [first, "precision", "recall", "BCubed F of all", *sets, *behind]
        lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
        lines += [_gate_line(row, name, told["gate"]) for row in rows]
        yield "\n".join(lines) + "\n"


def _gate_line(row: Row, name: str, usual: Row) -> str:
    key = f"{row['trusted']:g}"
    if name == "poor":
        key = f"{row['poor_reach']:g}, {row['poor_rate']:g}"
    if all(row[field] == value for field, value in usual.items()):
        key = f"**{key}** (default)"
    hard, clean = row["hard"], row["clean"]
    cells = [key, f"{hard['precision']:.4f}", f"{hard['recall']:.4f}", f"{hard['f']:.4f}"]
    cells += [f"{found['f']:.4f}" for found in clean.values()]
    if "lfw" in clean:
        cells.append(f"{clean['lfw']['behind']} ({clean['lfw']['largest']})")
    return f"| {' | '.join(cells)} |"


def markdown(told: Row) -> str:
    """The section: what became of the hard faces by kind, and the gate where it was moved."""
    return pages.render(
        TEMPLATE,
        folder=told["folder"],
        first=next(iter(told["kinds"].values())),
        seed=told["seed"],
        kinds=told["kinds"],
        shares=_shares,
        curves=list(curves(told)),
        plot=PLOT,
    )


def write(path: Path, told: Row) -> None:
    """Put the section between its markers of the file, and the plot beside it."""
    pages.write(path, markdown(told), MARK, pages.QUALITY_TITLE)
    if told["curves"]:
        plot(path.parent / PLOT, told)
