"""Areas as programs write them, as boxes in fractions of the stored picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from facecluster.identity import Box

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
Size = tuple[float, float]  # width, height


@dataclass(frozen=True, slots=True)
class AreaTuning:
    """ratio: how far the sides' ratio of the picture and of the picture that an area was drawn on
    may be apart, as a share; above the rounding of a preview of 150 px (0.7 %), below the crop from
    3:2 to 7:5 (7 %). beyond: how far an area may go over the whole picture, as a fraction; for
    rounding.
    """

    ratio: float = 0.02
    beyond: float = 0.001


TUNING = AreaTuning()


def number(text: str | None) -> float | None:
    """A decimal number; None for anything else, a comma and `nan` among it."""
    text = "" if text is None else text.strip()
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    return float(text)


def box(x: float, y: float, width: float, height: float) -> Box | None:
    """The part of an area that is in the picture; all in fractions, x and y the top left corner.

    None for an area of no size, larger than the picture, or whose middle is outside.
    """
    most = 1 + TUNING.beyond
    if not (0 < width <= most and 0 < height <= most):
        return None
    if not (0 <= x + width / 2 <= 1 and 0 <= y + height / 2 <= 1):
        return None
    left, top = max(x, 0.0), max(y, 0.0)
    right, bottom = min(x + width, 1.0), min(y + height, 1.0)
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def about(
    middle: tuple[float | None, float | None], size: tuple[float | None, float | None]
) -> Box | None:
    """The box about a middle, fractions; None as of `box`, or where a number is missing."""
    (x, y), (width, height) = middle, size
    if x is None or y is None or width is None or height is None:
        return None
    return box(x - width / 2, y - height / 2, width, height)


def as_stored(applied: Size | None, stored: Size) -> Size | None:
    """The size of the picture that areas were drawn on, the way round of the stored one.

    applied: as the program gives it, px, which some mean of the displayed picture. None where its
    sides have another ratio than the stored picture's, either way round: it was cropped since.
    An unknown size is taken for the stored one.
    """
    if applied is None or min(stored) <= 0:
        return stored
    for way in (applied, applied[::-1]):
        ratio = (way[0] * stored[1]) / (way[1] * stored[0])
        if abs(ratio - 1) <= TUNING.ratio or abs(1 / ratio - 1) <= TUNING.ratio:
            return way
    return None
