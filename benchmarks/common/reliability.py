"""How far chances can be believed: calibration, ranking, and what the first of a list are worth."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import roc_auc_score

BINS = 10
FIRST = 20  # entries of a list that somebody may go through
TITLES = {
    "faces": "a face is of its person",
    "people": "a person is one person",
    "pairs": "two people are one",
}
# Middle greys and a middle blue can be seen on white and on black alike.
LINE, GUIDE, TEXT = "#2f7ed8", "#8c8c8c", "#808080"

Chances = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Curve:
    """Bins that hold something, by rising chance: mean chance, share that is so, and how many."""

    chance: NDArray[np.float64]
    share: NDArray[np.float64]
    count: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Caught:
    """Of the first FIRST entries of a list, `right` are right; so `caught` of `real` ones are."""

    caught: int
    real: int
    right: int
    shown: int


def curve(chances: Chances, so: Flags, bins: int = BINS) -> Curve:
    """chances: [R] in 0..1. so: bool [R], whether it is. Bins are equally wide."""
    place = np.minimum((chances * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    some = np.nonzero(count)[0]
    chance, share = (
        np.bincount(place, values, minlength=bins)[some] / count[some] for values in (chances, so)
    )
    return Curve(chance, share, count[some])


def calibration_error(chances: Chances, so: Flags, bins: int = BINS) -> float:
    """Expected calibration error: how far off the chances of a bin are, the mean over all answers
    (Guo et al., "On calibration of modern neural networks", 2017). nan without any."""
    if not len(so):
        return float("nan")
    found = curve(chances, so, bins)
    return float(np.average(np.abs(found.chance - found.share), weights=found.count))


def ranking(chances: Chances, so: Flags) -> float:
    """The chance that what is so has the higher chance of two (area under the ROC curve); nan
    where all is so, or nothing is."""
    if not so.any() or so.all():
        return float("nan")
    return float(roc_auc_score(so, chances))


def caught_mixed(chances: Chances, so: Flags) -> Caught:
    """The least sure people first. so: whether each is one person."""
    first = np.argsort(chances, kind="stable")[:FIRST]
    right = int((~so[first]).sum())
    return Caught(right, int((~so).sum()), right, len(first))


def caught_splits(
    chances: Chances, so: Flags, pairs: NDArray[np.int64], splits: int, least: float
) -> Caught:
    """The surest pairs first, those with a chance of `least` or more. pairs: int64 [R, 2].

    Whoever was found as n people is split n - 1 times; a right pair mends one of them, unless
    other pairs have done so.
    """
    first = np.argsort(-chances, kind="stable")[:FIRST]
    first = first[chances[first] >= least]
    a, b = pairs[first[so[first]]].T
    count = int(pairs.max(initial=-1)) + 1
    graph = coo_array((np.ones(len(a), bool), (a, b)), shape=(count, count))
    mended = count - connected_components(graph, directed=False)[0] if count else 0
    return Caught(mended, splits, len(a), len(first))


def diagram(curves: Mapping[str, Curve]) -> bytes:
    """A panel for each of TITLES, as SVG: share that is so over chance, and counts of the bins."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    # The same salt gives the same file on every run.
    with rc_context({"svg.hashsalt": "facecluster", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(9.6, 3.5), layout="constrained")
        for axes, (what, title) in zip(
            figure.subplots(1, len(TITLES)), TITLES.items(), strict=True
        ):
            found = curves[what]
            axes.plot((0, 1), (0, 1), color=GUIDE, linestyle="--", linewidth=1)
            axes.plot(
                found.chance, found.share, color=LINE, marker="o", markersize=4, clip_on=False
            )
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
            axes.set_ylabel("share that is so" if what == "faces" else "")
            axes.set_title(title, color=TEXT, fontsize=10)
            axes.tick_params(colors=TEXT)
            axes.xaxis.label.set_color(TEXT)
            axes.yaxis.label.set_color(TEXT)
            axes.patch.set_alpha(0)
            for spine in axes.spines.values():
                spine.set_color(GUIDE)
        file = io.BytesIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return file.getvalue()
