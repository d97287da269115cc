"""A sheet of mined triplets, as the loss saw them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from facecluster.records import Floats, Pixels
from facecluster.train.plots.style import (
    BLACK,
    VERMILION,
    new_figure,
    panel,
    say_nothing_to_show,
    styled,
)

SHOWN, COLUMNS = 24, 3
GAP = 0.06  # between pictures, as a share of their side
ROLES = ("anchor", "positive", "negative")


def triplet_sheet(pixels: Pixels, distances: Floats) -> Figure:
    """The first triplets of pixels [T, 3, S, S, C], each with distances [T, 2] to its anchor.

    Those whose negative is no farther than the positive are marked. Raises ValueError for other
    shapes.
    """
    count = len(pixels)
    if pixels.ndim != 5 or pixels.shape[1] != 3 or pixels.shape[4] not in (1, 3):
        raise ValueError(f"pixels: expected [T, 3, S, S, 1 or 3], got {list(pixels.shape)}")
    if distances.shape != (count, 2):
        raise ValueError(f"distances: expected [{count}, 2], got {list(distances.shape)}")
    shown = min(count, SHOWN)
    if not shown:
        figure = new_figure(2)
        say_nothing_to_show(panel(figure, 1, 1, 1), "no triplet was mined")
        return figure
    columns = min(COLUMNS, shown)
    rows = -(-shown // columns)
    figure = new_figure(0.9 + rows * (0.35 + 8 / columns / 3.2))
    more = f" (the first {shown} of {count:,})" if shown < count else ""
    figure.suptitle(f"Mined triplets with cosine distances to the anchor{more}", fontsize=11)
    figure.set_layout_engine("constrained", wspace=0.09)
    with styled():
        for i in range(shown):
            axes = panel(figure, rows, columns, i + 1)
            _draw(axes, pixels[i], distances[i], heading=i < columns)
    return figure


def _draw(axes: Axes, triplet: Pixels, distances: Floats, heading: bool) -> None:
    picture = side_by_side(triplet)
    height, width = picture.shape[:2]
    axes.imshow(picture, interpolation="nearest" if height <= 64 else "antialiased")
    axes.set_axis_off()
    middle = [(i + 0.5) * width / 3 for i in range(3)]
    if heading:
        for x, role in zip(middle, ROLES, strict=True):
            axes.text(x, -0.06 * height, role, ha="center", va="bottom", fontsize=9)
    positive, negative = (float(d) for d in distances)
    wrong = negative <= positive
    for x, value in zip(middle[1:], (positive, negative), strict=True):
        axes.text(
            x,
            1.04 * height,
            _figure(value),
            ha="center",
            va="top",
            fontsize=9,
            color=VERMILION if wrong else BLACK,
            weight="bold" if wrong else "normal",
        )
    if wrong:
        axes.text(middle[0], 1.04 * height, "wrong order", ha="center", va="top", fontsize=9,
                  color=VERMILION)  # fmt: skip


def _figure(distance: float) -> str:
    """Three decimals, or two digits where a network that has collapsed leaves less."""
    if not np.isfinite(distance):
        return "?"
    return f"{distance:.2g}" if 0 < abs(distance) < 0.01 else f"{distance:.3f}"


def side_by_side(triplet: Pixels) -> NDArray[np.uint8]:
    """uint8 [S, W, 3] from [3, S, S, C]: the three pictures on white, with gaps between them."""
    coloured = np.repeat(triplet, 3 // triplet.shape[-1], axis=-1)
    side = triplet.shape[1]
    gap = max(1, round(GAP * side))
    sheet = np.full((side, 3 * side + 2 * gap, 3), 255, dtype=np.uint8)
    for i, picture in enumerate(coloured):
        left = i * (side + gap)
        sheet[:, left : left + side] = picture
    return sheet
