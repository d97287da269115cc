"""What became of hard faces as a table on the terminal, a section of docs/quality.md and a plot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.quality.tables import TITLE

Row = Mapping[str, Any]
BEGIN = "<!-- written by python -m benchmarks.hard --write: begin -->"
END = "<!-- written by python -m benchmarks.hard --write: end -->"
PLOT = "hard-faces.svg"
HEAD = (
    f"{'hard faces':<34}{'found':<8}{'placed':<8}{'precision':<11}{'recall':<8}{'wrong':<7}"
    f"{'false':<7}{'apart':<7}{'mixed':<7}BCubed F"
)
MADE = """\
## Hard faces

One in four pictures of each person of `{folder}` ({known} of known people and {strangers} of
strangers) is made worse on purpose, one kind at a time, and grouped with the default method
together with the pictures of the known people that stay as they are (`python -m benchmarks.hard`,
seed {seed}). Strangers are the other half of the people: the library holds no good picture of
them. Coarse faces were shrunk to that width and enlarged again; small ones stay small. Profiles
are no copies but the pictures with the largest head turn of each person. A folder belongs to
whoever most of its pictures are of. Precision is the share of the placed hard faces that lie in a
folder of their own person; recall the share of the known people's hard faces that lie there beside
good ones, whether the detector found them or not. Folders apart belong to a stranger or hold no
good picture; mixed ones are to more than a tenth of other people. The first line is what can be
had: some labels are wrong. There are no labelled pictures of children to measure.
"""
GATE = """\
### The gate

Faces of at least a certain quality build people; the others may only join. The same hard faces, all
kinds but the profiles together, under other gates; quality once as it is and once without the
consistency of the embedding (the agreement with its mirror image). The sets are those above.
Background people are those of `lfw` of whom most faces are not the middle face of their photo: how
many, and the faces of the largest.

![Precision, recall and BCubed F by the quality from which faces build people]({plot})
"""
POOR = """\
How near a poor face must be to join: a share of the reach of good faces, and no farther than that
share of strangers is.
"""


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


def _kinds(kinds: Mapping[str, Row]) -> str:
    lines = [
        "| Hard faces | found | placed | precision | recall | known people in another's "
        "folder | strangers in another's folder | folders apart (mixed) | BCubed F of all |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in kinds.items():
        found, placed = _shares(row)
        lines.append(
            f"| {name} | {found:.3f} | {placed:.3f} | {row['precision']:.3f} | {row['recall']:.3f} "
            f"| {row['wrong']} | {row['false']} | {row['apart']} ({row['mixed']}) "
            f"| {row['f']:.4f} |"
        )
    return "\n".join(lines) + "\n"


def curves(told: Row) -> Iterator[str]:
    """A table a curve, in Markdown."""
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
    """The text between BEGIN and END."""
    first = next(iter(told["kinds"].values()))
    about = MADE.format(
        folder=told["folder"],
        known=first["known"],
        strangers=first["strangers"],
        seed=told["seed"],
    )
    tables = list(curves(told))
    parts = [about, _kinds(told["kinds"])]
    if tables:
        parts += [GATE.format(plot=PLOT), *tables[:-1], POOR, tables[-1]]
    return "\n".join(parts)


def write(path: Path, told: Row) -> None:
    """Put the section between its markers of the file, and the plot beside it."""
    whole = path.read_text("utf-8") if path.is_file() else TITLE
    before, begun, rest = whole.partition(BEGIN)
    after = rest.partition(END)[2] if begun else "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"{before.rstrip()}\n\n{BEGIN}\n\n{markdown(told)}\n{END}{after}"
    path.write_text(text, "utf-8")
    if told["curves"]:
        plot(path.parent / PLOT, told)


BLUE, ORANGE, GREEN, GREY = "#4C8ED0", "#D98A1E", "#2E9E7A", "#808890"  # seen on white and black
STYLE: Any = {
    **{"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True},
    **{"grid.color": GREY, "grid.alpha": 0.3, "axes.edgecolor": GREY, "text.color": GREY},
    **{"axes.labelcolor": GREY, "xtick.color": GREY, "ytick.color": GREY, "legend.frameon": False},
    **{"axes.facecolor": "none", "svg.hashsalt": "hard faces", "svg.fonttype": "none"},
}


def plot(path: Path, told: Row) -> None:
    """Precision against recall of the hard faces along the gate, and F by it; no background."""
    with rc_context(STYLE):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        _trade(left, told)
        _scores(right, told["curves"]["trusted"], told["gate"]["trusted"])
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None})


def _trade(axes: Axes, told: Row) -> None:
    for name, colour, words, place in (
        ("trusted", BLUE, "quality as it is", (4, 4)),
        ("without", ORANGE, "without consistency", (-20, -10)),
    ):
        rows = told["curves"][name]
        x, y = ([row["hard"][key] for row in rows] for key in ("recall", "precision"))
        axes.plot(x, y, "o-", color=colour, label=words, markersize=4)
        for row, across, up in zip(rows, x, y, strict=True):
            axes.annotate(f"{row['trusted']:g}", (across, up), place, color=colour, fontsize=8,
                          textcoords="offset points")  # fmt: skip
    axes.set(xlabel="recall of hard faces", ylabel="precision of hard faces")
    axes.set_title("Quality from which faces build people", fontsize=10)
    axes.legend()


def _scores(axes: Axes, rows: Sequence[Row], usual: float) -> None:
    x = range(len(rows))
    lines = {"with hard faces": [row["hard"]["f"] for row in rows]}
    lines |= {name: [row["clean"][name]["f"] for row in rows] for name in rows[0]["clean"]}
    colours = (BLUE, ORANGE, GREEN, "#B06FB5", "#C8553D")
    for (name, values), colour in zip(lines.items(), colours, strict=False):
        axes.plot(x, values, "o-", color=colour, label=name, markersize=4)
    chosen = [i for i, row in enumerate(rows) if row["trusted"] == usual]
    for place in chosen:
        axes.axvline(place, color=GREY, linestyle=":")
    axes.set_xticks(x, [f"{row['trusted']:g}" for row in rows])
    axes.set(xlabel="quality from which faces build people", ylabel="BCubed F")
    axes.legend(fontsize=8)
