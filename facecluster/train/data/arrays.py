"""Sets that come as one block of small pictures: digits, IDX and CIFAR files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facecluster.faces.whole import whole_picture
from facecluster.records import Pixels
from facecluster.train.records import Labels, Pictures

DIGITS = tuple("0123456789")
UNSEEN_DIGITS = ("7", "8", "9")


@dataclass(frozen=True, slots=True)
class ArraySet:
    """Pictures as they were published.

    pixels: uint8 [N, H, W, C], C 1 or 3. labels: int64 [N], row in `classes`, which are sorted.
    flips, source: as in `Pictures`.
    """

    pixels: Pixels
    labels: Labels
    classes: tuple[str, ...]
    flips: bool
    source: str

    @property
    def own_val(self) -> tuple[str, ...]:
        """Sets of the ten digits keep three unseen, so that results compare."""
        return UNSEEN_DIGITS if self.classes == DIGITS else ()


def named_by_label(values: NDArray[np.integer]) -> tuple[Labels, tuple[str, ...]]:
    """Rows and names of classes that are only numbers; names are as wide as the largest one."""
    numbers, labels = np.unique(values, return_inverse=True)
    width = len(str(int(numbers.max()))) if len(numbers) else 1
    return labels.astype(np.int64), tuple(f"{number:0{width}d}" for number in numbers.tolist())


def to_pictures(found: ArraySet, size: int, channels: int) -> Pictures:
    """The set at `size` px with `channels`. Classes with one picture are left out and listed."""
    counts = np.bincount(found.labels, minlength=len(found.classes))
    enough = counts >= 2
    rows = np.flatnonzero(enough[found.labels])
    pixels = _scaled(_coloured(found.pixels[rows], channels), size)
    labels = (np.cumsum(enough) - 1)[found.labels[rows]].astype(np.int64)
    classes = tuple(name for name, kept in zip(found.classes, enough, strict=True) if kept)
    lonely = [name for name, count in zip(found.classes, counts, strict=True) if count == 1]
    return Pictures(
        pixels=pixels,
        labels=labels,
        classes=classes,
        names=names_of(labels, classes),
        skipped=tuple((name, "a class with one picture only") for name in lonely),
        flips=found.flips,
        own_val=found.own_val,
        source=found.source,
    )


def names_of(labels: Labels, classes: tuple[str, ...]) -> tuple[str, ...]:
    """`class/class_0001` and so on, counted within each class."""
    seen = [0] * len(classes)
    names = []
    for label in labels.tolist():
        seen[label] += 1
        names.append(f"{classes[label]}/{classes[label]}_{seen[label]:04d}")
    return tuple(names)


def _coloured(pixels: Pixels, channels: int) -> Pixels:
    if pixels.shape[3] == channels:
        return pixels
    if channels == 3:
        return np.repeat(pixels, 3, axis=3)
    grey = [np.asarray(Image.fromarray(picture).convert("L")) for picture in pixels]
    return np.stack(grey)[..., None] if grey else pixels[..., :1]


def _scaled(pixels: Pixels, size: int) -> Pixels:
    """The middle square of every picture at `size` px; untouched where they have it already."""
    count, height, width, channels = pixels.shape
    if height == width == size:
        return pixels
    scaled = np.empty((count, size, size, channels), np.uint8)
    for row in range(count):
        scaled[row] = whole_picture(pixels[row], size)
    return scaled
