"""The picture of how far chances can be believed: docs/reliability.svg."""

from __future__ import annotations

import io
from collections.abc import Mapping

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.common.reliability import BINS, Curve

TITLES = {
    "faces": "a face is of its person",
    "people": "a person is one person",
    "pairs": "two people are one",
}
# Middle greys and a middle blue can be seen on white and on black alike.
LINE, GUIDE, TEXT = "#2f7ed8", "#8c8c8c", "#808080"


def diagram(curves: Mapping[str, Curve]) -> bytes:
    """A panel for each of TITLES, as SVG: share that is so over chance, and counts of the bins."""
    # The same salt gives the same file on every run.
    with rc_context({"svg.hashsalt": "facecluster", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(9.6, 3.5), layout="constrained")
        panels = figure.subplots(1, len(TITLES))
        for axes, (what, title) in zip(panels, TITLES.items(), strict=True):
            _panel(axes, curves[what])
            axes.set_ylabel("share that is so" if what == "faces" else "")
            axes.set_title(title, color=TEXT, fontsize=10)
            _grey(axes)
        file = io.BytesIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return file.getvalue()


def _panel(axes: Axes, found: Curve) -> None:
    axes.plot((0, 1), (0, 1), color=GUIDE, linestyle="--", linewidth=1)
    axes.plot(found.chance, found.share, color=LINE, marker="o", markersize=4, clip_on=False)
    for chance, share, count in zip(found.chance, found.share, found.count, strict=True):
        # Inside the frame, on the side away from the diagonal; every second one of a row of
        # points at the edge stands lower or higher.
        odd = int(chance * BINS) % 2 * 9
        right = chance > 0.5
        axes.annotate(f"{count:,}", (chance, share),
                      (-5 if right else 5, -12 - odd if share > 0.5 else 6 + odd),
                      textcoords="offset points", fontsize=7, color=TEXT,
                      ha="right" if right else "left")  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="chance given")


def _grey(axes: Axes) -> None:
    """What can be read on white and on black."""
    axes.tick_params(colors=TEXT)
    axes.xaxis.label.set_color(TEXT)
    axes.yaxis.label.set_color(TEXT)
    axes.patch.set_alpha(0)
    for spine in axes.spines.values():
        spine.set_color(GUIDE)
