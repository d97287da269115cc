"""The look of the plots in the docs: colours that can be seen on white and on black."""

from __future__ import annotations

from typing import Any

BLUE, ORANGE, GREEN, GREY = "#4C8ED0", "#D98A1E", "#2E9E7A", "#808890"
PURPLE, RED = "#B06FB5", "#C8553D"
STYLE: Any = {  # for matplotlib.rc_context; the salt makes the same file on every run
    **{"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True},
    **{"grid.color": GREY, "grid.alpha": 0.3, "axes.edgecolor": GREY, "text.color": GREY},
    **{"axes.labelcolor": GREY, "xtick.color": GREY, "ytick.color": GREY, "legend.frameon": False},
    **{"axes.facecolor": "none", "svg.hashsalt": "hard faces", "svg.fonttype": "none"},
}
