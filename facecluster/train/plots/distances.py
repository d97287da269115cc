"""Histograms of the distances of same and different pairs."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from facecluster.records import Floats
from facecluster.train.plots.style import (
    BLACK,
    BLUE,
    VERMILION,
    new_figure,
    panel,
    say_nothing_to_show,
    styled,
)

BINS = 60


def distance_histograms(same: Floats, different: Floats, threshold: float | None) -> Figure:
    """Share of the same pairs [A] and of the different pairs [B] by cosine distance, and the
    threshold with the errors that it makes. Distances that are not finite are left out.
    """
    same, different = _finite(same), _finite(different)
    figure = new_figure(4.8)
    axes = panel(figure, 1, 1, 1)
    everything = np.concatenate([same, different])
    if not len(everything):
        say_nothing_to_show(axes, "no distances to show")
        return figure
    low, high = float(everything.min()), float(everything.max())
    edges = np.linspace(low, high if high > low else low + 0.01, BINS + 1)
    with styled():
        for values, name, colour, hatch in (
            (same, "same", BLUE, "//"),
            (different, "different", VERMILION, ""),
        ):
            if not len(values):
                continue
            label = f"{len(values):,} {name} {'pair' if len(values) == 1 else 'pairs'}"
            shares = 100 * np.histogram(values, edges)[0] / len(values)
            axes.stairs(shares, edges, fill=True, alpha=0.35, color=colour, label=label)
            axes.stairs(shares, edges, color=colour, linewidth=1.2, hatch=hatch)
        if threshold is not None and np.isfinite(threshold):
            label = _errors(same, different, threshold)
            axes.axvline(threshold, color=BLACK, linestyle="--", linewidth=1.2, label=label)
        axes.set_xlabel("cosine distance")
        axes.set_ylabel("share of the pairs of its kind, %")
        axes.set_title("Distances of validation pairs", loc="left")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14))
    return figure


def _finite(values: Floats) -> Floats:
    kept: Floats = values[np.isfinite(values)]
    return kept


def _errors(same: Floats, different: Floats, threshold: float) -> str:
    """What the threshold gets wrong; a pair at the threshold counts as the same."""
    wrong = []
    if len(different):
        wrong.append(f"accepts {100 * np.mean(different <= threshold):.1f} % of different")
    if len(same):
        wrong.append(f"rejects {100 * np.mean(same > threshold):.1f} % of same")
    return f"threshold {threshold:.3f}: {', '.join(wrong)}"
