"""What a run learns from and is judged by, in memory. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facecluster.base.progress import Progress
from facecluster.train.config import TrainConfig
from facecluster.train.data.load import load, load_pairs, names_of_pairs
from facecluster.train.data.pair_rows import draw_pairs
from facecluster.train.data.split import split
from facecluster.train.data.survey import Survey
from facecluster.train.records import Labels, Pictures, RowPairs, Rows, Split

CACHE = ".cache"  # packed pictures, in the folder of runs


@dataclass(frozen=True, slots=True)
class Validation:
    """rows: of `pictures`, those that are embedded. pairs: positions within `rows`. about: one
    line on what these pictures are."""

    pictures: Pictures
    rows: Rows
    pairs: RowPairs
    about: str


@dataclass(frozen=True, slots=True)
class Material:
    """pictures with their split, and what validation looks at.

    train_rows: rows of `pictures`. train_labels: int64, 0..C-1, the row in train_classes of each.
    """

    pictures: Pictures
    split: Split
    validation: Validation
    train_rows: Rows
    train_labels: Labels
    train_classes: tuple[str, ...]

    def gallery(self, most: int) -> Rows:
        """At most so many training rows, spread evenly."""
        rows = self.train_rows
        if len(rows) <= most:
            return rows
        return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def gather(
    config: TrainConfig, size: int, channels: int, progress: Progress, seen: Survey | None = None
) -> Material:
    """Load, split and pair. seen: a survey of the data made before.

    Raises a FaceclusterError that says what is wrong with the data.
    """
    data = config.data
    cache = data.cache or config.runs / CACHE
    pictures = load(data, size, channels, progress, cache, config.threads, seen)
    if data.pairs is None:
        parts = split(pictures, data, config.seed)
        return _material(pictures, parts, _drawn(pictures, parts, config))
    paired, pairs = load_pairs(data, pictures, progress, cache, config.threads)
    used = np.unique(np.concatenate([pairs.first, pairs.second]))
    # Sets without files give all their pictures, whatever the pairs name.
    kept = {paired.names[row] for row in used}.intersection(names_of_pairs(data, paired))
    parts = split(pictures, data, config.seed, kept)
    classes = len(np.unique(paired.labels[used]))
    about = f"{len(used)} pictures of {classes} classes, the pairs of {data.pairs.name}"
    return _material(pictures, parts, _within(paired, used, pairs, about))


def _drawn(pictures: Pictures, parts: Split, config: TrainConfig) -> Validation:
    """Pairs of the unseen classes, all of whose pictures are looked at."""
    pairs = draw_pairs(pictures.labels, parts.unseen, config.data.val_pairs, config.seed)
    classes = len(np.unique(pictures.labels[parts.unseen]))
    about = f"{len(parts.unseen)} pictures of {classes} unseen classes of {pictures.source}"
    return _within(pictures, parts.unseen, pairs, about)


def _within(pictures: Pictures, rows: Rows, pairs: RowPairs, about: str) -> Validation:
    """Pairs of rows of `pictures` as pairs of positions in `rows`, ascending."""
    first, second = np.searchsorted(rows, pairs.first), np.searchsorted(rows, pairs.second)
    return Validation(pictures, rows, RowPairs(first, second, pairs.same, pairs.fold), about)


def _material(pictures: Pictures, parts: Split, validation: Validation) -> Material:
    used, labels = np.unique(pictures.labels[parts.train], return_inverse=True)
    classes = tuple(pictures.classes[i] for i in used)
    return Material(pictures, parts, validation, parts.train, labels.astype(np.int64), classes)
