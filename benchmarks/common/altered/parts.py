"""What the alterations of this folder are made of."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from facecluster.records import Floats, Pixels

# Takes uint8 [H, W, 3] RGB and the landmarks of its face, float32 [5, 2] in px; gives another
# picture.
Alter = Callable[[Pixels, Floats, np.random.Generator], Pixels]
Numbers = NDArray[np.number]


def pixels_of(values: Numbers) -> Pixels:
    """uint8 of any numbers, those beyond 0..255 cut off."""
    return np.ascontiguousarray(np.clip(values, 0, 255).astype(np.uint8))


def numbers(pixels: Pixels) -> Floats:
    return np.asarray(pixels, np.float32)


def grey(pixels: Pixels) -> Pixels:
    """uint8 [H, W]."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), np.uint8)


def three(plane: Numbers) -> Floats:
    """[H, W] as three equal colours."""
    return np.asarray(np.repeat(np.asarray(plane, np.float32)[..., None], 3, axis=2))


def places(pixels: Pixels) -> tuple[Floats, Floats]:
    """x and y of every pixel, float32 [H, W]."""
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(np.float32)
    return x, y


def eyes(landmarks: Floats) -> float:
    """Distance of the eyes in px."""
    return float(np.hypot(*(landmarks[1] - landmarks[0])))


def fetched(pixels: Pixels, x: Numbers, y: Numbers) -> Pixels:
    """The picture whose pixels come from the places x, y of this one; beyond its edges mirrored."""
    maps = np.asarray(x, np.float32), np.asarray(y, np.float32)
    return np.asarray(
        cv2.remap(pixels, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def mixed(pixels: Pixels, other: Numbers, share: float) -> Pixels:
    """`share` of the other picture over this one."""
    return pixels_of(numbers(pixels) * (1 - share) + np.asarray(other, np.float32) * share)
