"""JPEGs inside another file: how large they are, where they end, and notes put into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from PIL import Image

from facecluster.photos.kinds.jpeg_parts import MOST_SEGMENTS, parts

START: Final = b"\xff\xd8\xff"
_DECODED: Final = frozenset({0xC0, 0xC1, 0xC2})  # frames with pixels of 8 bits, coded by DCT
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BEFORE_FRAME: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)})
_MOST_BEFORE_FRAME: Final = 200
_TIMES: Final = (0x9003, 0x9004, 0x0132)


@dataclass(frozen=True, slots=True)
class Preview:
    """A JPEG from `start` to at most `end`, width x height px."""

    start: int
    end: int
    width: int
    height: int

    @property
    def long_side(self) -> int:
        return max(self.width, self.height)


def preview_at(data: bytes, start: int, end: int) -> Preview | None:
    """The JPEG that begins at `start`, if it is one that can be decoded.

    The pixels of a RAW itself may be coded as a JPEG, too: without loss, and more than 8 bits.
    """
    end = min(end, len(data))
    if start < 0 or data[start : start + 3] != START:
        return None
    at = start + 2
    for _ in range(_MOST_BEFORE_FRAME):
        while at + 1 < end and data[at : at + 2] == b"\xff\xff":
            at += 1
        if at + 10 > end or data[at] != 0xFF:
            return None
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker in _FRAMES:
            height, width = (int.from_bytes(data[at + n : at + n + 2]) for n in (5, 7))
            sound = marker in _DECODED and data[at + 4] == 8 and data[at + 9] in (1, 3)
            return Preview(start, end, width, height) if sound and width and height else None
        if marker not in _BEFORE_FRAME or length < 2:
            return None
        at += 2 + length
    return None


def cut(data: bytes, preview: Preview) -> bytes:
    """Its bytes, without what lies behind its end."""
    content = data[preview.start : preview.end]
    behind = max((part.end for part in islice(parts(content), MOST_SEGMENTS)), default=0)
    end = content.find(b"\xff\xd9", behind)
    return content if end < 0 else content[: end + 2]


def with_notes(jpeg: bytes, notes: Mapping[int, Any]) -> bytes:
    """The JPEG with orientation and time of the file around it, behind what it says itself.

    notes: by tag of Exif. What is said first counts, so its own tags go before these.
    """
    tags = Image.Exif()
    if 0x0112 in notes and 1 <= notes[0x0112] <= 8:
        tags[0x0112] = notes[0x0112]
    time = next((notes[tag] for tag in _TIMES if tag in notes), "")
    if isinstance(time, str) and time.isascii() and len(time) < 64:
        tags[0x0132] = time
    block = tags.tobytes()
    at = 2
    for part in parts(jpeg):
        if not 0xE0 <= part.marker < 0xF0:
            break
        at = part.end
    segment = b"\xff\xe1" + (2 + len(block)).to_bytes(2, "big") + block
    return jpeg[:at] + segment + jpeg[at:]
