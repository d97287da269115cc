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
    have up to 2.4. piece: long side of a piece by its short side, that of 16:9. pixels: of what a
    narrow picture is decoded to, about, at most: 72 MB in RGB. short: side in px below which a
    picture shows no face, however long it is.
    """

    ratio: float = 2.5
    piece: float = 16 / 9
    pixels: int = 24_000_000
    short: int = 64


NARROW = Narrow()


def is_narrow(width: int, height: int, tuning: Narrow = NARROW) -> bool:
    """Whether a picture of that size, in px, is looked at in pieces."""
    shorter = min(width, height)
    return shorter >= tuning.short and max(width, height) > tuning.ratio * shorter


def long_side(width: int, height: int, asked: int, tuning: Narrow = NARROW) -> int:
    """The long side in px that the whole needs, so that a piece has one of `asked` px."""
    if not is_narrow(width, height, tuning):
        return asked
    longer, shorter = max(width, height), max(1, min(width, height))
    wanted = max(asked, asked * longer / shorter / tuning.piece)
    # Pictures are made smaller by whole numbers: as by this one, or more where there is no room.
    factor = max(longer // wanted, math.ceil(math.sqrt(longer * shorter / tuning.pixels)), 1)
    return max(asked, int(longer // factor))
