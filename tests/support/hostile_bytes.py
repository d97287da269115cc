"""The bytes of hostile photos, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image


def scene(width: int = 96, height: int = 64) -> Image.Image:
    """A harmless picture without a face."""
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([x * 255 // width, y * 255 // height, (x + y) % 256], axis=2)
    return Image.fromarray(pixels.astype(np.uint8))


def encode(kind: str, picture: Image.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (picture or scene()).save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *extra: bytes, depth: int = 1) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(4096)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + body + chunk(b"IEND", b"")


def tiff(width: int, height: int) -> bytes:
    """A TIFF whose header promises `width` x `height` px and whose strip is 16 bytes."""
    tags = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1)]
    tags += [(278, height), (279, 16)]
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return (
        b"II*\0"
        + struct.pack("<I", 24)
        + bytes(16)
        + struct.pack("<H", len(tags))
        + table
        + bytes(4)
    )


def with_exif(**tags: object) -> bytes:
    numbers = {"orientation": 0x0112, "time": 0x0132}
    block = Image.Exif()
    block.update({numbers[name]: value for name, value in tags.items()})
    return encode("JPEG", exif=block)


def damaged_exif() -> bytes:
    data = with_exif(orientation=6)
    at = data.index(b"Exif\0\0") + 6
    return data[:at] + b"II*\0\xff\xff\xff\x7f" + data[at + 8 :]


def wrong_checksum() -> bytes:
    data = bytearray(encode("PNG"))
    data[data.index(b"IDAT") - 5] ^= 0xFF  # the last byte of the header's checksum
    return bytes(data)


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as content:
        content.writestr("a.jpg", encode("JPEG"))
    return file.getvalue()


def palette() -> bytes:
    return encode("PNG", scene().quantize(8), transparency=bytes([0, 128, 255]))


def grey16() -> bytes:
    return encode("PNG", Image.fromarray(np.arange(4096, dtype=np.uint16).reshape(64, 64) * 16))


def floats() -> bytes:
    values = np.full((32, 32), np.nan, np.float32)
    return encode("TIFF", Image.fromarray(values))


def animated(kind: str) -> bytes:
    return encode(kind, save_all=True, append_images=[scene().rotate(90), scene().rotate(180)])
