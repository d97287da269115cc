"""Loss, active share, accuracy and true-accept rates, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from facecluster.train.history import EpochRow
from facecluster.train.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    new_figure,
    panel,
    say_nothing_to_show,
    styled,
)

WIDE = 30.0  # largest loss over smallest at which the axis becomes logarithmic

LETTER = 0.025  # width of a letter, as a share of a panel's
OF_A_LOSS = ("loss", "active")  # columns that mean something else with another loss
Numbers = NDArray[np.float64]

# Of a panel: title, label of its axis, factor, and a column, name, colour and marker for each line.
Line = tuple[str, str, str, str]
PANELS: tuple[tuple[str, str, float, tuple[Line, ...]], ...] = (
    ("Loss", "loss", 1, (("loss", "mean of the epoch", BLUE, "o"),)),
    (
        "Distances in training",
        "cosine distance",
        1,
        (("positive", "same class", GREEN, "o"), ("negative", "different classes", VERMILION, "s")),
    ),
    (
        "Validation",
        "%",
        100,
        (
            ("accuracy", "verification accuracy", BLUE, "o"),
            ("auc", "area under the ROC curve", ORANGE, "s"),
            ("holdout_accuracy", "1-NN accuracy, held-out pictures", PURPLE, "^"),
        ),
    ),
    (
        "Rates",
        "%",
        100,
        (
            ("tar_1e2", "true accepts at 1 % false accepts", BLUE, "o"),
            ("tar_1e3", "true accepts at 0.1 % false accepts", ORANGE, "s"),
            ("eer", "equal error rate", VERMILION, "^"),
            ("active", "active triplets or pairs", GREY, "v"),
        ),
    ),
)


def loss_and_accuracy(rows: Sequence[EpochRow]) -> Figure:
    """Four panels by epoch, with the stages and the best epoch marked.

    Values that are not finite leave gaps. Without rows the figure says so.
    """
    figure = new_figure(6.4)
    if not rows:
        say_nothing_to_show(panel(figure, 1, 1, 1), "no epoch has ended yet")
        return figure
    with styled():
        for place, (title, label, factor, lines) in enumerate(PANELS, 1):
            axes = panel(figure, 2, 2, place)
            axes.set_title(title, loc="left", pad=18)  # room for the names below it
            axes.set_xlabel("epoch")
            axes.set_ylabel(label)
            _draw_lines(axes, rows, lines, factor)
            _mark_stages(axes, rows, names=place == 1)
            _mark_best(axes, rows, name=title == "Validation")
            if len(lines) > 1 and axes.get_legend_handles_labels()[0]:
                axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=1)
    return figure


def _draw_lines(axes: Axes, rows: Sequence[EpochRow], lines: Sequence[Line], factor: float) -> None:
    axes.set_xlim(rows[0].epoch - 0.5, rows[-1].epoch + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
    drawn = []
    for column, name, colour, marker in lines:
        epochs, values = course(rows, column, whole=column not in OF_A_LOSS)
        if np.isfinite(values).any():
            drawn.append(column)
            size = 4 if len(rows) <= 40 else 0
            axes.plot(
                epochs, factor * values, color=colour, marker=marker, markersize=size, label=name
            )
    if not drawn:
        axes.text(0.5, 0.5, "not measured", ha="center", va="center", transform=axes.transAxes)
    elif drawn == ["loss"]:
        low, high = np.nanmin(values), np.nanmax(values)
        if low > 0 and high / low > WIDE:  # a stage of arcface before one of triplets
            axes.set_yscale("log")


def course(rows: Sequence[EpochRow], column: str, whole: bool) -> tuple[Numbers, Numbers]:
    """Epochs and values of one column, nan where a value is not finite.

    whole: False puts a gap where the next stage begins, as values before and after it are of
    different kinds.
    """
    epochs: list[float] = []
    values: list[float] = []
    for i, row in enumerate(rows):
        if i and not whole and row.stage != rows[i - 1].stage:
            epochs.append(row.epoch - 0.5)
            values.append(math.nan)
        value = float(getattr(row, column))
        epochs.append(row.epoch)
        values.append(value if math.isfinite(value) else math.nan)
    return np.array(epochs), np.array(values)


def _mark_stages(axes: Axes, rows: Sequence[EpochRow], names: bool) -> None:
    """A line where the next stage begins, and the names of those that have room above."""
    starts = [i for i, row in enumerate(rows) if i == 0 or row.stage != rows[i - 1].stage]
    for i, after in zip(starts, [*starts[1:], len(rows)], strict=True):
        row = rows[i]
        if i:
            axes.axvline(row.epoch - 0.5, color=BLACK, linestyle="--", linewidth=1)
        if names and (after == len(rows) or (after - i) / len(rows) > LETTER * len(row.stage)):
            _write_above(axes, row.epoch - 0.5, row.stage, "left")


def _mark_best(axes: Axes, rows: Sequence[EpochRow], name: bool) -> None:
    best = next((row.epoch for row in reversed(rows) if row.best), None)
    if best is not None:
        axes.axvline(best, color=GREY, linestyle=":", linewidth=1.5)
        if name:
            _write_above(axes, best, f"best: {best}", "center")


def _write_above(axes: Axes, epoch: float, text: str, align: Literal["left", "center"]) -> None:
    axes.annotate(
        text,
        (epoch, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha=align,
        fontsize=9,
        parse_math=False,
    )
