"""The parts of a JPEG between its pixels: segments and scans (ITU-T T.81, annexes B and G)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from facecluster.errors import PhotoError

# Encoders send up to about 20 scans. Each goes over all blocks of the picture once more, which
# takes 50 ms for the largest pictures that are read.
MOST_SCANS: Final = 100
MOST_SEGMENTS: Final = 10_000
_UNREAD: Final = "a kind of JPEG that is not read: more than"
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_SOS, _EOI = 0xDA, 0xD9
_PROGRESSIVE: Final = frozenset({0xC2, 0xCA})
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


class Part(NamedTuple):
    """A segment: its marker, and where its content lies."""

    marker: int
    start: int
    end: int


def parts(data: bytes) -> Iterator[Part]:
    """All segments up to the end of the picture; the coded pixels behind a scan are passed over."""
    at = 2
    while found := _MARKER.search(data, at):
        marker, at = data[found.start() + 1], found.end()
        if marker == _EOI:
            return
        if marker not in _ALONE:
            part = Part(marker, at + 2, at + int.from_bytes(data[at : at + 2]))
            yield part
            at = max(at, part.end)


def check_parts(data: bytes) -> None:
    """Raise PhotoError for more segments before the pixels, or more scans, than photos have."""
    scans, progressive, components = 0, False, b""
    for number, part in enumerate(parts(data)):
        if part.marker in _FRAMES:
            progressive, components = (
                part.marker in _PROGRESSIVE,
                data[part.start + 5 : part.start + 6],
            )
        if part.marker == _SOS:
            scans += 1
            if not progressive and data[part.start : part.start + 1] == components:
                return  # all of them in one scan, as in most photos: no other scan is read
        if number >= MOST_SEGMENTS and not scans:
            raise PhotoError(f"{_UNREAD} {MOST_SEGMENTS:,} segments before its pixels")
        if scans > MOST_SCANS:
            raise PhotoError(f"{_UNREAD} {MOST_SCANS} scans")


def all_sent(data: bytes, components: int) -> bool:
    """Whether the scans bring all bits of all 64 coefficients of each component."""
    left: dict[int, set[int]] = {}
    for part in parts(data):
        if part.marker != _SOS:
            continue
        content = data[part.start : part.end]
        count = content[0] if content else 0
        if len(content) != 4 + 2 * count:
            return False
        first, last, bits = content[-3:]
        for component in content[1 : 1 + 2 * count : 2]:
            waiting = left.setdefault(component, set(range(64)))
            if not bits & 15:
                waiting.difference_update(range(first, last + 1))
    return len(left) == components and not any(left.values())
