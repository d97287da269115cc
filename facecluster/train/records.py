"""The values that travel between the parts of training: validated arrays. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.records import Pixels

Labels = NDArray[np.int64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pictures:
    """A labelled set of pictures, all of one size.

    pixels: uint8 [N, S, S, C], C 1 (grey) or 3 (RGB); may be a read-only memory map.
    labels: int64 [N], row in `classes`. classes: the names, sorted. names: of each picture,
    `class/file.ext` as in a folder of class folders; sets without files have `class/class_0001`.
    skipped: path and reason of what could not be used. aligned: faces were found and aligned to
    faces.align.FACE_TEMPLATE. flips: a mirrored picture is of the same class.
    own_val: the classes that this set keeps unseen by habit, empty when it has none.
    source: one line saying what this is.
    """

    pixels: Pixels
    labels: Labels
    classes: tuple[str, ...]
    names: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    aligned: bool = False
    flips: bool = True
    own_val: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        n = len(self.names)
        shape = self.pixels.shape
        if len(shape) != 4 or shape[0] != n or shape[1] != shape[2] or shape[3] not in (1, 3):
            raise ValueError(f"pixels: expected [{n}, S, S, 1 or 3], got {list(shape)}")
        if self.pixels.dtype != np.uint8:
            raise ValueError(f"pixels: expected uint8, got {self.pixels.dtype}")
        if self.labels.shape != (n,) or self.labels.dtype != np.int64:
            raise ValueError(f"labels: expected int64 [{n}], got {list(self.labels.shape)}")
        if n and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise ValueError("labels: out of the range of classes")

    def __len__(self) -> int:
        return len(self.names)

    @property
    def size(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def channels(self) -> int:
        return int(self.pixels.shape[3])


@dataclass(frozen=True, slots=True)
class Split:
    """Rows of a `Pictures`, each in at most one part, ascending.

    train: to learn from. holdout: other pictures of the same classes. unseen: pictures of classes
    that neither of them has.
    """

    train: Rows
    holdout: Rows
    unseen: Rows


@dataclass(frozen=True, slots=True)
class RowPairs:
    """Pairs of pictures as rows of a `Pictures`. first, second: int64 [P]. same: bool [P].
    fold: int64 [P]."""

    first: Rows
    second: Rows
    same: NDArray[np.bool_]
    fold: Rows

    def __len__(self) -> int:
        return len(self.first)
