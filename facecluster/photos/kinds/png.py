"""PNG without what is not the picture, where that would keep the picture from being read.

A wrong checksum of a text, or a text or profile that unfolds to megabytes, is no reason to lose a
photo: viewers leave such chunks out (ISO/IEC 15948, 13.2), and so does this. All other files go
to the decoder as they are.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from PIL import PngImagePlugin
from PIL.ImageFile import ImageFile

from facecluster.errors import PhotoError

_SIGNATURE, _DEPTH = 8, 24
_CHUNKS: Final = 1_000_000  # a second of walking; 8 kB each come to more than a file may have
_TEXT_BYTES: Final = 1 << 20  # of one text or profile, and of all: Pillow's limits are 1 and 64
_ALL_TEXT_BYTES: Final = 8 << 20
_UNFOLDS: Final = 1032  # the most that one byte of deflate can become
_TEXTS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"iCCP"})
_LENGTHS: Final = {b"gAMA": 4, b"cHRM": 32, b"pHYs": 9, b"sRGB": 1, b"tIME": 7}
_MOTION: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})


class Chunk(NamedTuple):
    """start, end: of its content; its length and name lie before, its checksum behind."""

    name: bytes
    start: int
    end: int


def chunks(data: bytes) -> Iterator[Chunk]:
    """All chunks that are whole, IEND among them. Raises PhotoError when there are too many."""
    at = _SIGNATURE
    for _ in range(_CHUNKS):
        if at + 12 > len(data):
            return
        chunk = Chunk(data[at + 4 : at + 8], at + 8, at + 8 + int.from_bytes(data[at : at + 4]))
        if chunk.end + 4 > len(data):
            return
        yield chunk
        if chunk.name == b"IEND":
            return
        at = chunk.end + 4
    raise PhotoError(f"a kind of PNG that is not read: more than {_CHUNKS:,} chunks")


def open_png(data: io.BytesIO) -> ImageFile:
    """The header. Raises whatever Pillow does, or PhotoError when there are too many chunks."""
    content = data.getvalue()
    picture = PngImagePlugin.PngImageFile(io.BytesIO(tidy(content)))
    nothing, depth = picture.info.get("transparency"), content[_DEPTH]
    if picture.mode in ("1", "L") and isinstance(nothing, int) and depth < 8:
        # Pillow widens the samples to 8 bits and leaves the one that stands for nothing as it is.
        picture.info["transparency"] = (nothing & ((1 << depth) - 1)) * 255 // ((1 << depth) - 1)
    return picture


def exif_block(data: bytes) -> bytes:
    """The camera's notes, wherever they stand: without decoding what stands before them."""
    blocks = (data[c.start : c.end] for c in chunks(data) if c.name == b"eXIf")
    return next((b"Exif\0\0" + block for block in blocks), b"")


def tidy(data: bytes) -> bytes:
    """`data` itself, or a copy without the chunks that would stop the decoder."""
    texts, dropped = 0, []
    for chunk in chunks(data):
        if not chunk.name[:1].islower():
            continue  # without these there is no picture: the decoder judges
        size = _text_size(data, chunk)
        if _broken(data, chunk) or size > _TEXT_BYTES or texts + size > _ALL_TEXT_BYTES:
            dropped.append(chunk)
        else:
            texts += size
    if not dropped:
        return data
    if any(chunk.name in _MOTION for chunk in dropped):
        dropped = [c for c in chunks(data) if c in dropped or c.name in _MOTION]
    view, kept, at = memoryview(data), [], 0
    for chunk in dropped:
        kept.append(view[at : chunk.start - 8])
        at = chunk.end + 4
    return b"".join([*kept, view[at:]])


def _broken(data: bytes, chunk: Chunk) -> bool:
    name, start, end = chunk
    if _LENGTHS.get(name, end - start) != end - start:
        return True
    if name == b"fdAT":  # pixels of later frames, which are not looked at
        return False
    return zlib.crc32(memoryview(data)[start - 4 : end]) != int.from_bytes(data[end : end + 4])


def _text_size(data: bytes, chunk: Chunk) -> int:
    """How many bytes a text or profile unfolds to, as far as it matters; 0 for other chunks."""
    size = (chunk.end - chunk.start) * (chunk.name in _TEXTS)
    if size == 0 or chunk.name == b"tEXt" or size > _TEXT_BYTES:
        return size
    content = data[chunk.start : chunk.end]
    end = content.find(b"\0")  # of the keyword
    if chunk.name == b"iTXt":
        if content[end + 1 : end + 2] != b"\1":
            return size
        end = content.find(b"\0", content.find(b"\0", end + 3) + 1) - 1  # language, keyword
    elif content[end + 1 : end + 2] != b"\0":
        return _TEXT_BYTES + 1  # a compression that nobody knows
    if size * _UNFOLDS <= _TEXT_BYTES:
        return size
    start = end + 2
    try:
        return len(zlib.decompressobj().decompress(content[start:], _TEXT_BYTES + 1))
    except zlib.error:
        return size
