"""XMP in the chunks of a PNG and of a WebP, before or behind the pixels."""

from __future__ import annotations

import zlib
from typing import Final

from facecluster.metadata.files import Parts
from facecluster.metadata.limits import Limits

_KEYWORD: Final = b"XML:com.adobe.xmp\0"


def png_packets(file: Parts, limits: Limits) -> list[bytes]:
    """The international texts of a PNG that are XMP, packed or not (PNG specification, iTXt)."""
    found: list[bytes] = []
    at = 8
    for _ in range(limits.segments):
        head = file.read(at, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or kind == b"IEND":
            break
        named = kind == b"iTXt" and file.read(at + 8, len(_KEYWORD)) == _KEYWORD
        if named and length <= limits.packet and len(found) < limits.packets:
            found.append(_text(file.read(at + 8, length)[len(_KEYWORD) :], limits))
        at += 12 + length
    return [packet for packet in found if packet]


def _text(content: bytes, limits: Limits) -> bytes:
    """Behind the keyword: whether and how it is packed, a language, its translation, the text."""
    packed, method = content[:1] == b"\1", content[1:2]
    *_, body = content[2:].split(b"\0", 2)
    if not packed:
        return body
    if method != b"\0":
        return b""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(body, limits.packet)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else text


def webp_packets(file: Parts, limits: Limits) -> list[bytes]:
    """The chunk `XMP ` of a WebP, which some programs call `XMP` and a zero."""
    at = 12
    for _ in range(limits.segments):
        head = file.read(at, 8)
        length = int.from_bytes(head[4:], "little")
        if len(head) < 8:
            break
        if head[:4] in (b"XMP ", b"XMP\0"):
            return [file.read(at + 8, length)] if length <= limits.packet else []
        at += 8 + length + length % 2
    return []
