"""What the camera noted: how it was held, and when (Exif 2.32, CIPA DC-008)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from PIL import Image

_ORIENTATION: Final = 0x0112
_EXIF_IFD: Final = 0x8769
_TAKEN: Final = (0x9003, 0x9004, 0x0132)  # DateTimeOriginal, DateTimeDigitized, DateTime
_TIME: Final = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_YEARS: Final = range(1826, 2200)  # the first photograph … clocks that were never set

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation(picture: Image.Image) -> int:
    """The orientation tag, 1..8; 1 when it is missing, damaged or out of range."""
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except (
        Exception
    ):  # a damaged block may raise nearly anything, which is not a reason to lose a photo
        return 1
    return value if isinstance(value, int) and value in _TURNS else 1


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture turned and mirrored as the tag asks."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def taken(picture: Image.Image) -> str | None:
    """The capture time as ISO 8601 without zone, None when it is missing or nonsense."""
    try:
        tags = picture.getexif()
        values: dict[int, Any] = {**tags, **tags.get_ifd(_EXIF_IFD)}
    except Exception:  # as above
        return None
    for tag in _TAKEN:
        if (time := _iso(values.get(tag))) is not None:
            return time
    return None


def _iso(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    match = _TIME.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        time = datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*match.groups()))
    except ValueError:
        return None
    return time.isoformat() if time.year in _YEARS else None
