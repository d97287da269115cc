"""RAW files by the largest JPEG that the camera put into them.

It is what every viewer shows, as large as the picture in most of them, and read in the time of a
JPEG (docs/decisions). Where it lies is told by tags, and searched for where none tell.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from facecluster.errors import PhotoError
from facecluster.photos.kinds.boxes import boxes
from facecluster.photos.kinds.tiff_tags import Tags, first_notes
from facecluster.photos.raw.directories import directories
from facecluster.photos.raw.jpegs import START, Preview, cut, preview_at, with_notes

_COMPRESSION, _PHOTOMETRIC, _STRIPS, _STRIP_BYTES = 259, 262, 273, 279
_TILES, _JPEG, _JPEG_BYTES, _DNG = 324, 513, 514, 50706
_JPEG_FROM_RAW: Final = 0x2E  # of Panasonic
_OF_SENSOR: Final = frozenset({32803, 34892})  # photometric: colour filter array, linear RAW
_OF_MAKERS: Final = frozenset({32767, 32769, 32770, 34713, 34892, 65000, 65535})
_MOST_PARTS: Final = 4096  # strips or tiles
_CANON_UUID: Final = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


@dataclass(frozen=True, slots=True)
class RawLimits:
    """least_side: px of the long side from which a preview is worth reading. Cameras embed
    thumbnails of 160 to 320 px and previews of 1,000 px and more; faces in a group of ten are
    20 px large from here on. searched: JPEGs looked at where no tag tells of one."""

    least_side: int = 600
    searched: int = 1000


LIMITS: Final = RawLimits()


def is_raw(data: bytes, name: str) -> bool:
    """Whether a file of the format `name` (see formats.sniff) is a RAW: a TIFF may be one."""
    if name != "TIFF":
        return name == "RAW"
    if data[8:10] == b"CR":  # Canon's CR2
        return True
    found = directories(data)
    return any(_DNG in tags for tags in found[:1]) or any(map(_is_sensor, found))


def preview(data: bytes, limits: RawLimits = LIMITS) -> bytes:
    """The largest JPEG in a RAW, with its orientation and time where it says none itself.

    Raises PhotoError where there is none, or only a thumbnail.
    """
    found = directories(data)
    best = max(_told(data, found), key=_area, default=None)
    if best is None or best.long_side < limits.least_side:
        raw = {int(at) for tags in found if _is_sensor(tags) for at in _places(tags)}
        searched = _searched(data, raw, limits.searched)
        best = max([*searched, *([best] if best else [])], key=_area, default=None)
    if best is None:
        raise PhotoError("a RAW photo without a preview, which is all that is read of one")
    if best.long_side < limits.least_side:
        raise PhotoError(
            f"a RAW photo whose preview is too small: {best.width} x {best.height} px; "
            f"{limits.least_side} px are needed"
        )
    return with_notes(cut(data, best), _notes(data))


def _area(found: Preview) -> tuple[int, int]:
    return found.width * found.height, -found.start


def _is_sensor(tags: Tags) -> bool:
    """Whether a directory tells of the pixels of the sensor."""
    return _first(tags, _PHOTOMETRIC) in _OF_SENSOR or _first(tags, _COMPRESSION) in _OF_MAKERS


def _first(tags: Tags, tag: int) -> int:
    return int(tags[tag][0]) if tag in tags and tags[tag].dtype.kind in "iu" else -1


def _places(tags: Tags) -> Iterable[Any]:
    arrays = (tags[tag][:_MOST_PARTS] for tag in (_STRIPS, _TILES) if tag in tags)
    return [at for places in arrays if places.dtype.kind in "iu" for at in places]


def _told(data: bytes, found: Iterable[Tags]) -> Iterator[Preview]:
    """The JPEGs that tags tell of."""
    if data.startswith(b"FUJIFILM"):
        start, length = (int.from_bytes(data[at : at + 4]) for at in (84, 88))
        yield from _sound(data, start, length)
    for tags in found:
        yield from _sound(data, _first(tags, _JPEG), _first(tags, _JPEG_BYTES))
        if _JPEG_FROM_RAW in tags:
            inside = tags[_JPEG_FROM_RAW].tobytes()
            start = data.find(inside[:64]) if inside.startswith(START) else -1
            yield from _sound(data, start, len(inside))
        if _first(tags, _COMPRESSION) in (6, 7) and len(tags.get(_STRIPS, ())) == 1:
            yield from _sound(data, _first(tags, _STRIPS), _first(tags, _STRIP_BYTES))


def _sound(data: bytes, start: int, length: int) -> Iterator[Preview]:
    found = preview_at(data, start, start + length) if length > 0 else None
    if found is not None:
        yield found


def _searched(data: bytes, raw: set[int], most: int) -> Iterator[Preview]:
    """JPEGs anywhere in the file, those of the sensor's pixels (that begin at `raw`) apart."""
    at = data.find(START)
    for _ in range(most):
        if at < 0:
            return
        found = None if at in raw else preview_at(data, at, len(data))
        if found is not None:
            yield found
        at = data.find(START, at + 3)


def _notes(data: bytes) -> dict[int, Any]:
    """Orientation and time of the RAW itself."""
    notes: dict[int, Any] = {}
    blocks = [data] if data[:2] in (b"II", b"MM") else list(_canon_blocks(data))
    for block in blocks:
        with contextlib.suppress(PhotoError):
            notes = first_notes(block) | notes
    return notes


def _canon_blocks(data: bytes) -> Iterator[bytes]:
    """CR3: the blocks of Exif, each a small TIFF, in a box of Canon's."""
    for kind, start, end in boxes(data, 0, len(data)):
        if kind != b"moov":
            continue
        for inner, first, last in boxes(data, start, end):
            if inner == b"uuid" and data[first : first + 16] == _CANON_UUID:
                for tag, top, bottom in boxes(data, first + 16, last):
                    if tag in (b"CMT1", b"CMT2"):
                        yield data[top:bottom]
