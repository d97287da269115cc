"""A large PNG some rows at a time, so that it never lies in memory as a whole.

Pillow can only decode a whole PNG. Here its rows are inflated bit by bit, and each few of them
become a PNG of their own, the row above them first: filters look no further back (ISO/IEC 15948,
9.2). They work on bytes, so that of 16-bit colours the upper halves, all that counts, go alone.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    halved = header.depth == 16 and header.colour != 0
    kept = replace(header, depth=8) if halved else header
    above = np.zeros(kept.row_bytes, np.uint8)
    inflated = _Inflated(data)
    for top in range(0, header.height, rows):
        count = min(rows, header.height - top)
        block = np.frombuffer(inflated.read(count * (1 + header.row_bytes)), np.uint8)
        block = block.reshape(count, 1 + header.row_bytes)
        filters, lines = block[:, :1], block[:, 1 :: 2 if halved else 1]
        whole = _unfiltered(kept, filters, np.concatenate([above[None], lines]))
        above = np.asarray(whole)[-1].reshape(-1)
        if kept.depth == 8 and not extras:
            yield whole.crop((0, 1, whole.width, whole.height))
        else:
            plain = np.asarray(whole)[1:].reshape(count, -1)
            unchanged = np.concatenate([np.zeros_like(filters), plain], axis=1)
            yield _decoded(kept.width, kept.depth, kept.colour, unchanged, extras)


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
    header: _Header, filters: NDArray[np.uint8], rows: NDArray[np.uint8]
) -> Image.Image:
    """The bytes as they were before they were filtered, in a picture as wide as filters reach.

    The first of `rows` is the one above, which is not filtered any more.
    """
    size = _CHANNELS[header.colour] * max(1, header.depth // 8)
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[size]
    filters = np.concatenate([np.zeros((1, 1), np.uint8), filters])
    return _decoded(rows.shape[1] // size, 8, colour, np.concatenate([filters, rows], axis=1), [])


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
