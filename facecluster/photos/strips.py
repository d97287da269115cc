"""Large pictures to RGB and to the size that is needed, some rows at a time.

The whole picture in another mode, and once more with its alpha on white, is four times what the
decoder holds; of rows it is nothing. The pixels are those that converting the whole one gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from PIL import Image

from facecluster.photos.modes import alpha_range, bare, to_rgb

LARGE: Final = 1 << 24  # pixels from which a picture is converted in strips
_AT_ONCE: Final = 1 << 21  # pixels of a strip, about
_WIDE: Final = ("I", "F")  # these are scaled by the least and the greatest of all their numbers


def in_strips(picture: Image.Image, long_side: int) -> bool:
    """Whether the picture is worth it, and can be converted so."""
    large = picture.width * picture.height > LARGE and reduction(picture.size, long_side) > 1
    return large and picture.mode not in _WIDE


def reduction(size: tuple[int, int], long_side: int) -> int:
    """By how much a picture is made smaller: blocks of so many pixels become one."""
    return max(1, max(size) // long_side)


def strip_rows(size: tuple[int, int], factor: int) -> int:
    """How many rows make a strip: whole blocks."""
    return factor * max(1, _AT_ONCE // (size[0] * factor))


def cut(picture: Image.Image, rows: int) -> Iterator[Image.Image]:
    """The loaded picture in strips."""
    for top in range(0, picture.height, rows):
        yield picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def reduced(
    strips: Iterator[Image.Image], size: tuple[int, int], factor: int, tags: Any = None
) -> Image.Image:
    """The strips in RGB, each block of `factor` x `factor` px as its mean, in one picture.

    Whether alpha hides everything, in which case it was never meant, is known only at the end.
    """
    small = -(-size[0] // factor), -(-size[1] // factor)
    shown, naked, most, top = Image.new("RGB", small), Image.new("RGB", small), 0, 0
    for strip in strips:
        alpha = alpha_range(strip)
        most = max(most, 255 if alpha is None else alpha[1])
        if most == 0:
            naked.paste(bare(strip).reduce(factor), (0, top))
        part = to_rgb(strip, tags=tags, hidden=False).reduce(factor)
        shown.paste(part, (0, top))
        top += part.height
    return shown if most else naked
