"""Which face this is, whatever its file is called: the picture's data, and where in it the face is.

Boxes are fractions of the picture as it is stored, before its EXIF orientation is applied, so that
a picture that a program only marks as turned keeps its faces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from facecluster.records import FaceTable, Floats, PhotoRow

Box = tuple[float, float, float, float]
DECIMALS = 4  # of a fraction: half a px in 5,000
_KEY = re.compile(r"([0-9a-f]{32})@([^@]+)")


@dataclass(frozen=True, slots=True, order=True)
class FaceKey:
    """A face, as names and corrections speak of it.

    image: 32 hexadecimal digits, of the picture's data (`PhotoRow.image`). box: x, y, width and
    height in 0..1 of the stored picture, from its top left corner, with DECIMALS digits.
    """

    image: str
    box: Box

    def __str__(self) -> str:
        """As people.toml has it: `9f3c…@.412,.303,.11,.16`."""
        return f"{self.image}@{','.join(map(_fraction, self.box))}"

    @classmethod
    def of(cls, image: str, box: Box) -> Self:
        """With the box rounded as keys are."""
        x, y, width, height = (round(float(value), DECIMALS) + 0.0 for value in box)
        return cls(image, (x, y, width, height))

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` gave. Raises ValueError for anything else."""
        found = _KEY.fullmatch(text)
        numbers = found[2].split(",") if found else []
        if found is None or len(numbers) != 4:
            raise ValueError(f"{text[:80]!r} is not a face (HASH@X,Y,WIDTH,HEIGHT)")
        x, y, width, height = map(float, numbers)
        if not (abs(x) < 10 and abs(y) < 10 and 0 < width < 10 and 0 < height < 10):
            raise ValueError(f"{text[:80]!r} has a box outside its picture")
        return cls.of(found[1], (x, y, width, height))


def _fraction(value: float) -> str:
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def stored_boxes(boxes: Floats, size: tuple[int, int], orientation: int) -> NDArray[np.float64]:
    """Boxes in px of the upright picture as fractions of the stored one, float64 [N, 4].

    boxes: [N, 4] x, y, width, height. size: width and height of the upright picture in px.
    orientation: EXIF 1..8 (Exif 2.32, CIPA DC-008), which made it upright.
    """
    width, height = (max(side, 1) for side in size)
    unit = np.asarray(boxes, np.float64).reshape(-1, 4) / (width, height, width, height)
    return _turned(unit, _BACK[orientation])


def upright_boxes(
    boxes: NDArray[np.float64], size: tuple[int, int], orientation: int
) -> NDArray[np.float64]:
    """The reverse of `stored_boxes`: fractions of the stored picture as px of the upright one."""
    width, height = size
    turned = _turned(np.asarray(boxes, np.float64).reshape(-1, 4), orientation)
    return turned * (width, height, width, height)


_BACK = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}


def _turned(boxes: NDArray[np.float64], orientation: int) -> NDArray[np.float64]:
    """Boxes of a picture, fractions, as they lie after the turn that an orientation asks for."""
    x, y, w, h = boxes.T
    right, low = 1 - x - w, 1 - y - h
    columns = {
        1: (x, y, w, h), 2: (right, y, w, h), 3: (right, low, w, h), 4: (x, low, w, h),
        5: (y, x, h, w), 6: (low, x, h, w), 7: (low, right, h, w), 8: (y, right, h, w),
    }  # fmt: skip
    return np.stack(columns[orientation], axis=1)


def face_boxes(photos: Sequence[PhotoRow], faces: FaceTable) -> NDArray[np.float64]:
    """Where each face is in its stored picture, fractions rounded as keys are, float64 [N, 4]."""
    sizes = np.array([(p.width, p.height) for p in photos], np.float64).reshape(-1, 2)
    turns = np.array([p.orientation for p in photos], np.int64)
    unit = faces.boxes / np.maximum(np.tile(sizes, 2), 1)[faces.photo]
    turn = turns[faces.photo]
    for orientation in np.unique(turn[turn != 1]).tolist():
        rows = np.nonzero(turn == orientation)[0]
        unit[rows] = _turned(unit[rows], _BACK[orientation])
    rounded: NDArray[np.float64] = unit.round(DECIMALS) + 0.0
    return rounded


def face_keys(photos: Sequence[PhotoRow], faces: FaceTable) -> list[FaceKey]:
    """The key of each face."""
    boxes = map(tuple, face_boxes(photos, faces).tolist())
    images = [photo.image for photo in photos]
    return [FaceKey(images[row], box) for row, box in zip(faces.photo.tolist(), boxes, strict=True)]


def overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of boxes, float64 [..]; both [.., 4] x, y, width, height."""
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    start = np.maximum(one[..., :2], other[..., :2])
    end = np.minimum(one[..., :2] + one[..., 2:], other[..., :2] + other[..., 2:])
    shared = np.maximum(end - start, 0).prod(axis=-1)
    both = one[..., 2:].prod(axis=-1) + other[..., 2:].prod(axis=-1) - shared
    return np.where(both > 0, shared / np.where(both > 0, both, 1), 0)
