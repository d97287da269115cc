"""A small set of noise to train on, split as a run would."""

from __future__ import annotations

import numpy as np

from facecluster.train.material import Material, Validation
from facecluster.train.records import Pictures, RowPairs, Split


def made_material(size: int = 6) -> Material:
    """Five classes of eight grey pictures of `size` px, those of the first unseen."""
    labels = np.repeat(np.arange(5, dtype=np.int64), 8)
    names = tuple(map(str, range(40)))
    pixels = np.random.default_rng(0).integers(0, 256, (40, size, size, 1), dtype=np.uint8)
    pictures = Pictures(pixels, labels, tuple("abcde"), names)
    rows, none = np.arange(8, 40), np.arange(0)
    pairs = RowPairs(none, none, none.astype(bool), none)
    validation = Validation(pictures, np.arange(8), pairs, "made")
    split = Split(rows, none, np.arange(8))
    return Material(pictures, split, validation, rows, labels[rows] - 1, tuple("bcde"))
