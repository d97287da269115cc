"""Which picture a file shows, whatever is written beside its pixels.

Programs write tags, names and dates into photos; a JPEG keeps all that in segments of their own
(APPn and COM, ITU-T T.81, B.2.4), so the rest of it is the picture.
"""

from __future__ import annotations

import hashlib
from typing import Final

DIGITS: Final = 32  # hexadecimal
_START, _SCAN = b"\xff\xd8", 0xDA
_COMMENT: Final = 0xFE
_APP: Final = range(0xE0, 0xF0)
_MOST: Final = 10_000  # segments and bytes between them: more is no photo, and takes its time
_ADOBE: Final = 0xEE, b"Adobe"  # says how colours are coded, so it belongs to the picture


def image_hash(data: bytes) -> str:
    """SHA-256 of the picture's data, its first DIGITS hexadecimal digits.

    Of a JPEG all but the APPn and COM segments before its first scan; of all else, and of a JPEG
    whose segments cannot be followed, the whole file.
    """
    state = hashlib.sha256()
    view = memoryview(data)
    for start, end in _parts(data):
        state.update(view[start:end])
    return state.hexdigest()[:DIGITS]


def _parts(data: bytes) -> list[tuple[int, int]]:
    """What of the file is the picture, as slices."""
    whole = [(0, len(data))]
    if not data.startswith(_START):
        return whole
    kept, at = [(0, 2)], 2
    for _ in range(_MOST):
        begin = at
        fill = data[at : at + _MOST]
        at += max(len(fill) - len(fill.lstrip(b"\xff")) - 1, 0)
        if data[at : at + 1] != b"\xff" or at + 4 > len(data):
            return whole
        marker = data[at + 1]
        if marker == _SCAN:
            kept.append((begin, len(data)))
            return kept
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if not 0xC0 <= marker <= _COMMENT or end < at + 4 or end > len(data):
            return whole
        tags = marker == _COMMENT or marker in _APP
        if not tags or (marker, data[at + 4 : at + 9]) == _ADOBE:
            kept.append((begin, end))
        at = end
    return whole


def content_id(image: str, orientation: int, reader: str) -> str:
    """What the index calls all that `reader` saw in a picture, DIGITS hexadecimal digits.

    image: its hash. orientation: EXIF 1..8: turned, it is another picture to a detector.
    """
    told = f"{image}/{orientation}/{reader}".encode()
    return hashlib.blake2b(told, digest_size=DIGITS // 2).hexdigest()
