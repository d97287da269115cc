"""TIFF 6.0 and BigTIFF by hand, in every layout that the standard knows: the colours are known."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np

CODES = {"none": 1, "lzw": 5, "deflate": 8, "old deflate": 32946, "packbits": 32773}


@dataclass(frozen=True)
class Kind:
    """How the samples lie in the file. tile: (height, width) instead of strips of `rows` rows."""

    bits: int = 8
    sample_format: int = 1  # 1 unsigned, 2 signed, 3 float
    photometric: int = 1
    planar: bool = False
    compression: str = "none"
    order: str = "<"
    big: bool = False
    predictor: int = 1
    rows: int = 5
    tile: tuple[int, int] | None = None
    extra: tuple[int, ...] = ()
    tags: dict[int, tuple[int, tuple[int, ...]]] = field(default_factory=dict)  # type, values


def write(samples: np.ndarray, kind: Kind) -> bytes:
    """`samples` is height x width x channels, already in the type and range of `kind`."""
    height, width, channels = samples.shape
    planes = [samples[:, :, [c]] for c in range(channels)] if kind.planar else [samples]
    parts = [_pack(part, kind) for plane in planes for part in _parts(plane, kind)]
    start = 16 if kind.big else 8
    offsets, at = [], start
    for part in parts:
        offsets.append(at)
        at += len(part) + len(part) % 2
    body = b"".join(part + bytes(len(part) % 2) for part in parts)
    tags = {256: (4, (width,)), 257: (4, (height,)), 258: (3, (kind.bits,) * channels)}
    tags |= {259: (3, (CODES[kind.compression],)), 262: (3, (kind.photometric,))}
    tags |= {277: (3, (channels,)), 284: (3, (2 if kind.planar else 1,))}
    tags |= {339: (3, (kind.sample_format,) * channels)}
    counts = tuple(map(len, parts))
    if kind.tile:
        tags |= {322: (4, (kind.tile[1],)), 323: (4, (kind.tile[0],))}
        tags |= {324: (4, tuple(offsets)), 325: (4, counts)}
    else:
        tags |= {278: (4, (kind.rows,)), 273: (4, tuple(offsets)), 279: (4, counts)}
    if kind.predictor > 1:
        tags[317] = (3, (kind.predictor,))
    if kind.extra:
        tags[338] = (3, kind.extra)
    return _header(kind, start + len(body)) + body + _directory(tags | kind.tags, kind, at)


def _header(kind: Kind, directory: int) -> bytes:
    mark = b"II" if kind.order == "<" else b"MM"
    if kind.big:
        return mark + struct.pack(kind.order + "HHHQ", 43, 8, 0, directory)
    return mark + struct.pack(kind.order + "HI", 42, directory)


def _directory(tags: dict[int, tuple[int, tuple[int, ...]]], kind: Kind, at: int) -> bytes:
    word, room, entry, number = ("Q", 8, 20, "Q") if kind.big else ("I", 4, 12, "H")
    beyond = at + struct.calcsize("=" + number) + entry * len(tags) + room
    table, behind = struct.pack(kind.order + number, len(tags)), b""
    for tag, (form, values) in sorted(tags.items()):
        code = {1: "B", 2: "B", 3: "H", 4: "I"}[form]
        content = struct.pack(f"{kind.order}{len(values)}{code}", *values)
        if len(content) > room:
            place = beyond + len(behind)
            behind += content + bytes(len(content) % 2)
            content = struct.pack(kind.order + word, place)
        head = struct.pack(f"{kind.order}HH{word}", tag, form, len(values))
        table += head + content.ljust(room, b"\0")
    return table + bytes(room) + behind


def _parts(plane: np.ndarray, kind: Kind) -> list[np.ndarray]:
    if kind.tile is None:
        return [plane[y : y + kind.rows] for y in range(0, len(plane), kind.rows)]
    down, across = kind.tile
    height, width = plane.shape[:2]
    padded = np.pad(plane, ((0, -height % down), (0, -width % across), (0, 0)), mode="edge")
    starts = [(y, x) for y in range(0, height, down) for x in range(0, width, across)]
    return [padded[y : y + down, x : x + across] for y, x in starts]


def _pack(part: np.ndarray, kind: Kind) -> bytes:
    if kind.predictor == 2:
        part = np.diff(part, axis=1, prepend=np.zeros_like(part[:, :1]))
    if kind.bits < 8:
        flat = part.reshape(len(part), -1)
        places = np.arange(kind.bits - 1, -1, -1)
        raw = np.packbits((flat[..., None] >> places & 1).reshape(len(part), -1), axis=1)
    elif kind.predictor == 3:
        raw = _float_differences(part)
    else:
        raw = np.frombuffer(part.astype(part.dtype.newbyteorder(kind.order)).tobytes(), np.uint8)
        raw = raw.reshape(len(part), -1)
    if kind.compression == "lzw":
        return lzw(raw.tobytes())
    if kind.compression == "packbits":
        return b"".join(packbits(row.tobytes()) for row in raw)
    return raw.tobytes() if kind.compression == "none" else zlib.compress(raw.tobytes())


def _float_differences(part: np.ndarray) -> np.ndarray:
    """Adobe's floating point predictor (TIFF Technical Note 3)."""
    rows, width, channels = part.shape
    size = part.dtype.itemsize
    values = np.frombuffer(part.astype(part.dtype.newbyteorder(">")).tobytes(), np.uint8)
    planes = values.reshape(rows, width * channels, size).transpose(0, 2, 1).reshape(rows, -1)
    before = np.zeros_like(planes)
    before[:, channels:] = planes[:, :-channels]
    return planes - before


def lzw(data: bytes) -> bytes:
    """Codes that never leave the first 9 bits: the table is cleared before it grows."""
    codes = []
    for at in range(0, len(data), 250):
        codes += [256, *data[at : at + 250]]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def packbits(data: bytes) -> bytes:
    """Only literal runs."""
    runs = [data[at : at + 128] for at in range(0, len(data), 128)]
    return b"".join(bytes([len(run) - 1]) + run for run in runs)
