"""The pictures of a run: how it went, what it mined, and what the embeddings look like.

Loads no torch. Figures are made without pyplot, so nothing global is left behind.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from facecluster.base.atomic import write_atomic
from facecluster.records import Floats, Pixels
from facecluster.train.history import EpochRow
from facecluster.train.plots.distances import distance_histograms
from facecluster.train.plots.embeddings import scatter
from facecluster.train.plots.history import loss_and_accuracy
from facecluster.train.plots.style import styled
from facecluster.train.plots.triplets import triplet_sheet
from facecluster.train.records import Labels

__all__ = [
    "PlotData",
    "distance_histograms",
    "draw_all",
    "loss_and_accuracy",
    "save",
    "scatter",
    "triplet_sheet",
]


@dataclass(frozen=True, slots=True)
class PlotData:
    """What there is to draw; every part may be missing.

    triplets: uint8 [T, 3, S, S, C], anchor, positive and negative. triplet_distances: [T, 2],
    cosine distance of the anchor to each. same, different: [A] and [B], cosine distances of the
    validation pairs, and the threshold between them. before, after: [N, D], embeddings of
    validation pictures before and after training; labels: [N], rows in `classes`; unseen: names of
    the classes that training never saw.
    """

    history: Sequence[EpochRow] = ()
    triplets: Pixels | None = None
    triplet_distances: Floats | None = None
    same: Floats | None = None
    different: Floats | None = None
    threshold: float | None = None
    before: Floats | None = None
    after: Floats | None = None
    labels: Labels | None = None
    classes: Sequence[str] = ()
    unseen: Collection[str] = ()


def draw_all(folder: Path, data: PlotData) -> list[Path]:
    """Write a PNG for each part that is there, into `folder`, and give their paths.

    Raises OutputError when the folder cannot be written.
    """
    written = []
    for name, draw in _pictures(data).items():
        path = folder / name
        save(draw(), path)
        written.append(path)
    return written


def _pictures(data: PlotData) -> dict[str, Callable[[], Figure]]:
    made: dict[str, Callable[[], Figure]] = {}
    triplets, apart = data.triplets, data.triplet_distances
    same, different, labels = data.same, data.different, data.labels
    before, after = data.before, data.after
    if data.history:
        made["history.png"] = lambda: loss_and_accuracy(data.history)
    if triplets is not None and apart is not None and len(triplets):
        made["triplets.png"] = lambda: triplet_sheet(triplets, apart)
    if same is not None and different is not None and len(same) + len(different):
        made["distances.png"] = lambda: distance_histograms(same, different, data.threshold)
    if after is not None and labels is not None and len(labels):
        made["embeddings.png"] = lambda: scatter(before, after, labels, data.classes, data.unseen)
    return made


def save(figure: Figure, path: Path) -> None:
    """Write the figure as PNG, whole or not at all, and let go of what it holds.

    Raises OutputError.
    """
    png = io.BytesIO()
    with styled(), warnings.catch_warnings():
        # A class may be named in a script that the font lacks; its letters become boxes.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(png, format="png", metadata={"Software": None})
    figure.clear()
    write_atomic(path, png.getvalue())
