"""The picture of docs/scale.md: distances of real and made-up faces."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.common.drawing import BLUE, GREEN, GREY, ORANGE, PURPLE, STYLE
from benchmarks.scale.spread import FARTHEST, SHOWN

Row = Mapping[str, Any]
COLOURS = (BLUE, GREEN, PURPLE)  # of the real sets; made-up faces are orange
LEAST = 1e-8


def plot(path: Path, found: Row) -> None:
    """Within people as densities, between them as the share of pairs that are nearer."""
    with rc_context(STYLE | {"svg.hashsalt": "scale"}):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        _within(left, found["within"])
        _between(right, found)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None})


def _within(axes: Axes, rows: Mapping[str, Row]) -> None:
    edges = np.linspace(0, FARTHEST, SHOWN + 1)
    names = [name.removesuffix(", donors") for name in rows if name.endswith(", donors")]
    for name, colour in zip(names, COLOURS, strict=False):
        real, made = rows[f"{name}, donors"], rows[f"{name}, made up"]
        axes.stairs(real["density"], edges, color=colour, label=f"{name}, real")
        axes.stairs(made["density"], edges, color=colour, linestyle=":", label=f"{name}, made up")
    axes.set(xlabel="cosine distance", ylabel="density", xlim=(0, 0.15))
    axes.set_title("Pairs of one person", fontsize=10)
    axes.legend(fontsize=8)


def _between(axes: Axes, found: Row) -> None:
    distances = np.linspace(0, FARTHEST, SHOWN + 1)
    real = [name for name in found["between"] if not name.endswith("poor") and name != "made up"]
    colours = [*zip(real, COLOURS, strict=False), ("made up", ORANGE)]
    for name, colour in colours:
        below = np.array(found["between"][name]["below"])
        seen = below > 0
        style = ":" if name == "made up" else "-"
        axes.plot(distances[seen], below[seen], style, color=colour, label=name)
    rates, edges = np.array(found["table"]).T
    axes.plot(edges, rates, "o", color=GREY, markersize=4, label="the model's table")
    axes.set(xlabel="cosine distance", ylabel="share of pairs nearer", yscale="log")
    axes.set(xlim=(0.02, FARTHEST), ylim=(LEAST, 1.5))
    axes.set_title("Pairs of different people", fontsize=10)
    axes.legend(fontsize=8)
