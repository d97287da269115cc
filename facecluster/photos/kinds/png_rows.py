"""A large PNG some rows at a time, so that it never lies in memory as a whole.

Pillow can only decode a whole PNG. Here its rows are inflated bit by bit, and each few of them
become a PNG of their own, the row above them first: filters look no further back (ISO/IEC 15948,
9.2). They work on bytes, so that of 16 bits in colour the upper halves can go alone.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.photos.kinds.png import chunks, open_png
from facecluster.photos.reasons import TRUNCATED

_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_PIECE: Final = 1 << 16
_KEPT: Final = (b"PLTE", b"tRNS")


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    height: int
    depth: int
    colour: int

    @property
    def row_bytes(self) -> int:
        return -(-self.width * self.depth * _CHANNELS[self.colour] // 8)


def in_rows(data: bytes) -> bool:
    """Whether the rows come from top to bottom: not interlaced, and no animation."""
    return data[28:29] == b"\0" and not any(c.name == b"acTL" for c in chunks(data))


def strips(data: bytes, rows: int) -> Iterator[Image.Image]:
    """The picture from top to bottom, `rows` rows at a time, in the modes that Pillow gives."""
    header = _Header(*struct.unpack_from(">IIBB", data, 16))
    extras = [_chunk(c.name, data[c.start : c.end]) for c in chunks(data) if c.name in _KEPT]
    above = np.zeros(header.row_bytes, np.uint8)
    inflated = _Inflated(data)
    for top in range(0, header.height, rows):
        count = min(rows, header.height - top)
        block = np.frombuffer(inflated.read(count * (1 + header.row_bytes)), np.uint8)
        block = block.reshape(count, 1 + header.row_bytes)
        plain = _unfiltered(header, block, above)
        above = plain[-1].copy()
        yield _picture(header, plain, extras)


class _Inflated:
    """The rows with their filter bytes, as many bytes at a time as are asked for."""

    def __init__(self, data: bytes) -> None:
        view = memoryview(data)
        self._pieces = (
            view[at : min(at + _PIECE, chunk.end)]
            for chunk in chunks(data)
            if chunk.name == b"IDAT"
            for at in range(chunk.start, chunk.end, _PIECE)
        )
        self._inflate = zlib.decompressobj()
        self._waiting: bytes | memoryview = b""

    def read(self, count: int) -> bytearray:
        """Raises PhotoError where the file ends before."""
        found = bytearray()
        while len(found) < count:
            if not self._waiting:
                self._waiting = next(self._pieces, b"")
                if not self._waiting:
                    raise PhotoError(TRUNCATED)
            found += self._inflate.decompress(self._waiting, count - len(found))
            self._waiting = self._inflate.unconsumed_tail
            if self._inflate.eof and len(found) < count:
                raise PhotoError(TRUNCATED)
        return found


def _unfiltered(
    header: _Header, block: NDArray[np.uint8], above: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """The rows as they were before they were filtered; of 16-bit colours both halves."""
    count, size = len(block), _CHANNELS[header.colour] * max(1, header.depth // 8)
    filters = np.concatenate([np.zeros(1, np.uint8), block[:, 0]])[:, None]
    rows = np.concatenate([above[None], block[:, 1:]])
    halves = 2 if size > 4 else 1
    lanes = rows.reshape(count + 1, -1, halves, size // halves)
    plain = np.empty((count, *lanes.shape[1:]), np.uint8)
    for half in range(halves):
        lane = np.ascontiguousarray(lanes[:, :, half]).reshape(count + 1, -1)
        colour = {1: 0, 2: 4, 3: 2, 4: 6}[size // halves]
        width = lane.shape[1] // (size // halves)
        picture = _decoded(width, 8, colour, np.concatenate([filters, lane], axis=1), [])
        plain[:, :, half] = np.asarray(picture)[1:].reshape(count, width, -1)
    return plain.reshape(count, -1)


def _picture(header: _Header, plain: NDArray[np.uint8], extras: list[bytes]) -> Image.Image:
    filters = np.zeros((len(plain), 1), np.uint8)
    rows, depth = plain, header.depth
    if depth == 16 and header.colour != 0:
        rows, depth = plain[:, ::2], 8
    rows = np.concatenate([filters, rows], axis=1)
    return _decoded(header.width, depth, header.colour, rows, extras)


def _decoded(
    width: int, depth: int, colour: int, rows: NDArray[np.uint8], extras: list[bytes]
) -> Image.Image:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, 0))
    body = _chunk(b"IDAT", zlib.compress(rows.tobytes(), 0))
    parts = [b"\x89PNG\r\n\x1a\n", head, *extras, body, _chunk(b"IEND", b"")]
    picture = open_png(io.BytesIO(b"".join(parts)))
    picture.load()
    return picture


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
