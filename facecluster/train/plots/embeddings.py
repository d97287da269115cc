"""Validation embeddings in two dimensions, before and after training."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from facecluster.records import Floats
from facecluster.train.plots.style import (
    GREY,
    PALETTE,
    new_figure,
    panel,
    say_nothing_to_show,
    styled,
)
from facecluster.train.records import Labels

MARKERS = "os^Dv"
NAMED = 20  # classes with a colour and a line in the legend; the rest is grey
LEGEND_COLUMNS = 4
LONGEST = 22  # letters of a name in the legend


def scatter(
    before: Floats | None,
    after: Floats,
    labels: Labels,
    classes: Sequence[str],
    unseen: Collection[str] = (),
) -> Figure:
    """Embeddings [N, D] before and after training side by side, each on its own two principal
    components (Pearson 1901), with a colour and marker for each class of labels [N].

    unseen: classes that training never saw; filled, the others hollow. Rows that are not finite are
    left out.
    """
    named = _largest(labels, len(classes))
    panels, lines = (4.3 if before is not None else 6.5), 2 + len(named) // LEGEND_COLUMNS
    figure = new_figure(panels + 0.19 * lines)
    halves = [("Before training", before), ("After training", after)]
    shown = [(title, values) for title, values in halves if values is not None]
    with styled():
        for place, (title, values) in enumerate(shown, 1):
            axes = panel(figure, 1, len(shown), place)
            axes.set_title(title, loc="left")
            _draw(axes, values, labels, named, {i for i, c in enumerate(classes) if c in unseen})
        _legend(figure, labels, named, classes, unseen)
    return figure


def principal(values: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two first principal components [N, 2] and their share of the variance [2].

    Where there are fewer than two, or no variance at all, the rest is zero.
    """
    points, shares = np.zeros((len(values), 2)), np.zeros(2)
    centred = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    if not np.any(np.abs(centred) > 1e-12):
        return points, shares
    count = min(2, *values.shape)
    pca = PCA(count, svd_solver="full")
    points[:, :count] = pca.fit_transform(centred)
    shares[:count] = pca.explained_variance_ratio_
    return points, shares


def _draw(
    axes: Axes, values: Floats, labels: Labels, named: Sequence[int], unseen: Collection[int]
) -> None:
    finite = np.isfinite(values).all(axis=1)
    if finite.sum() < 2:
        say_nothing_to_show(axes, "too few embeddings to show")
        return
    points, shares = principal(values[finite])
    rest = labels[finite]
    others = ~np.isin(rest, named)
    size = float(np.clip(6000 / len(points), 5, 36))
    x, y = points.T
    axes.scatter(x[others], y[others], s=size, color=GREY, marker=".", alpha=0.4, linewidths=0)
    for place, label in enumerate(named):
        filled = label in unseen or not unseen
        colour, marker = _look(place)
        axes.scatter(
            x[rest == label],
            y[rest == label],
            s=size,
            marker=marker,
            facecolors=colour if filled else "none",
            edgecolors=colour,
            linewidths=0.3 if filled else 0.8,
            alpha=0.75,
        )
    axes.set_xlabel(f"first component ({100 * shares[0]:.0f} % of the variance)")
    axes.set_ylabel(f"second component ({100 * shares[1]:.0f} %)")
    _equal_scales(axes, points)


def _equal_scales(axes: Axes, points: NDArray[np.float64]) -> None:
    """A square window, so that a distance looks the same in both directions."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = 0.54 * max(float((high - low).max()), 1e-3)
    x, y = (low + high) / 2
    axes.set_xlim(x - half, x + half)
    axes.set_ylim(y - half, y + half)
    axes.set_box_aspect(1)


def _largest(labels: Labels, classes: int) -> list[int]:
    """The classes that have a colour: those with most pictures, in the order of their names."""
    counts = np.bincount(labels, minlength=classes)
    order = np.argsort(-counts, kind="stable")[:NAMED]
    return sorted(int(i) for i in order if counts[i])


def _look(place: int) -> tuple[str, str]:
    return PALETTE[place % len(PALETTE)], MARKERS[place // len(PALETTE) % len(MARKERS)]


def _legend(
    figure: Figure,
    labels: Labels,
    named: Sequence[int],
    classes: Sequence[str],
    unseen: Collection[str],
) -> None:
    handles, names = [], []
    for place, label in enumerate(named):
        colour, marker = _look(place)
        name = str(classes[label])
        filled = name in unseen or not unseen
        face = colour if filled else "none"
        handles.append(
            Line2D([], [], linestyle="", marker=marker, color=colour, markerfacecolor=face)
        )
        names.append(name if len(name) <= LONGEST else name[: LONGEST - 1] + "…")
    rest = len(np.unique(labels)) - len(named)
    if rest:
        handles.append(Line2D([], [], linestyle="", marker=".", color=GREY))
        names.append(f"{rest} other {'class' if rest == 1 else 'classes'}")
    # Names go in afterwards: matplotlib drops labels that begin with an underscore.
    legend = figure.legend(
        handles,
        ["x"] * len(names),
        loc="outside lower center",
        ncols=LEGEND_COLUMNS,
        title=_explained([classes[label] in unseen for label in named]),
    )
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(name)


def _explained(filled: Sequence[bool]) -> str | None:
    if not any(filled):
        return None
    return f"{'' if all(filled) else 'filled: '}classes that training never saw"
