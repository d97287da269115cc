"""The directories of a RAW that is built like a TIFF: CR2, NEF, ARW, DNG, PEF, ORF, RW2, SRW …"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np

from facecluster.photos.kinds.tiff_tags import Tags, directory

_SUB_IFDS: Final = 330
_NOTHING: Final = np.zeros(0, np.uint32)
_MOST: Final = 32  # directories of one file; cameras write up to ten


def directories(data: bytes) -> list[Tags]:
    """The first directory, those it is linked to, and those inside each; a loop ends.

    Empty where it is not built like a TIFF. What is broken is left out.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2], "")
    big = 43 in data[2:4]
    if not order:
        return []
    found: list[Tags] = []
    seen: set[int] = set()
    waiting = list(_numbers(data, [8 if big else 4], order, big))
    while waiting and len(seen) < _MOST:
        at = waiting.pop(0)
        if at in seen or not 0 < at < len(data):
            continue
        seen.add(at)
        try:
            tags = directory(data, at, order)
            count = struct.unpack_from(order + "HQ"[big], data, at)[0]
        except struct.error:
            continue
        if tags.get(_SUB_IFDS, _NOTHING).dtype.kind == "f":
            del tags[_SUB_IFDS]
        found.append(tags)
        after = at + (8 + 20 * count if big else 2 + 12 * count)
        inside = [int(offset) for offset in tags.get(_SUB_IFDS, _NOTHING)[:_MOST]]
        waiting += [*inside, *_numbers(data, [after], order, big)]
    return found


def _numbers(data: bytes, places: list[int], order: str, big: bool) -> Iterator[int]:
    for place in places:
        if place + (8 if big else 4) <= len(data):
            yield struct.unpack_from(order + "IQ"[big], data, place)[0]
