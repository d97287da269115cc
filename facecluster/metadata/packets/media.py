"""XMP in files that are made of boxes: HEIF and AVIF, JPEG XL, CR3 (ISO/IEC 14496-12, 23008-12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facecluster.metadata.files import Parts
from facecluster.metadata.limits import Limits
from facecluster.photos.kinds.boxes import boxes

_CR3: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_TYPE: Final = b"application/rdf+xml\0"
_MOST_EXTENTS: Final = 1000  # pieces that one item lies in


def media_packets(file: Parts, limits: Limits) -> list[bytes]:
    """The packet of the file, wherever its kind keeps it."""
    found: list[bytes] = []
    for kind, start, length in _outer(file, limits):
        if length > limits.packet or len(found) >= limits.packets:
            continue
        if kind == b"xml ":  # JPEG XL
            found.append(file.read(start, length))
        elif kind == b"uuid" and file.read(start, 16) == _CR3:
            found.append(file.read(start + 16, length - 16))
        elif kind == b"meta":
            found += _items(file, file.read(start, length), limits)
    return [packet for packet in found if packet]


def _outer(file: Parts, limits: Limits) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and length of the content of each box of the file."""
    at = 0
    for _ in range(limits.segments):
        head = file.read(at, 16)
        if len(head) < 8:
            return
        length, content = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, content = int.from_bytes(head[8:16], "big"), 16
        length = file.size - at if length == 0 else length
        if length < content:
            return
        yield head[4:8], at + content, min(length, file.size - at) - content
        at += length


def _items(file: Parts, meta: bytes, limits: Limits) -> list[bytes]:
    """The items of a `meta` box that are XMP."""
    inner = {kind: meta[start:end] for kind, start, end in boxes(meta, 4, len(meta))}
    wanted = _of_type(inner.get(b"iinf", b""))
    data = inner.get(b"idat", b"")
    found: list[bytes] = []
    for item, method, extents in _places(inner.get(b"iloc", b"")):
        large = sum(length for _, length in extents) > limits.packet
        if item not in wanted or large or len(found) >= limits.packets:
            continue
        if method == 0:
            found.append(b"".join(file.read(start, length) for start, length in extents))
        elif method == 1:
            found.append(b"".join(data[start : start + length] for start, length in extents))
    return found


def _of_type(iinf: bytes) -> set[int]:
    """Numbers of the items whose type is `mime` and whose content is RDF."""
    wanted, version = set(), iinf[:1]
    start = 6 if version == b"\0" else 8
    for kind, at, end in boxes(iinf, start, len(iinf)):
        entry = iinf[at:end]
        wide = 4 if entry[:1] == b"\3" else 2
        rest = entry[4 + wide + 2 :]
        if kind == b"infe" and rest[:4] == b"mime" and b"\0" + _TYPE in b"\0" + rest[4:] + b"\0":
            wanted.add(int.from_bytes(entry[4 : 4 + wide], "big"))
    return wanted


def _places(iloc: bytes) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Number, construction method and extents (start, length) of each item."""
    version, sizes = iloc[:1], int.from_bytes(iloc[4:6], "big")
    offset, length, base, index = (sizes >> 12) & 15, (sizes >> 8) & 15, (sizes >> 4) & 15, 0
    if version in (b"\1", b"\2"):
        index = sizes & 15
    wide = 4 if version == b"\2" else 2
    at = 6

    def take(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(iloc[at - size : at], "big")

    for _ in range(take(wide)):
        if at >= len(iloc):
            return
        item = take(wide)
        method = take(2) & 15 if version in (b"\1", b"\2") else 0
        take(2)
        start, extents = take(base), []
        for _ in range(min(take(2), _MOST_EXTENTS)):
            if at >= len(iloc) or not index + offset + length:
                return
            take(index)
            extents.append((start + take(offset), take(length)))
        yield item, method, extents
