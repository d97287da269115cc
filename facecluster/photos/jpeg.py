"""JPEG at a fraction of its size: libjpeg-turbo leaves out what the smaller picture does not need.

Its inverse DCT gives 1/2, 1/4 or 1/8 of the size directly, for a fraction of the time of decoding
the whole photo and shrinking it, and equal to averaging blocks of pixels up to rounding.
"""

from __future__ import annotations

from typing import Final

from PIL.ImageFile import ImageFile

from facecluster.errors import PhotoError

TRUNCATED: Final = "truncated: the end of the file is missing"
_SCALES: Final = (8, 4, 2)
_END: Final = b"\xff\xd9"
_PADDING: Final = bytes(16)  # coded pixels never hold so many zeros in a row


def best_scale(width: int, height: int, long_side: int) -> int:
    """The largest of 1, 2, 4, 8 that leaves the long side at `long_side` px or more."""
    longest = max(width, height)
    return next((s for s in _SCALES if -(-longest // s) >= long_side), 1)


def decoded_pixels(data: bytes, picture: ImageFile, scale: int) -> int:
    """How many pixels the decoder will hold for a JPEG whose header has just been read.

    A picture that comes in several scans is kept whole, whatever the scale: all progressive
    ones, and sequential ones that send the colours one after the other.
    """
    width, height = picture.size
    if picture.info.get("progressive") or not _interleaved(data, picture):
        return width * height
    return -(-width // scale) * -(-height // scale)


def shrink(picture: ImageFile, scale: int) -> None:
    """Set the decoder to 1/scale of the size; call it before the pixels are loaded."""
    if scale > 1:
        width, height = picture.size
        picture.draft(None, (max(1, width // scale), max(1, height // scale)))


def check_end(data: bytes, picture: ImageFile) -> None:
    """Raise PhotoError for a JPEG that was cut short and filled up with zeros.

    A plain cut is noticed by the decoder itself. Zeros are valid codes for flat grey, so a file
    whose copy was cut short (a pulled memory card, an unfinished download) would pass.
    Call it with the header read and the pixels not yet loaded.
    """
    if data.endswith(_END) or not data.endswith(_PADDING):
        return
    start = picture.fp.tell() if picture.fp else 0
    if data.find(_END, start) < 0:
        raise PhotoError(TRUNCATED)


def _interleaved(data: bytes, picture: ImageFile) -> bool:
    """Whether the first scan holds all components (ITU-T T.81, B.2.3). The header ends there."""
    components = len(picture.getbands())
    end = picture.fp.tell() if picture.fp else 0
    length = 6 + 2 * components
    start = data[max(0, end - length) : end]
    return start[:3] == bytes((0, length, components))
