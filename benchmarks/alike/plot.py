"""The picture of who is taken for whom: docs/alike.svg."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.common.drawing import BLUE, ORANGE, STYLE

Row = Mapping[str, Any]


def plot(path: Path, told: Row) -> None:
    """False accepts of each kind at the model's distance, from the most to the fewest, with the
    interval of each; beside them the pairs with everybody else. No background."""
    kinds = sorted(told["kinds"], key=lambda kind: told["kinds"][kind]["default"]["within"])
    with rc_context(STYLE):
        figure = Figure(figsize=(8, 0.32 * len(kinds) + 1.1), layout="constrained")
        axes = figure.subplots()
        _points(axes, [told["kinds"][kind] for kind in kinds])
        axes.set_yticks(range(len(kinds)), kinds)
        axes.set(xlabel=f"share of pairs of strangers within {told['limits']['default']:.3g}")
        figure.legend(loc="outside upper center", ncols=2)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None})


def _points(axes: Axes, rows: list[Row]) -> None:
    """Whoever has none is drawn at half a pair, as a hollow point."""
    axes.set_xscale("log")
    for place, row in enumerate(rows):
        found, least = row["default"], 0.5 / max(row["pairs"], 1)
        ends = [max(found[name], least) for name in ("low", "high")]
        axes.plot(ends, (place, place), color=BLUE, linewidth=2, alpha=0.5)
        axes.plot(max(found["within"], least), place, "o", color=BLUE, markersize=6,
                  fillstyle="full" if found["count"] else "none")  # fmt: skip
        if found["against"] > 0:
            axes.plot(found["against"], place, "D", color=ORANGE, markersize=4)
    axes.plot([], [], "o-", color=BLUE, label="both of the kind; 95 % of draws of the pictures")
    axes.plot([], [], "D", color=ORANGE, markersize=4, label="one of the kind, the other anybody")
