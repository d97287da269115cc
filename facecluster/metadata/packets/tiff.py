"""XMP in the first directory of a TIFF, BigTIFF, or a RAW that is built like one."""

from __future__ import annotations

from typing import Final, Literal

from facecluster.metadata.files import Parts
from facecluster.metadata.limits import Limits

_XMP: Final = 700
_BYTES: Final = frozenset({1, 7})  # types of the entry: BYTE, UNDEFINED
_MOST: Final = 4096  # entries of a directory


def tiff_packets(file: Parts, limits: Limits) -> list[bytes]:
    """The content of tag 700 (XMP specification part 3; TIFF 6.0)."""
    order: Literal["little", "big"] = "little" if file.read(0, 1) == b"I" else "big"

    def value(at: int, size: int) -> int:
        return int.from_bytes(file.read(at, size), order)

    big = value(2, 2) == 43
    word, counted, entry = (8, 8, 20) if big else (4, 2, 12)
    at = value(8 if big else 4, word)
    for number in range(min(value(at, counted), _MOST) if at else 0):
        place = at + counted + number * entry
        if value(place, 2) != _XMP:
            continue
        length = value(place + 4, word)
        if value(place + 2, 2) not in _BYTES or not word < length <= limits.packet:
            return []
        return [file.read(value(place + 4 + word, word), length)]
    return []
