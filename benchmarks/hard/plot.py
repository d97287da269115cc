"""The picture of the gate: how well hard faces do by the quality from which faces build people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.common.drawing import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, STYLE

Row = Mapping[str, Any]


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
    colours = (BLUE, ORANGE, GREEN, PURPLE, RED)
    for (name, values), colour in zip(lines.items(), colours, strict=False):
        axes.plot(x, values, "o-", color=colour, label=name, markersize=4)
    chosen = [i for i, row in enumerate(rows) if row["trusted"] == usual]
    for place in chosen:
        axes.axvline(place, color=GREY, linestyle=":")
    axes.set_xticks(x, [f"{row['trusted']:g}" for row in rows])
    axes.set(xlabel="quality from which faces build people", ylabel="BCubed F")
    axes.legend(fontsize=8)
