"""What the camera noted: how it was held, and when (Exif 2.32, CIPA DC-008)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from PIL import Image

_ORIENTATION: Final = 0x0112
_EXIF_IFD: Final = 0x8769
_TAKEN: Final = (0x9003, 0x9004, 0x0132)  # DateTimeOriginal, DateTimeDigitized, DateTime
_TIME: Final = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_MOST_BLOCKS: Final = 16  # of Exif in one JPEG
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
    """The orientation tag, 1..8; 1 when it is missing, damaged or out of range.

    Programs wrote it in all types there are, and in a second block behind an empty first one.
    """
    for tags in _blocks(picture):
        try:
            turn = _turn(tags.get(_ORIENTATION))
        except Exception:  # a damaged block may raise nearly anything
            continue
        if turn is not None:
            return turn
    return 1


def _blocks(picture: Image.Image) -> Iterator[Image.Exif]:
    """What the decoder takes for the tags, then each block of a JPEG that has several."""
    with contextlib.suppress(Exception):  # as above, and that is not a reason to lose a photo
        yield picture.getexif()
    segments: list[tuple[str, bytes]] = getattr(picture, "applist", [])
    blocks = [content for name, content in segments if name == "APP1" and content[:4] == b"Exif"]
    for content in blocks[:_MOST_BLOCKS] if len(blocks) > 1 else ():
        tags = Image.Exif()
        with contextlib.suppress(Exception):
            tags.load(content)
            yield tags


def _turn(value: object) -> int | None:
    """1..8 from a number, a fraction, a byte, text or a list of these; None for anything else."""
    if isinstance(value, (tuple, list)):
        value = value[0] if value else None
    if isinstance(value, bytes):
        value = value.strip(b"\0 ")
        value = value[0] if len(value) == 1 and value[0] <= 8 else value.decode("ascii", "replace")
    try:
        number = float(value.strip("\0 ") if isinstance(value, str) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return int(number) if number in range(1, 9) else None


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture turned and mirrored as the tag asks."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def taken(picture: Image.Image) -> str | None:
    """The capture time as ISO 8601 without zone, None when it is missing or nonsense."""
    for tags in _blocks(picture):
        try:
            values: dict[int, Any] = {**tags, **tags.get_ifd(_EXIF_IFD)}
        except Exception:  # as above
            continue
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
