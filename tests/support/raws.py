"""RAW files by hand: directories inside directories, and previews here and there."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

CFA, JPEG_OLD, JPEG, LOSSY = 32803, 6, 7, 34892
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 11: 4, 13: 4}
FORMS = {1: "B", 2: "B", 3: "H", 4: "I", 7: "B", 11: "f", 13: "I"}


def jpeg(width: int = 900, height: int = 600, exif: bytes = b"", seed: int = 5) -> bytes:
    """Dark on the left, light on the right, with a bright top left corner."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, width // 2 :] = 180
    pixels[: height // 4, : width // 4] = (250, seed, 20)
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "JPEG", quality=92, exif=exif)
    return kept.getvalue()


def lossless(width: int = 4000, height: int = 3000) -> bytes:
    """The start of a lossless JPEG of 14 bits, as the sensor's pixels are coded."""
    frame = struct.pack(">BHHB", 14, height, width, 2) + bytes((1, 0x11, 0, 2, 0x11, 0))
    return b"\xff\xd8\xff\xc3" + struct.pack(">H", 2 + len(frame)) + frame + bytes(range(1, 99)) * 9


@dataclass
class Ifd:
    """tags: number to (type, values). A tag in `blobs` gets the offset of these bytes, and the tag
    behind the slash their length. inside: directories of tag 330."""

    tags: Mapping[int, tuple[int, Sequence[float]]] = field(default_factory=dict)
    blobs: Mapping[tuple[int, int], bytes] = field(default_factory=dict)
    inside: Sequence[Ifd] = ()


SENSOR = Ifd(
    {256: (4, (6000,)), 257: (4, (4000,)), 258: (3, (14,)), 259: (3, (7,)), 262: (3, (CFA,))},
    {(273, 279): lossless()},
)
ABOUT = {0x10F: (2, b"Maker\0"), 0x132: (2, b"2019:07:21 18:03:55\0")}


def preview(content: bytes, compression: int = JPEG, photometric: int = 6) -> Ifd:
    """A preview as one strip."""
    tags = {254: (4, (1,)), 259: (3, (compression,)), 262: (3, (photometric,))}
    return Ifd(tags, {(273, 279): content})


def interchange(content: bytes) -> Ifd:
    """A preview by JPEGInterchangeFormat."""
    return Ifd({254: (4, (1,)), 259: (3, (JPEG_OLD,))}, {(513, 514): content})


def raw(chain: Sequence[Ifd], order: str = "<", magic: bytes = b"", big: bool = False) -> bytes:
    """A file whose directories follow each other. magic: instead of the TIFF's first four bytes."""
    return _Writer(order, big, magic).file(chain)


class _Writer:
    def __init__(self, order: str, big: bool, magic: bytes) -> None:
        self.order, self.big, self.word = order, big, "Q" if big else "I"
        mark = b"II" if order == "<" else b"MM"
        start = mark + struct.pack(order + "H", 43 if big else 42)
        if big:
            start += struct.pack(order + "HH", 8, 0)
        self.data = bytearray(magic[:4] or start)
        self.data += bytes(8 if big else 4) + magic[4:]

    def file(self, chain: Sequence[Ifd]) -> bytes:
        link = 8 if self.big else 4
        for ifd in chain:
            struct.pack_into(self.order + self.word, self.data, link, self.put(ifd))
            link = len(self.data) - struct.calcsize(self.word)
        return bytes(self.data)

    def add(self, content: bytes) -> int:
        self.data += bytes(len(self.data) % 2)
        at = len(self.data)
        self.data += content
        return at

    def put(self, ifd: Ifd) -> int:
        """Write it with all that it points at; its link to the next one comes last."""
        tags = dict(ifd.tags)
        for (place, length), content in ifd.blobs.items():
            tags |= {place: (4, (self.add(content),)), length: (4, (len(content),))}
        if ifd.inside:
            tags[330] = (4, tuple([self.put(inner) for inner in ifd.inside]))
        room = 8 if self.big else 4
        entries = b""
        for tag, (form, values) in sorted(tags.items()):
            packed = struct.pack(f"{self.order}{len(values)}{FORMS[form]}", *values)
            if len(packed) > room:
                packed = struct.pack(self.order + self.word, self.add(packed))
            head = struct.pack(self.order + "HH" + self.word, tag, form, len(values))
            entries += head + packed.ljust(room, b"\0")
        count = struct.pack(self.order + ("Q" if self.big else "H"), len(tags))
        return self.add(count + entries + bytes(room))


def raf(content: bytes) -> bytes:
    head = b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0") + struct.pack(">II", 148, len(content))
    return head.ljust(148, b"\0") + content + b"sensor" * 999


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def cr3(content: bytes, about: bytes = b"") -> bytes:
    uuid = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48") + box(b"CNCV", b"x" * 30)
    thumb = box(b"PRVW", bytes(16) + jpeg(160, 120))
    return (
        box(b"ftyp", b"crx \0\0\0\1crx isom")
        + box(b"moov", box(b"uuid", uuid + box(b"CMT1", about)) + box(b"trak", bytes(50)))
        + box(b"uuid", bytes(24) + thumb)
        + box(b"mdat", content + b"\x01\x02sensor" * 999)
    )


PIXELS = jpeg()
THUMB = jpeg(160, 120)
FULL_CR2 = [
    Ifd(ABOUT | {259: (3, (JPEG_OLD,))}, {(273, 279): PIXELS}),
    interchange(THUMB),
    Ifd({259: (3, (JPEG_OLD,))}, {(273, 279): lossless()}),
]
IN_SUB = [Ifd(ABOUT, {(513, 514): THUMB}, [interchange(PIXELS), SENSOR])]
DNG = [Ifd(ABOUT | {50706: (1, (1, 4, 0, 0))}, {}, [preview(PIXELS), SENSOR])]
LATER = [Ifd(ABOUT, {}, [SENSOR]), interchange(THUMB), interchange(PIXELS)]
PANASONIC = Ifd(ABOUT | {0x2E: (7, PIXELS), 262: (3, (32803,))})
UNTOLD = Ifd(ABOUT, {(50000, 50001): b"maker note" * 9 + THUMB + PIXELS}, [SENSOR])

KINDS_OF_RAW = {
    "CR2": raw(FULL_CR2, magic=b"II*\0CR\2\0"),
    "NEF, big-endian": raw(IN_SUB, order=">"),
    "ARW": raw(IN_SUB),
    "DNG": raw(DNG),
    "DNG as BigTIFF": raw(DNG, big=True),
    "PEF": raw(LATER, order=">"),
    "RW2": raw([PANASONIC], magic=b"IIU\0"),
    "ORF": raw([UNTOLD], magic=b"IIRO"),
    "ORF, big-endian": raw([UNTOLD], order=">", magic=b"MMOR"),
    "3FR with the preview in a maker's note": raw([UNTOLD]),
    "RAF": raf(PIXELS),
    "CR3": cr3(PIXELS),
    "X3F": b"FOVb" + bytes(300) + THUMB + b"x" * 99 + PIXELS + b"sensor" * 50,
    "MRW": b"\0MRM" + bytes(300) + PIXELS,
    "CRW": b"II\x1a\0\0\0HEAPCCDR" + bytes(90) + PIXELS,
}
