"""Looking at figures, and a row of history to draw."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace

from matplotlib.figure import Figure
from PIL import Image

from facecluster.train.history import EpochRow

WIDTH = 1200  # px of every picture


def row(epoch: int, stage: str = "triplet", best: bool = False, **values: float) -> EpochRow:
    usual = EpochRow(epoch, stage, 1 / epoch, 0.5, 0.2, 0.9, 1e-3, 9.0, 800.0, 0.8, 0.9, 0.2, 0.4,
                     0.1, 0.95, best)  # fmt: skip
    return replace(usual, **values)


def drawn(figure: Figure) -> Image.Image:
    """As a picture; any warning of matplotlib fails the test."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(file, format="png")
    with Image.open(file) as picture:
        return picture.convert("RGB")


def texts(figure: Figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")))
