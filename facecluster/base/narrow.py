"""Narrow pictures: panoramas, long screenshots, strips of a photo booth.

Everything about faces goes by the long side of a photo. Of a narrow one that would leave nothing,
so it is decoded larger (photos/read.py) and looked at in pieces (faces/pieces.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Narrow:
    """What is narrow, and how much of it is worth having; docs/decisions/013-second-looks.md.

    ratio: long side by short side, above which a picture is looked at in pieces; photos and screens
    have up to 2.4. piece: long side of a piece by its short side, that of 16:9. pixels: at which a
    narrow picture is decoded at least, at most; as it is reduced by whole numbers it may be four
    times as many, 192 MB in RGB.
    """

    ratio: float = 2.5
    piece: float = 16 / 9
    pixels: int = 16_000_000


NARROW = Narrow()


def is_narrow(width: int, height: int, tuning: Narrow = NARROW) -> bool:
    """Whether a picture of that size, in px, is looked at in pieces."""
    return max(width, height) > tuning.ratio * min(width, height)


def long_side(width: int, height: int, asked: int, tuning: Narrow = NARROW) -> int:
    """The long side in px that the whole needs, so that a piece has one of `asked` px."""
    if not is_narrow(width, height, tuning):
        return asked
    ratio = max(width, height) / max(1, min(width, height))
    least = min(asked * ratio / tuning.piece, math.sqrt(tuning.pixels * ratio))
    return max(asked, round(least))
