"""What a TIFF says of its first picture: the tags that decide where its samples lie, and how."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facecluster.errors import PhotoError

DAMAGED: Final = "damaged TIFF: its list of tags is broken"
_MOST_TAGS: Final = 4096
_FORMS: Final = {1: "u1", 2: "u1", 3: "u2", 4: "u4", 6: "i1", 7: "u1", 8: "i2", 9: "i4"} | {
    11: "f4",
    12: "f8",
    13: "u4",
    16: "u8",
    17: "i8",
    18: "u8",
}
_TEXTS: Final = (0x9003, 0x9004, 0x0132)  # when it was taken
ORIENTATION: Final = 0x0112
_EXIF_IFD: Final = 0x8769

Tags = dict[int, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the samples of a TIFF's first picture lie, and how.

    order: `<` or `>`. bits, sample_format: of all samples (0 where they differ). tile: height and
    width in px of one tile, or of one strip unless `tiled`. offsets, counts: of the strips or
    tiles. notes: orientation and capture times, by tag.
    """

    order: str
    big: bool
    width: int
    height: int
    bits: int
    sample_format: int
    samples: int
    photometric: int
    planar: bool
    compression: int
    predictor: int
    extra: tuple[int, ...]
    tiled: bool
    tile: tuple[int, int]
    offsets: NDArray[Any]
    counts: NDArray[Any]
    notes: dict[int, Any]


def layout(data: bytes) -> Layout:
    """Reads the first directory. Raises PhotoError when it is not whole."""
    try:
        return _layout(data)
    except (struct.error, ValueError, IndexError, KeyError, OverflowError) as error:
        raise PhotoError(DAMAGED) from error


def first_notes(data: bytes) -> dict[int, Any]:
    """Orientation and capture times that the first directory has, by tag. Raises PhotoError."""
    try:
        order, big = "<" if data[:2] == b"II" else ">", 43 in data[2:4]
        start = struct.unpack_from(order + "IQ"[big], data, 8 if big else 4)[0]
        return _notes(data, directory(data, start, order), order)
    except (struct.error, ValueError, IndexError, KeyError, OverflowError) as error:
        raise PhotoError(DAMAGED) from error


def _layout(data: bytes) -> Layout:
    order, big = "<" if data[:2] == b"II" else ">", 43 in data[2:4]
    tags = directory(data, struct.unpack_from(order + "IQ"[big], data, 8 if big else 4)[0], order)
    width, height = (int(tags[tag][0]) for tag in (256, 257))
    samples = _one(tags, 277, 1)
    across, down = _one(tags, 322, width), _one(tags, 323, _one(tags, 278, height))
    return Layout(
        order,
        big,
        width,
        height,
        _same(tags, 258, 1),
        _same(tags, 339, 1),
        samples,
        _one(tags, 262, 0),
        _one(tags, 284, 1) == 2,
        _one(tags, 259, 1),
        _one(tags, 317, 1),
        tuple(int(value) for value in tags.get(338, ())),
        322 in tags,
        (down, across) if 322 in tags else (min(down, height), width),
        tags.get(324, tags.get(273, np.zeros(0, np.uint32))),
        tags.get(325, tags.get(279, np.zeros(0, np.uint32))),
        _notes(data, tags, order),
    )


def _one(tags: Tags, tag: int, default: int) -> int:
    return int(tags[tag][0]) if tag in tags else default


def _same(tags: Tags, tag: int, default: int) -> int:
    values = {int(value) for value in tags.get(tag, (default,))}
    return values.pop() if len(values) == 1 else 0


def directory(data: bytes, at: int, order: str) -> Tags:
    """All tags of the directory at `at`; of a tag that is there twice the first."""
    big = 43 in data[2:4]
    word, entry, room, number = ("Q", 20, 8, "Q") if big else ("I", 12, 4, "H")
    count = min(struct.unpack_from(order + number, data, at)[0], _MOST_TAGS)
    tags: Tags = {}
    for place in range(at + room if big else at + 2, len(data) - entry + 1, entry)[:count]:
        tag, form, values = struct.unpack_from(f"{order}HH{word}", data, place)
        if form not in _FORMS or tag in tags or not values:
            continue
        dtype = np.dtype(order + _FORMS[form])
        start = place + entry - room
        if values * dtype.itemsize > room:
            start = struct.unpack_from(order + word, data, start)[0]
        if start + values * dtype.itemsize > len(data):
            continue  # a text that is cut does no harm; a tag that is needed is missed later
        tags[tag] = np.frombuffer(data, dtype, values, start)
    return tags


def _notes(data: bytes, tags: Tags, order: str) -> dict[int, Any]:
    notes: dict[int, Any] = {}
    if _EXIF_IFD in tags:
        tags = {**directory(data, int(tags[_EXIF_IFD][0]), order), **tags}
    if ORIENTATION in tags:
        notes[ORIENTATION] = int(tags[ORIENTATION][0])
    for tag in _TEXTS:
        if tag in tags:
            notes[tag] = tags[tag].tobytes().decode("ascii", "replace").rstrip("\0")
    return notes
