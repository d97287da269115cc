"""The picture that an animation stands for: the first one that shows something."""

from __future__ import annotations

import contextlib
from typing import Final

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile

from facecluster.photos.modes import to_rgb

MOST_FRAMES: Final = 50
MOST_PIXELS: Final = 1 << 24  # of animations whose later pictures are looked at
_MOST_IN_ALL: Final = 1 << 27  # pixels of all pictures that are looked at: two seconds
_BLOCK, _FLAT = 4, 16  # levels of 255 between the darkest and the lightest block of px


def animated(picture: ImageFile) -> bool:
    """Whether later pictures may be looked at. Of a GIF only decoding tells whether it has any."""
    if picture.width * picture.height > MOST_PIXELS:
        return False
    return picture.format == "GIF" or bool(getattr(picture, "is_animated", False))


def first_shown(picture: ImageFile) -> Image.Image:
    """The loaded picture in RGB; if it is of one colour, the first of those behind it that is not.

    Screen recorders and slide shows begin with black or with nothing. At most MOST_FRAMES pictures
    are looked at, of large ones fewer; if none of them shows anything, or one is damaged, the first
    one stands.
    """
    first = to_rgb(picture)
    if not animated(picture) or not _flat(first):
        return first
    first = first.copy()  # it may be the picture itself, which changes
    with contextlib.suppress(Exception):  # the end, or whatever damage raises
        for number in range(1, min(MOST_FRAMES, _MOST_IN_ALL // (picture.width * picture.height))):
            picture.seek(number)
            picture.load()
            if not _flat(later := to_rgb(picture)):
                return later
    return first


def _flat(rgb: Image.Image) -> bool:
    """Whether no pixel stands out; single ones do not count, as coding leaves some."""
    levels = np.asarray(rgb.reduce(_BLOCK) if min(rgb.size) >= 4 * _BLOCK else rgb)
    return bool(np.ptp(levels, axis=(0, 1)).max() <= _FLAT)
