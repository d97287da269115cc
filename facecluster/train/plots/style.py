"""What the pictures share: size, colours and axes."""

from __future__ import annotations

from contextlib import AbstractContextManager

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH, DPI = 8.0, 150  # inches, so 1200 px; letters stay readable when shown 800 px wide

# Okabe and Ito (2008), "Color universal design", without the yellow that is faint on white.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
VERMILION, PURPLE, SKY, BLACK = "#D55E00", "#CC79A7", "#56B4E9", "#000000"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK)
GREY = "#999999"

STYLE = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.title_fontsize": 9,
    "hatch.linewidth": 0.6,
}


def styled() -> AbstractContextManager[None]:
    """Our style on matplotlib's defaults, whatever the user's own settings are."""
    made: AbstractContextManager[None] = style.context(["default", STYLE])
    return made


def new_figure(height: float) -> Figure:
    """An empty figure of the usual width; `height` in inches."""
    with styled():
        return Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")


def panel(figure: Figure, rows: int, columns: int, place: int) -> Axes:
    """Axes in our style; `place` counts from 1, as in matplotlib."""
    with styled():
        return figure.add_subplot(rows, columns, place)


def say_nothing_to_show(axes: Axes, why: str) -> None:
    """An empty panel that tells why it is empty."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, why, ha="center", va="center", transform=axes.transAxes, wrap=True)
