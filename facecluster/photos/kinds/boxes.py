"""The boxes of which JPEG XL, HEIF and CR3 are made (ISO/IEC 14496-12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_MOST: Final = 1000  # boxes of one level


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind of each box between `start` and `end`, and where its content begins and ends.

    A box that claims to go on behind `end` ends there; one that is not whole ends the list.
    """
    for _ in range(_MOST):
        if start + 8 > end:
            return
        length, content = int.from_bytes(data[start : start + 4]), start + 8
        kind = data[start + 4 : content]
        if length == 1:
            length, content = int.from_bytes(data[start + 8 : start + 16]), start + 16
        stop = end if length == 0 else min(start + length, end)
        if stop < content:
            return
        yield kind, content, stop
        start = stop
