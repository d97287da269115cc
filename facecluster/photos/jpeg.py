"""JPEG at a fraction of its size: libjpeg-turbo leaves out what the smaller picture does not need.

Its inverse DCT gives 1/2, 1/4 or 1/8 of the size directly, for a fraction of the time of decoding
the whole photo and shrinking it, and equal to averaging blocks of pixels up to rounding.
"""

from __future__ import annotations

import hashlib
import io
from typing import Final

from PIL import JpegImagePlugin
from PIL.ImageFile import ImageFile

from facecluster.errors import PhotoError
from facecluster.photos.kinds.jpeg_parts import all_sent, check_parts
from facecluster.photos.reasons import TRUNCATED

_SCALES: Final = (8, 4, 2)
_END: Final = b"\xff\xd9"
# Codes for pixels that are not there: no marker, and nothing that a picture would end on.
_NOISE: Final = bytes((at * 73 + 41) % 251 for at in range(4096))
_COMPARED: Final = 50_000_000  # pixels up to which a file without its end is looked at twice
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
    if not one_scan(data, picture):
        return width * height
    return -(-width // scale) * -(-height // scale)


def one_scan(data: bytes, picture: ImageFile) -> bool:
    """Whether the pixels come row by row, with all colours of each."""
    return not picture.info.get("progressive") and _interleaved(data, picture)


def shrink(picture: ImageFile, scale: int) -> None:
    """Set the decoder to 1/scale of the size; call it before the pixels are loaded."""
    if scale > 1:
        width, height = picture.size
        picture.draft(None, (max(1, width // scale), max(1, height // scale)))


def open_jpeg(data: io.BytesIO) -> ImageFile:
    """The header. Raises PhotoError for what is in so many parts that it takes minutes."""
    check_parts(data.getvalue())
    return JpegImagePlugin.JpegImageFile(data)


def load(data: bytes, picture: ImageFile, scale: int) -> ImageFile:
    """`picture` at 1/scale of its size, pixels loaded. Raises PhotoError where some are missing.

    A plain cut is noticed by the decoder itself. Zeros are valid codes for flat grey, so a file
    whose copy was cut short and filled up with them (a pulled memory card, an unfinished
    download) would pass; it has no end marker, though.

    The end marker alone may be missing, as some programs leave it out: the picture is whole if
    its pixels do not depend on what is read behind its last byte.
    """
    width, height = picture.size
    start = picture.fp.tell() if picture.fp else 0
    if data.endswith(_END) or data.find(_END, start) >= 0:
        return _loaded(picture, scale)
    if data.endswith(_PADDING) or not all_sent(data, len(picture.getbands())):
        raise PhotoError(TRUNCATED)
    body = data.rstrip(b"\xff")
    if width * height > _COMPARED or _pixels(body + _END) != _pixels(body + _NOISE + _END):
        raise PhotoError(TRUNCATED)
    return _loaded(JpegImagePlugin.JpegImageFile(io.BytesIO(body + _END)), scale)


def _pixels(data: bytes) -> bytes:
    """The digest of all pixels at full size."""
    picture = _loaded(JpegImagePlugin.JpegImageFile(io.BytesIO(data)), 1)
    return hashlib.blake2b(picture.tobytes()).digest()


def _loaded(picture: ImageFile, scale: int) -> ImageFile:
    shrink(picture, scale)
    picture.load()
    return picture


def _interleaved(data: bytes, picture: ImageFile) -> bool:
    """Whether the first scan holds all components (ITU-T T.81, B.2.3). The header ends there."""
    components = len(picture.getbands())
    end = picture.fp.tell() if picture.fp else 0
    length = 6 + 2 * components
    start = data[max(0, end - length) : end]
    return start[:3] == bytes((0, length, components))
