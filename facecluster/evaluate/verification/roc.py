"""The ROC curve as a picture. Needs matplotlib, which is loaded when one is drawn."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from facecluster.errors import SettingsError
from facecluster.evaluate.verification.folds import Distances, Flags, roc_curve

FORMATS = (".png", ".svg", ".pdf")
LINE, GUIDE = "#1f5fa8", "#9a9a9a"


def roc_format(path: Path) -> str:
    """The format that the ending of the name asks for. Raises SettingsError for any other."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise SettingsError(
            "roc",
            f"a name that ends in {ending or 'nothing'} cannot be written; "
            f"end it in {', '.join(FORMATS)}",
        )
    return ending[1:]


def draw_roc(distances: Distances, same: Flags, title: str, form: str) -> bytes:
    """True-accept rate over false-accept rate, which has a logarithmic axis.

    distances: float [P]. same: bool [P]. The curve starts at one false accept: what lies left of
    it was not measured.
    """
    from matplotlib.figure import Figure

    false, true = roc_curve(distances, same)
    least = 1 / int((~same).sum())
    shown = false >= least
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = figure.subplots()
    axes.step(false[shown], true[shown], where="post", color=LINE, linewidth=1.8)
    grid = np.geomspace(least, 1, 200)
    axes.plot(grid, 1 - grid, color=GUIDE, linestyle="--", linewidth=1)
    axes.annotate("equal error rate", (grid[0], 1), (6, -14), textcoords="offset points",
                  color=GUIDE, fontsize=8)  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(least, 1)
    axes.set_ylim(min(0.9, float(true[shown].min())) - 0.02, 1.005)
    axes.set_xlabel("False-accept rate")
    axes.set_ylabel("True-accept rate")
    axes.set_title(title.replace("$", r"\$"), fontsize=10)
    axes.grid(color="#e4e4e4", linewidth=0.6)
    file = io.BytesIO()
    figure.savefig(file, format=form, dpi=150)
    return file.getvalue()
