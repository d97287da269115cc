"""The worst photos of each kind: small files that become large pictures, made by rule."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PIL import Image

_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a PNG, by colour type
_SCANS: Final = 80  # more of them in a progressive JPEG than anybody writes


def png(side: int, depth: int, colour: int) -> bytes:
    """A square PNG whose rows are each told from the one above, which takes the longest."""
    row = bytes(range(251)) * (1 + side * depth * _CHANNELS[colour] // (8 * 251))
    rows = b"".join(b"\4" + row[: side * depth * _CHANNELS[colour] // 8] for _ in range(64))
    squeezer = zlib.compressobj(1)
    body = b"".join(squeezer.compress(rows) for _ in range(-(-side // 64))) + squeezer.flush()
    head = struct.pack(">IIBBBBB", side, side, depth, colour, 0, 0, 0)
    palette = _chunk(b"PLTE", bytes(range(256)) * 3) if colour == 3 else b""
    parts = (_chunk(b"IHDR", head), palette, _chunk(b"IDAT", body), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def encoded(side: int, form: str, mode: str = "RGB", **options: Any) -> bytes:
    """A square picture of slow gradients, written by Pillow."""
    grey = np.add.outer(np.arange(side) // 7, np.arange(side) // 5).astype(np.uint8)
    channels = len(Image.new(mode, (1, 1)).getbands())
    pixels = grey if channels == 1 else np.stack([grey] * channels, axis=2)
    buffer = io.BytesIO()
    Image.frombytes(mode, (side, side), pixels.tobytes()).save(buffer, form, **options)
    return buffer.getvalue()


def animated(side: int, form: str, count: int = 50, **options: Any) -> bytes:
    """Pictures that are nearly of one colour, so that the later ones are looked at as well."""
    frames = [Image.new("RGB", (side, side), (number % 8, 0, 0)) for number in range(count)]
    buffer = io.BytesIO()
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:], **options)
    return buffer.getvalue()


def scans(side: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    data = encoded(side, "JPEG", progressive=True, subsampling=2, quality=40)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + _SCANS * data[last:-2] + data[-2:]


# By name; `size` 1 is the largest that the limits let through.
WORST: Final[dict[str, Callable[[float], bytes]]] = {
    "PNG, 16-bit RGBA": lambda size: png(int(16_383 * size), 16, 6),
    "PNG, 16-bit RGB": lambda size: png(int(16_383 * size), 16, 2),
    "PNG, 16-bit grey": lambda size: png(int(16_383 * size), 16, 0),
    "PNG, RGBA": lambda size: png(int(16_383 * size), 8, 6),
    "PNG, palette": lambda size: png(int(16_383 * size), 8, 3),
    "PNG, 16-bit RGBA, not by rows": lambda size: png(int(8_191 * size), 16, 6),
    "PNG, animated": lambda size: animated(int(4_095 * size), "PNG"),
    "JPEG": lambda size: encoded(int(16_383 * size), "JPEG", subsampling=0),
    "JPEG, progressive": lambda size: encoded(int(13_400 * size), "JPEG", progressive=True),
    "JPEG, many scans": lambda size: scans(int(10_400 * size)),
    "TIFF, RGB": lambda size: encoded(int(10_000 * size), "TIFF"),
    "TIFF, RGBA, deflate": lambda size: encoded(
        int(13_000 * size), "TIFF", "RGBA", compression="tiff_adobe_deflate"
    ),
    "TIFF, JPEG inside": lambda size: encoded(int(13_000 * size), "TIFF", compression="jpeg"),
    "GIF": lambda size: encoded(int(16_000 * size), "GIF", "L"),
    "GIF, animated": lambda size: animated(int(4_095 * size), "GIF"),
    "BMP": lambda size: encoded(int(10_000 * size), "BMP"),
    "WebP": lambda size: encoded(int(6_500 * size), "WEBP", method=0),
    "WebP, animated": lambda size: animated(int(4_095 * size), "WEBP", lossless=True, method=0),
    "AVIF": lambda size: encoded(int(8_000 * size), "AVIF", speed=10),
}
